using System.Globalization;
using System.Text.Json;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Runtimes.Engine;

/// <summary>Docker, or Podman behind Docker's API. https://docs.docker.com/reference/api/engine/version/v1.51/</summary>
internal sealed partial class EngineRuntime : IContainerRuntime
{
    // Not Ctrl+P, which the engine would hold back by default; JSON cannot carry the non-keys that attaching uses.
    private const string ExecDetachKeys = "ctrl-@,ctrl-^,ctrl-@";

    // Millions of files on a slow disk.
    private static readonly TimeSpan CountingPatience = TimeSpan.FromMinutes(30);

    private const int ListAttempts = 20;
    private const int FindAttempts = 5;
    private static readonly TimeSpan ListingLags = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ListPause = TimeSpan.FromMilliseconds(50);

    private readonly EngineConnection connection;
    private readonly EngineGreeting greeting;
    private readonly bool preferClassicBuilder;

    /// <summary>An engine that was greeted.</summary>
    /// <param name="connection">Closed with this.</param>
    /// <param name="greeting">What the engine said of itself.</param>
    /// <param name="preferClassicBuilder">The user asked for the classic builder (<c>DOCKER_BUILDKIT=0</c>).</param>
    public EngineRuntime(EngineConnection connection, EngineGreeting greeting, bool preferClassicBuilder)
    {
        this.connection = connection;
        this.greeting = greeting;
        // Podman takes version=2 and builds with its own builder, which speaks as the classic one.
        this.preferClassicBuilder = preferClassicBuilder || greeting.IsPodman;
        Identity = new RuntimeIdentity(greeting.IsPodman ? "podman" : "docker", greeting.EngineVersion, connection.Endpoint.Text) { Context = connection.Endpoint.Context };
    }

    /// <inheritdoc/>
    public RuntimeIdentity Identity { get; }

