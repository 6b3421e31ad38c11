using Agentops.Containers;

namespace Agentops.Runtimes.Apple;

// Files inside containers: its command line copies no archive in or out of a container that has ended, and none at all before 1.0.
internal sealed partial class AppleRuntime
{
    /// <inheritdoc/>
    public Task<PathKind> FindPath(string container, string path, CancellationToken cancellationToken) => RefuseCopy<PathKind>(container, cancellationToken);

    /// <inheritdoc/>
    public Task CopyIn(string container, string folder, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) => RefuseCopy<bool>(container, cancellationToken);

    /// <inheritdoc/>
    public Task<Stream> CopyOut(string container, string path, CancellationToken cancellationToken) => RefuseCopy<Stream>(container, cancellationToken);

    private async Task<T> RefuseCopy<T>(string container, CancellationToken cancellationToken)
    {
        var details = await Get(container, cancellationToken);
        var advice = details.Container.State != ContainerState.Running ? $"All its files as an archive: container export -o FILE {container}"
            : release.Since(1, 0) ? $"Its own command does, while the run is running: container cp {container}:PATH DEST"
            : $"A command inside does: container exec {container} tar -c -C PATH .";
        throw new RuntimeRefusalException(RuntimeRefusal.Other, $"agent cannot copy files in or out of runs on Apple's container. What the agent writes to /workspace is in your own folder.\n{advice}");
    }
}
