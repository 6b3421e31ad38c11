using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Agentops.Commands;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Runtimes.Engine;
using Agentops.Terminal;

namespace Agentops.Runtimes.Apple;

/// <summary>Apple's <c>container</c>, by its command line: it has no other way in. https://github.com/apple/container</summary>
/// <param name="commandLine">Runs it.</param>
/// <param name="release">Which one answers.</param>
/// <param name="surroundings">The state folder, and the <c>agent</c> to keep runs with.</param>
/// <param name="clock">For what it does not remember.</param>
internal sealed partial class AppleRuntime(AppleCommandLine commandLine, AppleRelease release, Surroundings surroundings, TimeProvider clock) : IContainerRuntime
{
    // Its services belong to one user of one machine, and are found by this name.
    internal const string Endpoint = "xpc:com.apple.container.apiserver";

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan EndIsNoted = TimeSpan.FromSeconds(10);

    // What an image of an id is made of never changes.
    private readonly ConcurrentDictionary<string, AppleStoredImage> known = [];

    /// <inheritdoc/>
    public RuntimeIdentity Identity { get; } = new("apple", release.Text, Endpoint);

    /// <inheritdoc/>
    public async Task<RuntimeFacts> Describe(CancellationToken cancellationToken)
    {
        var status = await commandLine.AskJson(["system", "status", "--format", "json"], AppleJson.Default.AppleStatus, cancellationToken);
        // Its machines run for the user and on this Mac; each has the processors and the memory it was given.
        return new RuntimeFacts { IsRootless = true, DataRoot = status.Paths?.AppRoot ?? status.AppRoot, HostName = surroundings.HostName, LackingLimits = [] };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Image>> ListImages(CancellationToken cancellationToken) =>
        [.. (await AllImages(cancellationToken)).Select(image => image.Details.Image).Where(image => image.IsOurs)];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<StoredImage>> ListStoredImages(CancellationToken cancellationToken) => [.. (await AllImages(cancellationToken)).Select(image => image.Stored)];

    /// <inheritdoc/>
    public async Task<ImageLayers?> ReadLayers(string imageId, bool withSteps, CancellationToken cancellationToken) =>
        (known.GetValueOrDefault(imageId) ?? await Locate(imageId, cancellationToken)) is { } image
            // The size is of what was sent over the network, compressed; what layers take and share on disk it tells nobody.
            ? new ImageLayers(image.Id, image.Details.Image.Size, SizesAreExact: false, image.Details.Layers, Steps: null)
            : null;

    /// <inheritdoc/>
    public async Task<ImageDetails?> FindImage(string reference, CancellationToken cancellationToken) => (await Locate(reference, cancellationToken))?.Details;

    /// <inheritdoc/>
    public async Task<ByteSize?> ImageSize(string reference, CancellationToken cancellationToken) => (await FindImage(reference, cancellationToken))?.Image.Size;

    /// <inheritdoc/>
    public async Task<ImageRemoval> RemoveImage(string reference, CancellationToken cancellationToken)
    {
        var listing = AllImages(cancellationToken);
        var containers = await ListContainers(cancellationToken);
        var image = (await listing).FirstOrDefault(image => image.Id == reference || image.NameFor(reference) is not null)
            ?? throw new RuntimeRefusalException(RuntimeRefusal.NotFound, $"No such image: {reference}");
        var byId = image.Id == reference;
        if (byId && image.Names.Count > 1)
        {
            throw new RuntimeRefusalException(RuntimeRefusal.InUse, $"{Image.Shorten(reference)} has several tags: {string.Join(", ", image.Details.Image.Tags)}");
        }

        // It removes what containers use without a word, and one that was never started could then not be started any more. So the question is asked here.
        if (image.Names.Count == 1 && containers.FirstOrDefault(container => container.ImageId == image.Id) is { } user)
        {
            throw new RuntimeRefusalException(RuntimeRefusal.InUse, $"{reference} is in use by container {user.Name}");
        }

        var name = byId ? image.Names[0] : image.NameFor(reference)!;
        var answer = await Do(["image", "delete", name], cancellationToken);
        if (!answer.Lines.Contains(name) && await Locate(name, cancellationToken) is not null)
        {
            throw new RuntimeRefusalException(RuntimeRefusal.Other, $"'container image delete {name}' did nothing, and does not say why");
        }

        return new ImageRemoval([EngineWords.Tag(name)], image.Names.Count == 1 ? [image.Id] : []);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Container>> ListContainers(CancellationToken cancellationToken)
    {
        var wires = await commandLine.AskJson(["list", "--all", "--format", "json"], AppleJson.Default.AppleContainerArray, cancellationToken);
        return [.. wires.OfType<AppleContainer>().Where(wire => !AppleWords.IsBuilder(wire)).Select(Join).OfType<ContainerDetails>().Select(details => details.Container)];
    }

    /// <inheritdoc/>
    public async Task<ContainerDetails?> FindContainer(string container, CancellationToken cancellationToken)
    {
        if (KeptRun.Of(surroundings.StateFolder, container) is null)
        {
            return null;
        }

        try
        {
            // Before 1.0.0 one that is not there is left out; since then the command fails.
            var wires = await commandLine.AskJson(["inspect", container], AppleJson.Default.AppleContainerArray, cancellationToken);
            return wires.OfType<AppleContainer>().Select(Join).FirstOrDefault(details => details?.Container.Id == container);
        }
        catch (RuntimeRefusalException refusal) when (refusal.Refusal is RuntimeRefusal.NotFound)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<ContainerSize?> MeasureContainer(string container, CancellationToken cancellationToken) =>
        await FindContainer(container, cancellationToken) is { } details ? new ContainerSize(details, null) : null;

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, VolumeSize>> MeasureVolumes(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, VolumeSize>>(new Dictionary<string, VolumeSize>());

    /// <inheritdoc/>
    public async Task<CreatedContainer> CreateContainer(ContainerSpec spec, CancellationToken cancellationToken)
    {
        // It would pull one that is not there.
        var image = await Locate(spec.Image, cancellationToken) ?? throw new RuntimeRefusalException(RuntimeRefusal.NotFound, $"No such image: {spec.Image}");
        if (spec.Mounts.FirstOrDefault(mount => !Path.Exists(mount.Source)) is { } missing)
        {
            throw new RuntimeRefusalException(RuntimeRefusal.Other, $"The mount's source does not exist: {missing.Source}");
        }

        var create = AppleCreate.Of(spec, image.NameFor(spec.Image) ?? image.Names[0], release, clock.GetUtcNow());
        await Do(create.Arguments, cancellationToken);
        KeptRun.Of(surroundings.StateFolder, spec.Name)?.Remove();
        var details = await FindContainer(spec.Name, cancellationToken) ?? throw new RuntimeUnavailableException($"'container create' went well, and there is no container {spec.Name}.");
        if (details.Container.ImageId is { } made && made != image.Id)
        {
            // It takes names only, and this one was given to another image meanwhile.
            await RemoveContainer(spec.Name, cancellationToken);
            throw new RuntimeRefusalException(RuntimeRefusal.Other, $"{spec.Image} was rebuilt meanwhile. Try again.");
        }

        return new CreatedContainer(details.Container.Id, create.Warnings);
    }

    /// <inheritdoc/>
    public async Task StartContainer(string container, CancellationToken cancellationToken)
    {
        var details = await Get(container, cancellationToken);
        if (details.Container.State == ContainerState.Running)
        {
            return;
        }

        var kept = Kept(container);
        kept.Prepare();
        var mode = new KeeperMode(details.TakesInput, details.Container.Labels.GetValueOrDefault(AppleWords.InputLabel) == "once", details.HasTerminal, details.StartedAt);
        using var keeper = StartKeeper(container, mode);
        var (clock, nextLook) = (Stopwatch.StartNew(), TimeSpan.FromMilliseconds(50));
        while (kept.End is null)
        {
            if (kept.Failure is { } words)
            {
                throw AppleRefusal.OfStart(words);
            }

            if (keeper.HasExited && kept.End is null && kept.Failure is null)
            {
                throw new RuntimeUnavailableException($"The process that was to look after {container} ended at once (exit code {keeper.ExitCode}).");
            }

            if (clock.Elapsed > nextLook)
            {
                if (await FindContainer(container, cancellationToken) is { Container.State: ContainerState.Running } now && now.StartedAt != details.StartedAt)
                {
                    break;
                }

                nextLook = clock.Elapsed + TimeSpan.FromMilliseconds(100);
            }

            if (clock.Elapsed > commandLine.ChangePatience)
            {
                throw new RuntimeUnavailableException($"'container start' did not start {container} within {commandLine.ChangePatience.TotalSeconds:0.#} s.\nIs Apple's container overloaded? AGENTOPS_TIMEOUT=60 waits longer.");
            }

            await Task.Delay(Glance, cancellationToken);
        }

        await Begun(container, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task StopContainer(string container, TimeSpan grace, CancellationToken cancellationToken)
    {
        var seconds = ((long)Math.Ceiling(grace.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var answer = await commandLine.Ask(["stop", "--time", seconds, container], commandLine.ChangePatience + grace, cancellationToken);
        if (answer.Status != 0)
        {
            throw AppleRefusal.Of(answer);
        }

        // 0.10 says nothing to one it does not know.
        if (!answer.Lines.Contains(container) && (await Get(container, cancellationToken)).Container.State == ContainerState.Running)
        {
            throw new RuntimeRefusalException(RuntimeRefusal.Other, $"'container stop {container}' did nothing, and does not say why");
        }

        await Noted(container, cancellationToken);
    }

    /// <inheritdoc/>
    public Task SignalContainer(string container, string signal, CancellationToken cancellationToken) => Do(["kill", "--signal", signal, container], cancellationToken);

    /// <inheritdoc/>
    public async Task ResizeContainer(string container, TerminalSize size, CancellationToken cancellationToken)
    {
        if (KeptRun.Of(surroundings.StateFolder, container) is { IsKept: true } kept)
        {
            await KeptInput.Resize(kept, size, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task RemoveContainer(string container, CancellationToken cancellationToken)
    {
        var answer = await Do(["delete", container], cancellationToken);
        if (!answer.Lines.Contains(container) && await FindContainer(container, cancellationToken) is not null)
        {
            throw new RuntimeRefusalException(RuntimeRefusal.Other, $"'container delete {container}' did nothing, and does not say why");
        }

        KeptRun.Of(surroundings.StateFolder, container)?.Remove();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var exec in execs.Values)
        {
            await exec.DisposeAsync();
        }
    }

    private ContainerDetails? Join(AppleContainer wire)
    {
        var details = AppleWords.Details(wire, (wire.Id ?? wire.Configuration?.Id) is { } id ? KeptRun.Of(surroundings.StateFolder, id)?.End : null);
        return details?.FinishedAt is { } finished
            ? details with { Container = details.Container with { EndedAtLeast = TimeSpan.FromTicks(Math.Max(0, (clock.GetUtcNow() - finished).Ticks)) } }
            : details;
    }

    private async Task<ContainerDetails> Get(string container, CancellationToken cancellationToken) =>
        await FindContainer(container, cancellationToken) ?? throw new RuntimeRefusalException(RuntimeRefusal.NotFound, $"No such container: {container}");

    private KeptRun Kept(string container) =>
        KeptRun.Of(surroundings.StateFolder, container) ?? throw new RuntimeRefusalException(RuntimeRefusal.NotFound, $"No such container: {container}");

    private async Task<AppleAnswer> Do(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var answer = await commandLine.Ask(arguments, commandLine.ChangePatience, cancellationToken);
        return answer.Status == 0 ? answer : throw AppleRefusal.Of(answer);
    }

    // A tag is asked for by itself: a list reads every image there is. Ids it does not take.
    private async Task<AppleStoredImage?> Locate(string reference, CancellationToken cancellationToken)
    {
        if (reference.StartsWith("sha256:", StringComparison.Ordinal))
        {
            return (await AllImages(cancellationToken)).FirstOrDefault(image => image.Id == reference);
        }

        try
        {
            var wires = await commandLine.AskJson(["image", "inspect", reference], AppleJson.Default.AppleImageArray, cancellationToken);
            return Remember(AppleWords.Images(wires)) is [var image, ..] ? image : null;
        }
        catch (RuntimeRefusalException refusal) when (refusal.Refusal is RuntimeRefusal.NotFound)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<AppleStoredImage>> AllImages(CancellationToken cancellationToken)
    {
        var listed = await commandLine.AskJson(["image", "list", "--format", "json"], AppleJson.Default.AppleImageArray, cancellationToken);
        var briefly = listed.OfType<AppleImage>().Where(image => image.Variants is null).Select(AppleWords.NameOf).OfType<string>().ToList();
        if (briefly.Count == 0)
        {
            return Remember(AppleWords.Images(listed));
        }

        // Before 1.0.0 a list has names only. What is gone by now makes the command fail, after it has told the others.
        var answer = await commandLine.Ask(["image", "inspect", .. briefly], commandLine.Patience, cancellationToken);
        return answer.Status == 0 || (AppleRefusal.Of(answer) is RuntimeRefusalException { Refusal: RuntimeRefusal.NotFound } && answer.Out.Length > 0)
            ? Remember(AppleWords.Images([.. listed.Where(image => image?.Variants is not null), .. AppleCommandLine.Read(answer, AppleJson.Default.AppleImageArray)]))
            : throw AppleRefusal.Of(answer);
    }

    private IReadOnlyList<AppleStoredImage> Remember(IReadOnlyList<AppleStoredImage> images)
    {
        foreach (var image in images)
        {
            known[image.Id] = image;
        }

        return images;
    }

    private Process StartKeeper(string container, KeeperMode mode)
    {
        var start = new ProcessStartInfo(surroundings.AgentPath, KeepCommand.Arguments(container, mode))
        {
            // Streams of its own: one that held ours would keep $(agent run -d …) waiting for its end.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in surroundings.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) ?? throw new RuntimeUnavailableException($"{surroundings.AgentPath} cannot be started.");
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new RuntimeUnavailableException($"{surroundings.AgentPath} cannot be started to look after {container}: {failure.Message}", failure);
        }
    }

    // A moment passes between a process's end and the note of it.
    private async Task Noted(string container, CancellationToken cancellationToken)
    {
        var (kept, clock) = (Kept(container), Stopwatch.StartNew());
        while (kept.IsKept && kept.End is null && clock.Elapsed < EndIsNoted)
        {
            await Task.Delay(Glance, cancellationToken);
        }
    }
}
