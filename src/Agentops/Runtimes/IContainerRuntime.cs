using Agentops.Building;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Runtimes;

/// <summary>Which runtime it is.</summary>
/// <param name="Name"><c>docker</c>, <c>podman</c> or <c>apple</c>: what <c>--runtime</c> takes.</param>
/// <param name="Version">The engine's own version; null when it does not say. Untrusted text.</param>
/// <param name="Endpoint">Where it answers, such as <c>unix:///var/run/docker.sock</c>.</param>
public sealed record RuntimeIdentity(string Name, string? Version, string Endpoint)
{
    /// <summary>The context of Docker's that leads there; null for none.</summary>
    public string? Context { get; init; }

    /// <summary>It is reached over a network, so it may run on another machine and cannot mount folders of this one.</summary>
    public bool IsRemote => Endpoint.StartsWith("tcp://", StringComparison.Ordinal) || Endpoint.StartsWith("ssh://", StringComparison.Ordinal);
}

/// <summary>What agentops needs of a container runtime. It speaks of runs and images; what it shows of names, ids and states is mapped to our types in one place.</summary>
/// <remarks>
/// Every member may throw <see cref="RuntimeUnavailableException"/> (no answer, not in time, or nonsense) and <see cref="RuntimeRefusalException"/> (the runtime's no).
/// Short calls have a deadline of their own; builds, pulls, waits, logs and attached streams have none.
/// No member forces anything.
/// </remarks>
public interface IContainerRuntime : IAsyncDisposable
{
    /// <summary>Which runtime it is.</summary>
    RuntimeIdentity Identity { get; }

    /// <summary>What it says of itself and of the machine it runs on.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The facts.</returns>
    Task<RuntimeFacts> Describe(CancellationToken cancellationToken);

    /// <summary>All images that are ours: by the label <c>agentops=true</c> or by a tag under <c>agentops/</c>.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>In no order.</returns>
    Task<IReadOnlyList<Image>> ListImages(CancellationToken cancellationToken);

    /// <summary>All that the runtime stores as an image: other people's, dangling ones and steps of the classic builder too.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>In no order.</returns>
    Task<IReadOnlyList<StoredImage>> ListStoredImages(CancellationToken cancellationToken);

    /// <summary>Reads the layers of one image, ours or not.</summary>
    /// <param name="imageId">In full.</param>
    /// <param name="withSteps">Its history too, which tells sizes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is none.</returns>
    Task<ImageLayers?> ReadLayers(string imageId, bool withSteps, CancellationToken cancellationToken);

    /// <summary>All containers, running or not, ours or not: others may use an image of ours.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>In no order.</returns>
    Task<IReadOnlyList<Container>> ListContainers(CancellationToken cancellationToken);

    /// <summary>Looks at one image, ours or not.</summary>
    /// <param name="reference">An id or a tag.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is none.</returns>
    Task<ImageDetails?> FindImage(string reference, CancellationToken cancellationToken);

    /// <summary>The size of one image as the runtime counts it, shared layers included.</summary>
    /// <param name="reference">An id or a tag.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is no such image or its size is unknown.</returns>
    Task<ByteSize?> ImageSize(string reference, CancellationToken cancellationToken);

    /// <summary>Removes one tag, or an image without tags; never by force. The image itself goes when nothing else holds it.</summary>
    /// <param name="reference">A tag, or the id of an image without tags.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What went.</returns>
    Task<ImageRemoval> RemoveImage(string reference, CancellationToken cancellationToken);

    /// <summary>Takes an image from its registry.</summary>
    /// <param name="reference">A tag.</param>
    /// <param name="progress">Told while it goes on.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When the image is there.</returns>
    Task PullImage(string reference, Action<BuildEvent> progress, CancellationToken cancellationToken);

    /// <summary>Builds an image. When it fails or is cancelled, no image and no container of the attempt stays.</summary>
    /// <param name="build">What to build.</param>
    /// <param name="progress">Told while it goes on, from one thread at a time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The image's id in full.</returns>
    /// <exception cref="BuildFailedException">A step failed, or the builder could not read the recipe.</exception>
    Task<string> BuildImage(ImageBuild build, Action<BuildEvent> progress, CancellationToken cancellationToken);

