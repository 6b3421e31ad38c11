using System.Diagnostics;
using System.Text.Json;
using Agentops.Building;
using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Runtimes.Engine;

// Builds and pulls.
internal sealed partial class EngineRuntime
{
    private static readonly TimeSpan TidyPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StepEnds = TimeSpan.FromSeconds(10);

    // Of a build that fails for no fault of its recipe.
    private const int BuildAttempts = 3;

    // Podman does not end the step of a build that was given up, and one may take an hour.
    private static readonly TimeSpan PodmanStepEnds = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public async Task<string> BuildImage(ImageBuild build, Action<BuildEvent> progress, CancellationToken cancellationToken)
    {
        if (!preferClassicBuilder)
        {
            try
            {
                return await BuildWithBuildKit(build, progress, cancellationToken);
            }
            catch (BuildFailedException failure) when (BuildQuery.IsBuildKitMissing(failure.Message))
            {
                // Nothing was told yet: it fails before the first step.
            }
        }

        return await BuildClassic(build, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PullImage(string reference, Action<BuildEvent> progress, CancellationToken cancellationToken)
    {
        var pull = new PullProgress();
        var clock = Stopwatch.StartNew();
        try
        {
            await using var answer = await connection.Upload(EngineRequest.Post(PullProgress.Path(reference), EngineOperation.Pull), (_, _) => Task.CompletedTask, cancellationToken);
            await foreach (var message in Messages(answer, cancellationToken))
            {
                if (ErrorOf(message) is { } error)
                {
                    throw EngineRefusal.ForPull(200, error, reference);
                }

                if (pull.Line(message, clock.Elapsed) is { } line)
                {
                    progress(new BuildEvent.Output(null, line));
                }
            }
        }
        catch (RuntimeRefusalException refusal) when (refusal.InnerException is EngineStatusException status)
        {
            throw EngineRefusal.ForPull(status.Status, refusal.Message, reference);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CachedResult>> ListBuildCache(CancellationToken cancellationToken)
    {
        if (greeting.IsPodman)
        {
            return [];
        }

        // Before API 1.42 there is no type, and everything is counted.
        var usage = await connection.Ask(EngineRequest.Get("/system/df?type=build-cache") with { ExtraPatience = CountingPatience }, EngineJson.Default.WireUsage, cancellationToken);
        return [.. (usage.BuildCache ?? []).Where(cached => cached.ID is not null)
            .Select(cached => new CachedResult(cached.ID!, new ByteSize(Math.Max(cached.Size ?? 0, 0)), cached.Shared ?? true, cached.InUse ?? true))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> DropBuildCache(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var gone = new List<string>();
        // One at a time: several ids in one filter are taken for "all of these", which is nothing.
        foreach (var id in ids)
        {
            var filters = JsonSerializer.Serialize(new Dictionary<string, string[]> { ["id"] = [id] }, EngineJson.Default.DictionaryStringStringArray);
            var pruned = await connection.Ask(EngineRequest.Post($"/build/prune?all=1&filters={Uri.EscapeDataString(filters)}"), EngineJson.Default.WirePruned, cancellationToken);
            gone.AddRange(pruned.CachesDeleted ?? []);
        }

        return gone;
    }

    private async Task<string> BuildWithBuildKit(ImageBuild build, Action<BuildEvent> progress, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Build(build, new BuildKitProgress(progress), buildKit: true, cancellationToken);
            }
            catch (BuildFailedException failure) when (attempt < BuildAttempts && BuildQuery.IsSchedulerFault(failure.Message))
            {
                progress(new BuildEvent.Note("BuildKit tripped over builds that share steps, a fault of its own; once more"));
            }
        }
    }

    private async Task<string> BuildClassic(ImageBuild build, Action<BuildEvent> tell, CancellationToken cancellationToken)
    {
        var before = await AllImages(cancellationToken);
        // Docker and Podman up to 4.3 add a step a label, later ones one for all of them.
        var progress = new ClassicProgress(tell, greeting.IsPodman && !greeting.IsPodmanBefore(4, 4) ? Math.Min(build.Labels.Count, 1) : build.Labels.Count);
        try
        {
            return await Build(build, progress, buildKit: false, cancellationToken);
        }
        catch (Exception failure)
        {
            if (!await Tidy(progress, [.. before.Select(image => image.Id)]) && failure is OperationCanceledException && greeting.IsPodman)
            {
                tell(new BuildEvent.Note("Podman ends the step it is at before it gives a build up. What it has built until then goes with: podman image prune"));
            }

            throw;
        }
    }

    private async Task<string> Build(ImageBuild build, BuildProgress progress, bool buildKit, CancellationToken cancellationToken)
    {
        async Task Write(Stream body, CancellationToken token)
        {
            await body.WriteAsync(buildKit ? ContextStart.Header() : [], token);
            await build.WriteContext(body, token);
        }

        try
        {
            await using var answer = await connection.Upload(EngineRequest.Post(BuildQuery.Of(build, buildKit)), Write, cancellationToken);
            await foreach (var message in Messages(answer, cancellationToken))
            {
                if (ErrorOf(message) is { } error)
                {
                    throw progress.Failure(error);
                }

                progress.Take(message);
            }
        }
        catch (RuntimeRefusalException refusal) when (refusal.InnerException is EngineStatusException)
        {
            // 400 {"message":"dockerfile parse error line 3: unknown instruction: RUNN"}
            throw new BuildFailedException(null, BuildReason.Of(refusal.Message));
        }

        return progress is { IsDone: true, ImageId: { } id }
            ? EngineWords.ImageId(id)
            : throw progress.Failure("the builder ended without an image");
    }

    // Untagged images that this very build made: told by it, not there before, and nobody's by now. Newest first, as each is the parent of the one after it.
    // A token of our own: the caller's may be the reason why we are here.
    private async Task<bool> Tidy(ClassicProgress progress, HashSet<string?> before)
    {
        using var patience = new CancellationTokenSource(TidyPatience);
        var isTidy = true;
        try
        {
            await StepContainerGone(progress.StepContainer, patience.Token);
            var made = (await AllImages(patience.Token)).Where(image => !before.Contains(image.Id) && EngineWords.Tags(image.RepoTags).Count == 0).ToList();
            foreach (var layer in progress.Layers.Reverse())
            {
                if (made.Find(image => image.Id?.Replace("sha256:", "", StringComparison.Ordinal).StartsWith(layer, StringComparison.Ordinal) is true) is { Id: { } id })
                {
                    isTidy &= await RemoveLayer(id, isTidy, patience.Token);
                }
            }

            return isTidy;
        }
        catch (AgentopsException)
        {
            // The reason for the failure says more than what could not be tidied because of it; what stays is dangling by label, or cache.
            return false;
        }
        catch (OperationCanceledException)
        {
            // Likewise.
            return false;
        }
    }

    private async Task<bool> RemoveLayer(string id, bool wait, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                // noprune: its parents are looked at one by one, as some of them are not ours to remove.
                await connection.Tell(EngineRequest.Delete($"/images/{EngineRequest.Name(id)}?noprune=1"), cancellationToken);
                return true;
            }
            catch (RuntimeRefusalException refusal) when (wait && greeting.IsPodman && refusal.Refusal is RuntimeRefusal.InUse && clock.Elapsed < PodmanStepEnds)
            {
                // By the step that was given up: Podman lists no container of it to wait for.
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
            catch (RuntimeRefusalException refusal)
            {
                // Another build uses it as its cache by now.
                return refusal.Refusal is RuntimeRefusal.NotFound;
            }
        }
    }

    // The engine removes the container of a step that was given up, but takes a moment for it.
    private async Task StepContainerGone(string? id, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (id is not null && clock.Elapsed < StepEnds && await FindContainer(id, cancellationToken) is not null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    private Task<List<WireImage>> AllImages(CancellationToken cancellationToken) =>
        AskImages("/images/json?all=1", image => image, cancellationToken);

    // {"errorDetail":{"code":3,"message":"…"},"error":"…"}
    private static string? ErrorOf(WireProgress message) => message.ErrorDetail?.Message is { Length: > 0 } detail ? detail : message.Error is { Length: > 0 } error ? error : null;

    private static async IAsyncEnumerable<WireProgress> Messages(EngineStream answer, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var messages = JsonSerializer
            .DeserializeAsyncEnumerable(answer.Stream, EngineJson.Default.WireProgress, topLevelValues: true, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        while (await Next(answer, messages, cancellationToken))
        {
            if (messages.Current is { } message)
            {
                yield return message;
            }
        }
    }

    private static async ValueTask<bool> Next(EngineStream answer, IAsyncEnumerator<WireProgress?> messages, CancellationToken cancellationToken)
    {
        try
        {
            return await messages.MoveNextAsync();
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && answer.Translate(failure) is { } told)
        {
            throw told;
        }
    }
}