    /// <inheritdoc/>
    public async Task<RuntimeFacts> Describe(CancellationToken cancellationToken)
    {
        var version = connection.Ask(EngineRequest.Get("/version"), EngineJson.Default.WireVersion, cancellationToken);
        if (greeting.IsPodman)
        {
            var podman = connection.Ask(EngineRequest.Get("/libpod/info"), EngineJson.Default.WirePodman, cancellationToken);
            await Task.WhenAll(version, podman);
            return EngineFacts.Of(await version, await podman);
        }

        var info = connection.Ask(EngineRequest.Get("/info"), EngineJson.Default.WireInfo, cancellationToken);
        await Task.WhenAll(version, info);
        return EngineFacts.Of(await version, await info);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Image>> ListImages(CancellationToken cancellationToken) =>
        await AskImages("/images/json", wire => EngineWords.Image(wire) is { IsOurs: true } image ? image : null, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredImage>> ListStoredImages(CancellationToken cancellationToken) =>
        await AskImages("/images/json?all=1", EngineWords.StoredImage, cancellationToken);

    /// <inheritdoc/>
    public Task<ImageLayers?> ReadLayers(string imageId, bool withSteps, CancellationToken cancellationToken) =>
        Find(async () =>
        {
            var history = withSteps ? History(imageId, cancellationToken) : Task.FromResult<IReadOnlyList<WireStep>?>(null);
            var details = connection.Ask(EngineRequest.Get($"/images/{EngineRequest.Name(imageId)}/json"), EngineJson.Default.WireImageDetails, cancellationToken);
            await Task.WhenAll(history, details);
            return EngineWords.Layers(await details, await history, greeting);
        });

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Container>> ListContainers(CancellationToken cancellationToken) =>
        await connection.AskContainers(EngineRequest.Get("/containers/json?all=1"), EngineWords.Container, cancellationToken);

    /// <inheritdoc/>
    public Task<ImageDetails?> FindImage(string reference, CancellationToken cancellationToken) =>
        Find(async () => EngineWords.Details(await connection.Ask(
            EngineRequest.Get($"/images/{EngineRequest.Name(reference)}/json"), EngineJson.Default.WireImageDetails, cancellationToken)));

    /// <inheritdoc/>
    public async Task<ByteSize?> ImageSize(string reference, CancellationToken cancellationToken) =>
        await FindImage(reference, cancellationToken) is not { } found ? null
            : found.Image.Size ?? (await ListStoredImages(cancellationToken)).FirstOrDefault(image => image.Image.Id == found.Image.Id)?.Image.Size;

    /// <inheritdoc/>
    public async Task<ImageRemoval> RemoveImage(string reference, CancellationToken cancellationToken)
    {
        var answer = await connection.Ask(EngineRequest.Delete($"/images/{EngineRequest.Name(reference)}"), EngineJson.Default.WireRemovalArray, cancellationToken);
        return new ImageRemoval(
            [.. answer.Select(entry => entry.Untagged).OfType<string>().Select(EngineWords.Tag)],
            [.. answer.Select(entry => entry.Deleted).OfType<string>().Select(EngineWords.ImageId)]);
    }

    /// <inheritdoc/>
    public Task<ContainerDetails?> FindContainer(string container, CancellationToken cancellationToken) =>
        Find(async () => EngineWords.Details(await connection.Ask(
            EngineRequest.Get($"/containers/{EngineRequest.Name(container)}/json"), EngineJson.Default.WireContainerDetails, cancellationToken), greeting));

    /// <inheritdoc/>
    public Task<ContainerSize?> MeasureContainer(string container, CancellationToken cancellationToken) =>
        Find(async () => EngineWords.Size(
            await connection.Ask(
                EngineRequest.Get($"/containers/{EngineRequest.Name(container)}/json?size=1") with { ExtraPatience = CountingPatience }, EngineJson.Default.WireContainerDetails, cancellationToken),
            greeting));

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, VolumeSize>> MeasureVolumes(CancellationToken cancellationToken)
    {
        // Before API 1.42 there is no type, and everything is counted.
        var usage = await connection.Ask(EngineRequest.Get("/system/df?type=volume") with { ExtraPatience = CountingPatience }, EngineJson.Default.WireUsage, cancellationToken);
        return EngineWords.Volumes(usage);
    }

    /// <inheritdoc/>
    public async Task<CreatedContainer> CreateContainer(ContainerSpec spec, CancellationToken cancellationToken)
    {
        if (greeting.IsPodman)
        {
            return await CreateOnPodman(spec, cancellationToken);
        }

        var (id, warnings) = await Create(spec.Name, CreateBody.Of(spec), cancellationToken);
        // "Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded." Without a limit of swap it goes on with the rest.
        return new CreatedContainer(id, [.. warnings.Where(warning => warning.Contains("discarded", StringComparison.OrdinalIgnoreCase))]);
    }

    /// <inheritdoc/>
    public Task StartContainer(string container, CancellationToken cancellationToken) =>
        connection.Tell(EngineRequest.Post($"/containers/{EngineRequest.Name(container)}/start", EngineOperation.Start), cancellationToken);

    /// <inheritdoc/>
    public async Task StopContainer(string container, TimeSpan grace, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/containers/{EngineRequest.Name(container)}/stop?t={(long)Math.Ceiling(grace.TotalSeconds)}");
        await connection.Tell(EngineRequest.Post(path) with { ExtraPatience = grace }, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ListingLags);
        try
        {
            await ListedAsEnded(container, patience.Token);
        }
        catch (Exception failure) when (failure is AgentopsException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It was stopped all the same; started again at once, it is not listed as ended for long.
        }
    }

    // Docker lists from a copy of its state, which comes a moment later: what looks right after a stop would call it running.
    private async Task ListedAsEnded(string container, CancellationToken cancellationToken)
    {
        var filters = JsonSerializer.Serialize(new Dictionary<string, string[]> { ["id"] = [container] }, EngineJson.Default.DictionaryStringStringArray);
        while ((await connection.AskContainers(EngineRequest.Get($"/containers/json?filters={Uri.EscapeDataString(filters)}"), found => found, cancellationToken)).Count > 0)
        {
            await Task.Delay(10, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task SignalContainer(string container, string signal, CancellationToken cancellationToken) =>
        connection.Tell(
            EngineRequest.Post($"/containers/{EngineRequest.Name(container)}/kill?signal={Uri.EscapeDataString(signal)}", EngineOperation.Running), cancellationToken);

    /// <inheritdoc/>
    public Task ResizeContainer(string container, TerminalSize size, CancellationToken cancellationToken) =>
        Resize($"/containers/{EngineRequest.Name(container)}", size, cancellationToken);

    /// <inheritdoc/>
    public Task RemoveContainer(string container, CancellationToken cancellationToken) =>
        connection.Tell(EngineRequest.Delete($"/containers/{EngineRequest.Name(container)}?v=1"), cancellationToken);

    /// <inheritdoc/>
    public async Task<string> CreateExec(string container, ExecSpec spec, CancellationToken cancellationToken)
    {
        var body = new WireExecCreate(spec.Command, spec.Terminal, spec.Input, AttachStdout: true, AttachStderr: true, spec.User, spec.WorkingDirectory, spec.Environment, ExecDetachKeys);
        var request = EngineRequest.Post($"/containers/{EngineRequest.Name(container)}/exec", EngineOperation.Running).With(body, EngineJson.Default.WireExecCreate);
        var created = await connection.Ask(request, EngineJson.Default.WireCreated, cancellationToken);
        return created.Id ?? throw connection.Unavailable(new EngineFault(EngineFaultKind.NotAnEngine, "it prepared a command and does not tell its id"));
    }

    /// <inheritdoc/>
    public Task ResizeExec(string exec, TerminalSize size, CancellationToken cancellationToken) =>
        Resize($"/exec/{EngineRequest.Name(exec)}", size, cancellationToken);

    /// <inheritdoc/>
    public async Task<int?> ExecExitCode(string exec, CancellationToken cancellationToken)
    {
        var state = await connection.Ask(EngineRequest.Get($"/exec/{EngineRequest.Name(exec)}/json"), EngineJson.Default.WireExec, cancellationToken);
        return state.Running is true ? null : state.ExitCode;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<(string Id, string[] Warnings)> Create(string name, WireCreate body, CancellationToken cancellationToken)
    {
        var request = EngineRequest.Post($"/containers/create?name={Uri.EscapeDataString(name)}", EngineOperation.Create);
        var created = await connection.Ask(request.With(body, EngineJson.Default.WireCreate), EngineJson.Default.WireCreated, cancellationToken);
        return (created.Id ?? throw connection.Unavailable(new EngineFault(EngineFaultKind.NotAnEngine, "it created a container and does not tell its id")), created.Warnings ?? []);
    }

    private async Task<List<T>> AskImages<T>(string path, Func<WireImage, T?> keep, CancellationToken cancellationToken)
        where T : class
    {
        // Podman lists no image while a build puts one away.
        var request = EngineRequest.Get(path) with { ExtraPatience = greeting.IsPodman ? connection.ChangePatience : TimeSpan.Zero };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await connection.AskList(request, EngineJson.Default.WireImage, keep, cancellationToken);
            }
            catch (RuntimeRefusalException refusal) when (attempt < ListAttempts && refusal.Message.EndsWith("not known", StringComparison.Ordinal))
            {
                // Podman looks at the images of a list one by one, and fails when one of them goes meanwhile: "…: image not known".
                await Task.Delay(ListPause, cancellationToken);
            }
        }
    }

    private async Task<IReadOnlyList<WireStep>?> History(string imageId, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.AskList(EngineRequest.Get($"/images/{EngineRequest.Name(imageId)}/history"), EngineJson.Default.WireStep, step => step, cancellationToken);
        }
        catch (RuntimeRefusalException refusal) when (refusal.Refusal is not RuntimeRefusal.NotFound)
        {
            // "too many non-empty layers in History section": an image that somebody's tool described wrongly.
            return null;
        }
    }

    private async Task Resize(string path, TerminalSize size, CancellationToken cancellationToken)
    {
        try
        {
            await connection.Tell(
                EngineRequest.Post(string.Create(CultureInfo.InvariantCulture, $"{path}/resize?h={size.Rows}&w={size.Columns}"), EngineOperation.Running), cancellationToken);
        }
        catch (RuntimeRefusalException)
        {
            // It has ended, in one of many wordings. A size that nobody needs any more is nothing to report.
        }
    }

    private static async Task<T?> Find<T>(Func<Task<T?>> ask)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (RuntimeRefusalException refusal) when (refusal.Refusal is RuntimeRefusal.NotFound)
            {
                return null;
            }
            catch (RuntimeRefusalException refusal) when (attempt < FindAttempts && refusal.Message.Contains("no such process", StringComparison.Ordinal))
            {
                // Podman looks at a process that ends meanwhile: "read /proc/1446/cgroup: no such process".
                await Task.Delay(ListPause);
            }
        }
    }
}
