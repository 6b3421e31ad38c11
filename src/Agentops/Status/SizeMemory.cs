using System.Text.Json;
using System.Text.Json.Serialization;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Status;

/// <summary>What was measured of an ended container, and what proves that it still holds.</summary>
/// <param name="FinishedAt">The end of its process, by the runtime's clock; null when it was never started.</param>
/// <param name="Layer">What it wrote over its image; null when the runtime does not say.</param>
/// <param name="Volumes">Its anonymous volumes; null when the runtime does not say.</param>
/// <param name="SeenAt">UTC, before the runtime was asked: then it had ended at <paramref name="FinishedAt"/> and not run since.</param>
public sealed record MeasuredContainer(DateTimeOffset? FinishedAt, ByteSize? Layer, ByteSize? Volumes, DateTimeOffset SeenAt)
{
    /// <summary>Whether it still holds, by a listing alone: a container that was started again has ended later than we saw it ended.</summary>
    /// <param name="container">As listed now.</param>
    /// <param name="now">UTC, after the listing.</param>
    /// <returns>False: it must be asked for. It may have been started again, or the listing tells too little.</returns>
    public bool HoldsFor(Container container, DateTimeOffset now) =>
        container.State == ContainerState.Created
            ? FinishedAt is null
            // Of a clock that was set back since, nothing is proven.
            : container.HasEnded && FinishedAt is not null && SeenAt <= now && container.EndedAtLeast is { } ended && ended > now - SeenAt;
}

/// <summary>What was measured of the folder of an ended run: nothing in it grows any more, and whatever came or was replaced since makes the folder a later one.</summary>
/// <param name="Bytes">The lengths of its files.</param>
/// <param name="Modified">Of the folder, UTC, some time before it was measured.</param>
public sealed record MeasuredFolder(ByteSize Bytes, DateTime Modified);

/// <summary>What was measured before: sizes of ended containers and layers of images. The one file that looking may write: <c>sizes.json</c> in the state folder.</summary>
/// <param name="Containers">By id in full.</param>
/// <param name="Images">By id in full.</param>
public sealed record SizeMemory(IReadOnlyDictionary<string, MeasuredContainer> Containers, IReadOnlyDictionary<string, ImageLayers> Images)
{
    /// <summary>Folders of runs that had ended, by the run's id.</summary>
    public IReadOnlyDictionary<string, MeasuredFolder> Folders { get; init; } = new Dictionary<string, MeasuredFolder>();

    private const string FileName = "sizes.json";
    private const long LargestFile = 256_000_000;

    // Several runtimes may be looked at at once, and all share the file.
    private static readonly Lock Saving = new();

    /// <summary>Nothing is remembered.</summary>
    public static readonly SizeMemory Empty = new(new Dictionary<string, MeasuredContainer>(), new Dictionary<string, ImageLayers>());

    /// <summary>Reads what was remembered of one runtime.</summary>
    /// <param name="stateFolder">Absolute.</param>
    /// <param name="endpoint">Where the runtime answers.</param>
    /// <returns>Empty when there is nothing, or nothing that can be read: it is measured anew.</returns>
    public static SizeMemory Read(string stateFolder, string endpoint) =>
        ReadFile(Path.Combine(stateFolder, FileName)).GetValueOrDefault(endpoint) is { } told ? told.ToMemory() : Empty;