    /// <summary>The results of builds that are kept for later builds, beside images. Slow where there are many containers.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>None for a runtime whose builds keep nothing but images.</returns>
    Task<IReadOnlyList<CachedResult>> ListBuildCache(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<CachedResult>>([]);

    /// <summary>Drops results of builds that nothing uses; later builds make them again.</summary>
    /// <param name="ids">From <see cref="ListBuildCache"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those that went; one that others are built on, or that is in use, stays.</returns>
    Task<IReadOnlyList<string>> DropBuildCache(IReadOnlyList<string> ids, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Looks at one container, ours or not.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is none.</returns>
    Task<ContainerDetails?> FindContainer(string container, CancellationToken cancellationToken);

    /// <summary>Counts what a container takes on disk: slow where it holds many files, and without a deadline of its own.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is none.</returns>
    Task<ContainerSize?> MeasureContainer(string container, CancellationToken cancellationToken);

    /// <summary>Counts what volumes take on disk: slow, and without a deadline of its own.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All volumes, by name.</returns>
    Task<IReadOnlyDictionary<string, VolumeSize>> MeasureVolumes(CancellationToken cancellationToken);

    /// <summary>Creates a container, not started. A limit or an init that the runtime cannot give is left out with a warning.</summary>
    /// <param name="spec">What to create.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The container.</returns>
    Task<CreatedContainer> CreateContainer(ContainerSpec spec, CancellationToken cancellationToken);

    /// <summary>Starts a container. Refused with <see cref="RuntimeRefusal.CannotStart"/> when its command cannot be started.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When its process runs.</returns>
    Task StartContainer(string container, CancellationToken cancellationToken);

    /// <summary>Connects to the standard streams of a container, before or after its start.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="terminal">It was created with a terminal.</param>
    /// <param name="input">Connect its standard input too.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <returns>The streams; from now on, nothing it prints is missed.</returns>
    Task<ContainerIo> AttachContainer(string container, bool terminal, bool input, CancellationToken cancellationToken);

    /// <summary>Waits until a container's process ends; for one that was created and not started, until its first process ends.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A task that is returned once the runtime listens (so that a start after it cannot be missed); its result is the exit code.</returns>
    Task<Task<int>> WaitForExit(string container, CancellationToken cancellationToken);

    /// <summary>Asks a container's process to end and kills it after a while. Fine when it has ended already.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="grace">How long it may take, in whole seconds.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>When it has ended.</returns>
    Task StopContainer(string container, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Sends a signal to a container's process.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="signal">Such as <c>SIGINT</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it was sent; refused with <see cref="RuntimeRefusal.NotRunning"/> when it has ended.</returns>
    Task SignalContainer(string container, string signal, CancellationToken cancellationToken);

    /// <summary>Tells a container's terminal its size. Fine when it has ended already.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="size">Columns and rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When told.</returns>
    Task ResizeContainer(string container, TerminalSize size, CancellationToken cancellationToken);

    /// <summary>Removes a container that does not run, with its anonymous volumes.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is gone.</returns>
    Task RemoveContainer(string container, CancellationToken cancellationToken);

    /// <summary>What a container printed, oldest first.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="terminal">It was created with a terminal.</param>
    /// <param name="follow">Go on until its process ends.</param>
    /// <param name="tail">Only the last so many lines; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The pieces.</returns>
    IAsyncEnumerable<OutputChunk> ReadLogs(string container, bool terminal, bool follow, int? tail, CancellationToken cancellationToken);

    /// <summary>Looks at a path inside a container, running or not.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="path">Absolute; links are followed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is there.</returns>
    Task<PathKind> FindPath(string container, string path, CancellationToken cancellationToken);

    /// <summary>Unpacks a tar archive inside a container, running or not. What is there is replaced, but no folder by a file, nor the other way round.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="folder">Absolute; it must be there.</param>
    /// <param name="write">Writes the archive; owners and modes in it count.</param>
    /// <param name="cancellationToken">Stops in the middle.</param>
    /// <returns>When all is there; refused with <see cref="RuntimeRefusal.NotFound"/> when there is no such folder.</returns>
    Task CopyIn(string container, string folder, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken);

    /// <summary>Packs a file or folder of a container, running or not.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="path">Absolute. A link is packed as a link; with <c>/.</c> at its end, what is in the folder that it leads to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A tar archive, not held in memory, to be disposed of; refused with <see cref="RuntimeRefusal.NotFound"/> when there is nothing. What is in it is for the container to say: untrusted.</returns>
    Task<Stream> CopyOut(string container, string path, CancellationToken cancellationToken);

    /// <summary>Prepares a command inside a running container.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="spec">The command.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The id of the exec, for the three calls below.</returns>
    Task<string> CreateExec(string container, ExecSpec spec, CancellationToken cancellationToken);

    /// <summary>Starts a prepared command and connects to its standard streams.</summary>
    /// <param name="exec">From <see cref="CreateExec"/>.</param>
    /// <param name="spec">As given to <see cref="CreateExec"/>.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <returns>The streams; the output ends when the command does.</returns>
    Task<ContainerIo> StartExec(string exec, ExecSpec spec, CancellationToken cancellationToken);

    /// <summary>Tells an exec's terminal its size. Fine when it has ended already.</summary>
    /// <param name="exec">From <see cref="CreateExec"/>.</param>
    /// <param name="size">Columns and rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When told.</returns>
    Task ResizeExec(string exec, TerminalSize size, CancellationToken cancellationToken);

    /// <summary>The exit code of a command that has ended.</summary>
    /// <param name="exec">From <see cref="CreateExec"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null while it still runs.</returns>
    Task<int?> ExecExitCode(string exec, CancellationToken cancellationToken);
}
