namespace Agentops.Runtimes;

/// <summary>What people type to do by hand what <c>agent system</c> only shows.</summary>
/// <param name="RemoveImage">Removes an image.</param>
/// <param name="RemoveContainer">Removes a container.</param>
/// <param name="Logs">Shows what a container printed.</param>
internal sealed record NativeCommands(string RemoveImage, string RemoveContainer, string Logs)
{
    /// <summary>Those of a runtime.</summary>
    /// <param name="runtime"><c>docker</c>, <c>podman</c> or <c>apple</c>.</param>
    /// <returns>With placeholders in angle brackets.</returns>
    public static NativeCommands Of(string runtime) => runtime == "apple"
        ? new("container image delete <tag>", "container delete <container-id>", "container logs <container-id>")
        : new($"{runtime} rmi <image-id>", $"{runtime} rm <container-id>", $"{runtime} logs <container-id>");
}