    /// <summary>Remembers what was measured of one runtime, and forgets what it does not have any more. Whole or not at all: a reader meets the old file or the new one.</summary>
    /// <param name="stateFolder">Absolute; not made when it is not there, and a folder that cannot be written is no fault of a look.</param>
    /// <param name="endpoint">Where the runtime answers.</param>
    /// <param name="measured">What is known now.</param>
    /// <param name="isThere">Whether the runtime has something of this id.</param>
    public static void Save(string stateFolder, string endpoint, SizeMemory measured, Func<string, bool> isThere)
    {
        var path = Path.Combine(stateFolder, FileName);
        try
        {
            lock (Saving)
            {
                // Once more, as another command may have remembered something meanwhile. Of the same container, the later look counts.
                var all = ReadFile(path);
                var theirs = all.GetValueOrDefault(endpoint)?.ToMemory() ?? Empty;
                all[endpoint] = RememberedRuntime.Of(new SizeMemory(
                    theirs.Containers.Concat(measured.Containers).Where(container => isThere(container.Key))
                        .GroupBy(container => container.Key).ToDictionary(same => same.Key, same => same.MaxBy(container => container.Value.SeenAt).Value),
                    theirs.Images.Concat(measured.Images).Where(image => isThere(image.Key))
                        .GroupBy(image => image.Key).ToDictionary(same => same.Key, same => same.Last().Value))
                {
                    Folders = theirs.Folders.Concat(measured.Folders).Where(run => isThere(run.Key))
                        .GroupBy(run => run.Key).ToDictionary(same => same.Key, same => same.MaxBy(run => run.Value.Modified).Value),
                });
                var content = JsonSerializer.SerializeToUtf8Bytes(new RememberedSizes(RememberedSizes.CurrentSchema, all), SizesJson.Default.RememberedSizes);
                PrivateFile.Replace(path, content, survivesPowerLoss: false);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A cache: what is not remembered is measured again.
        }
    }

    private static Dictionary<string, RememberedRuntime> ReadFile(string path)
    {
        try
        {
            return FileStatus.Of(path, followLink: true) is { Kind: FileKind.File, Length: <= LargestFile }
                && JsonSerializer.Deserialize(File.ReadAllBytes(path), SizesJson.Default.RememberedSizes) is { SchemaVersion: RememberedSizes.CurrentSchema, Runtimes: { } runtimes }
                ? runtimes
                : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }
}

/// <summary>The file <c>sizes.json</c>.</summary>
/// <param name="SchemaVersion">Another one is not read, and written over.</param>
/// <param name="Runtimes">By endpoint.</param>
internal sealed record RememberedSizes(int SchemaVersion, Dictionary<string, RememberedRuntime>? Runtimes)
{
    public const int CurrentSchema = 1;
}

/// <summary>One runtime in it.</summary>
/// <param name="Layers">Diff ids, each once: images share most of theirs.</param>
/// <param name="Images">By id.</param>
/// <param name="Containers">By id.</param>
internal sealed record RememberedRuntime(
    IReadOnlyList<string>? Layers, IReadOnlyDictionary<string, RememberedImage?>? Images, IReadOnlyDictionary<string, RememberedContainer?>? Containers)
{
    /// <summary>By the run's id.</summary>
    public IReadOnlyDictionary<string, RememberedFolder?>? Folders { get; init; }

    // Without what the runtime did not tell: it is asked again.
    public static RememberedRuntime Of(SizeMemory memory)
    {
        var numbers = new Dictionary<string, int>();
        int NumberOf(string layer)
        {
            numbers.TryAdd(layer, numbers.Count);
            return numbers[layer];
        }

        var images = memory.Images.ToDictionary(image => image.Key, RememberedImage? (image) => RememberedImage.Of(image.Value, NumberOf));
        var containers = new Dictionary<string, RememberedContainer?>();
        foreach (var (id, container) in memory.Containers)
        {
            if ((container.Layer, container.Volumes) is ({ } layer, { } volumes))
            {
                containers[id] = new RememberedContainer(container.FinishedAt, layer.Bytes, volumes.Bytes, container.SeenAt);
            }
        }

        return new RememberedRuntime([.. numbers.OrderBy(layer => layer.Value).Select(layer => layer.Key)], images, containers)
        {
            Folders = memory.Folders.ToDictionary(folder => folder.Key, RememberedFolder? (folder) => new RememberedFolder(folder.Value.Bytes.Bytes, folder.Value.Modified)),
        };
    }

    public SizeMemory ToMemory()
    {
        var images = new Dictionary<string, ImageLayers>();
        foreach (var (id, image) in Images ?? new Dictionary<string, RememberedImage?>())
        {
            if (image?.ToLayers(id, Layers ?? []) is { } layers)
            {
                images[id] = layers;
            }
        }

        var containers = new Dictionary<string, MeasuredContainer>();
        foreach (var (id, container) in Containers ?? new Dictionary<string, RememberedContainer?>())
        {
            if (container is { Layer: >= 0 and var layer, Volumes: >= 0 and var volumes, SeenAt: { } seen })
            {
                containers[id] = new MeasuredContainer(container.FinishedAt, new ByteSize(layer), new ByteSize(volumes), seen);
            }
        }

        var folders = new Dictionary<string, MeasuredFolder>();
        foreach (var (run, folder) in Folders ?? new Dictionary<string, RememberedFolder?>())
        {
            if (folder is { Bytes: >= 0 and var bytes, Modified: { Kind: DateTimeKind.Utc } modified })
            {
                folders[run] = new MeasuredFolder(new ByteSize(bytes), modified);
            }
        }

        return new SizeMemory(containers, images) { Folders = folders };
    }
}

/// <summary>One container in it. What is missing is not known, and not zero.</summary>
internal sealed record RememberedContainer(DateTimeOffset? FinishedAt, long? Layer, long? Volumes, DateTimeOffset? SeenAt);

/// <summary>The folder of one run in it.</summary>
internal sealed record RememberedFolder(long? Bytes, DateTime? Modified);

/// <summary>One image in it.</summary>
/// <param name="Size">Null when the runtime does not say.</param>
/// <param name="Exact">Sizes are those of layers.</param>
/// <param name="Layers">Numbers into the runtime's list.</param>
/// <param name="Steps">Sizes of the steps that made it; -1 for one that certainly made no layer; null when its history was not read.</param>
internal sealed record RememberedImage(long? Size, bool Exact, IReadOnlyList<int>? Layers, IReadOnlyList<long>? Steps)
{
    private const long Metadata = -1;

    public static RememberedImage Of(ImageLayers image, Func<string, int> numberOf) => new(
        image.Size?.Bytes, image.SizesAreExact, [.. image.Layers.Select(numberOf)], image.Steps?.Select(step => step.IsMetadata ? Metadata : step.Size.Bytes).ToList());

    // Null when it is not as we wrote it.
    public ImageLayers? ToLayers(string id, IReadOnlyList<string> layers) =>
        Layers is null || Size < 0 || Layers.Any(number => number < 0 || number >= layers.Count) || Steps?.Any(size => size < Metadata) == true ? null : new ImageLayers(
            id,
            Size is { } size ? new ByteSize(size) : null,
            Exact,
            [.. Layers.Select(number => layers[number])],
            Steps?.Select(step => new ImageStep(new ByteSize(Math.Max(step, 0)), step == Metadata)).ToList());
}

/// <summary>The JSON of <c>sizes.json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RememberedSizes))]
internal sealed partial class SizesJson : JsonSerializerContext;
