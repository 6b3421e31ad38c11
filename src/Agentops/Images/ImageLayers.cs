using Agentops.Terminal;

namespace Agentops.Images;

/// <summary>What a runtime tells about the layers of one image. It holds for as long as an image of this id has this size, so it can be remembered.</summary>
/// <param name="ImageId">In full.</param>
/// <param name="Size">Of all its layers together; null when the runtime does not say.</param>
/// <param name="SizesAreExact">The runtime keeps a size for each layer, and <paramref name="Size"/> and <paramref name="Steps"/> are these: Docker on overlay2. Elsewhere they mean something else.</param>
/// <param name="Layers">Diff ids, lowest first.</param>
/// <param name="Steps">How it came to be, oldest first; null when not asked for or not told.</param>
public sealed record ImageLayers(string ImageId, ByteSize? Size, bool SizesAreExact, IReadOnlyList<string> Layers, IReadOnlyList<ImageStep>? Steps);

/// <summary>One step in the history of an image, which made one layer or none. The history does not say which.</summary>
/// <param name="Size">Of its layer; zero also for a step without a layer.</param>
/// <param name="IsMetadata">It certainly made no layer.</param>
public sealed record ImageStep(ByteSize Size, bool IsMetadata)
{
    private const string DockerfileFrontend = "buildkit.dockerfile.v0";

    private static readonly HashSet<string> MetadataInstructions =
        ["ARG", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "SHELL", "STOPSIGNAL", "USER", "VOLUME"];

    /// <summary>Reads a row of a history: <c>"CreatedBy":"ENV PATH=/bin","Comment":"buildkit.dockerfile.v0","Size":0</c>.</summary>
    /// <param name="size">As told.</param>
    /// <param name="createdBy">The instruction in the words of who carried it out.</param>
    /// <param name="comment">BuildKit signs here.</param>
    /// <returns>The step.</returns>
    public static ImageStep Of(ByteSize size, string? createdBy, string? comment) =>
        // BuildKit alone is sure of itself: its frontend gives a layer to RUN, COPY, ADD and WORKDIR and to nothing else.
        // The classic builder commits a container for "#(nop)  ENV A=b" too, and creating that makes a missing working directory.
        new(size, size == ByteSize.Zero && comment == DockerfileFrontend && MetadataInstructions.Contains((createdBy ?? "").Split(' ')[0]));
}
