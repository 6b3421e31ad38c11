using Agentops.Containers;
using Agentops.Images;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Status;

/// <summary>Takes an <see cref="Inventory"/>: everything that can be asked at once is.</summary>
/// <param name="world">The world.</param>
/// <param name="runtime">Looked at, never changed.</param>
/// <param name="depth">How closely.</param>
internal sealed class InventoryTaking(World world, IContainerRuntime runtime, InventoryDepth depth)
{
    // A folder of a run holds two files; one with this many is somebody's accident and not worth the wait.
    private const int MostFiles = 10_000;
    private static readonly TimeSpan AMoment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PatienceWithOthers = TimeSpan.FromMilliseconds(300);

    /// <summary>Looks at disk and runtime at once.</summary>
    /// <param name="world">The world.</param>
    /// <param name="runtime">Looked at, never changed.</param>
    /// <param name="depth">How closely.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The picture; what could not be looked at says so in it.</returns>
    public static Task<Inventory> Take(World world, IContainerRuntime runtime, InventoryDepth depth, CancellationToken cancellationToken) =>
        new InventoryTaking(world, runtime, depth).Take(cancellationToken);

    private async Task<Inventory> Take(CancellationToken cancellationToken)
    {
        var containersTask = Try(() => runtime.ListContainers(cancellationToken), []);
        var imagesTask = Try(() => runtime.ListStoredImages(cancellationToken), []);
        var elsewhereTask = depth.Others ? Elsewhere(cancellationToken) : Task.FromResult<IReadOnlyList<OtherRuntime>>([]);
        var memoryTask = Task.Run(() => SizeMemory.Read(world.Runs.StateFolder, runtime.Identity.Endpoint), cancellationToken);
        // The disk, one thing after the other: meanwhile the runtime needs the other processors.
        var recordsTask = Records(memoryTask);
        var foldersTask = FolderSizes(recordsTask, memoryTask, cancellationToken);
        var leftoversTask = Leftovers(foldersTask);

        var (stored, imagesFault) = await imagesTask;
        var memory = await memoryTask;
        using var late = new CancellationTokenSource(depth.Budget ?? Timeout.InfiniteTimeSpan, world.Clock);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var surveyTask = LayerSurvey.Take(runtime, stored, memory.Images, enough.Token);
        var staleTask = Stale(stored, recordsTask, enough.Token);
        var (containers, containersFault) = await containersTask;
        var (entries, recordsFault) = await recordsTask;
        var takenAt = world.Clock.GetUtcNow();
        if (containersFault is null)
        {
            ((entries, containers), containersFault) = await Try(() => RunList.Complete(world.Runs, runtime, entries, containers, takenAt, cancellationToken), (entries, containers));
        }

        var installation = world.Runs.KnownInstallation;
        // Without a listing nothing is known of any container: no endpoint is the one that was asked.
        var list = RunList.Join(entries, containers, RunList.CreatorLives, installation, containersFault is null ? runtime.Identity.Endpoint : "", takenAt);

        var sizes = await Sizes(list, memory.Containers, takenAt, enough.Token);
        var folders = await foldersTask;
        var survey = await surveyTask;
        var isRounded = !survey.Graph.SizesAreExact;
        var runs = list.Runs.Select(run => run with { Disk = DiskOf(run, sizes, folders.GetValueOrDefault(run.Id), takenAt, isRounded) }).ToList();
        var orphans = list.Orphans.Select(orphan => orphan with
        {
            Disk = DiskOf(orphan.Container, sizes, ByteSize.Zero, takenAt, isRounded),
            HasRecord = orphan.HasRecord || recordsFault is not null,
        }).ToList();

        var isWhole = containersFault is null && imagesFault is null && recordsFault is null;
        var rememberingTask = Task.Run(() => Remember(memory, new SizeMemory(sizes.Sizes, survey.Layers) { Folders = Settled(entries, runs, folders, takenAt) }, containers, stored, entries, isWhole), CancellationToken.None);
        var images = InventoryImages.Of(stored, survey.Graph, containers, runs, installation, world.Runs.LastUse);
        var stale = await staleTask;
        images = stale.Count == 0 ? images : [.. images.Select(image => image with { Stale = stale.GetValueOrDefault(image.Image.Id) })];
        await rememberingTask;
        // Not a time that is up, which makes a picture with gaps: a user who wants none.
        cancellationToken.ThrowIfCancellationRequested();
        return new Inventory(runtime.Identity, installation, takenAt)
        {
            Runs = runs,
            Orphans = orphans,
            Containers = containers,
            Images = images,
            Layers = survey.Graph,
            ImageLayers = survey.Layers,
            LayersFault = survey.Fault,
            LayersAreLate = survey.IsCutShort,
            UnreadImages = [.. stored.Where(image => (image.HasName || image.Image.IsOurs) && !survey.Layers.ContainsKey(image.Image.Id)).Select(image => image.Name)],
            UnreadableRecords = list.Faults,
            Leftovers = await leftoversTask,
            Elsewhere = await elsewhereTask,
            RecordsFault = recordsFault,
            ContainersFault = containersFault,
            ImagesFault = imagesFault,
        };
    }

    private async Task<(IReadOnlyList<RunEntry> Entries, string? Fault)> Records(Task before)
    {
        await before;
        return await Try(() => Task.FromResult(world.Runs.ReadAll()), []);
    }

    private async Task<IReadOnlyList<Leftover>> Leftovers(Task before)
    {
        await before;
        return world.Runs.Leftovers(world.Clock.GetUtcNow());
    }

    private async Task<Measurements> Sizes(
        RunList list, IReadOnlyDictionary<string, MeasuredContainer> remembered, DateTimeOffset takenAt, CancellationToken enough)
    {
        var ours = list.Runs.Select(run => run.Container).Concat(list.Orphans.Select(orphan => orphan.Container)).OfType<Container>().ToList();
        var known = new Dictionary<string, MeasuredContainer>(ours.Count);
        var open = new List<Container>();
        foreach (var container in ours)
        {
            var before = remembered.GetValueOrDefault(container.Id);
            if (before?.HoldsFor(container, takenAt) == true)
            {
                known[container.Id] = before;
            }
            else if (depth.RunningToo || container.HasEnded || container.State == ContainerState.Created)
            {
                open.Add(container);
            }
        }

        if (open.Count == 0)
        {
            return new Measurements(known, new Dictionary<string, string?>());
        }

        // Ended ones first: theirs are remembered.
        var measured = await Measuring.Take(runtime, [.. open.OrderByDescending(container => container.HasEnded)], remembered, world.Clock, enough);
        foreach (var (id, size) in measured.Sizes)
        {
            known[id] = size;
        }

        foreach (var container in open.Where(container => container.HasEnded && !known.ContainsKey(container.Id) && remembered.ContainsKey(container.Id)))
        {
            known[container.Id] = remembered[container.Id];
        }

        return new Measurements(known, measured.InVain);
    }

    private static DiskUse DiskOf(Run run, Measurements sizes, ByteSize? folder, DateTimeOffset now, bool isRounded) =>
        run.Container is { } container ? DiskOf(container, sizes, folder, now, isRounded)
        // It lives elsewhere: what its container takes is not known here.
        : run.State == RunState.Unknown ? new DiskUse(null, null, folder) { IsRounded = isRounded }
        : new DiskUse(ByteSize.Zero, ByteSize.Zero, folder) { IsRounded = isRounded };

    private static DiskUse DiskOf(Container container, Measurements sizes, ByteSize? folder, DateTimeOffset now, bool isRounded)
    {
        var isInVain = sizes.InVain.TryGetValue(container.Id, out var fault);
        return sizes.Sizes.GetValueOrDefault(container.Id) is not { } size
            ? new DiskUse(null, null, folder) { WasAsked = isInVain, Fault = fault, IsRounded = isRounded }
            // What was measured since the listing is proven by the runtime's own answer.
            : new DiskUse(size.Layer, size.Volumes, folder, size.FinishedAt, !container.HasEnded || size.SeenAt >= now || size.HoldsFor(container, now)) { WasAsked = true, Fault = fault, IsRounded = isRounded };
    }

    private async Task<IReadOnlyDictionary<RunId, ByteSize?>> FolderSizes(
        Task<(IReadOnlyList<RunEntry> Entries, string? Fault)> records, Task<SizeMemory> memory, CancellationToken cancellationToken)
    {
        var entries = (await records).Entries;
        // Who waits for all sizes, or is about to remove something, has them counted.
        var remembered = depth.Budget is null ? SizeMemory.Empty.Folders : (await memory).Folders;
        var most = depth.Budget is null ? int.MaxValue : MostFiles;
        // What has no record that can be read is nobody's run, and may be a link to anywhere.
        return await Task.Run(
            () => entries.ToDictionary(entry => entry.Id, entry =>
                entry.Record is null ? null
                : remembered.GetValueOrDefault(entry.Id.ToString()) is { } folder && folder.Modified == entry.FolderModified ? folder.Bytes
                : world.Runs.FolderSize(entry.Id, most)),
            cancellationToken);
    }

    // Of runs that have ended, as the output of others may grow; and not of this moment, within which a clock may not tell two changes apart.
    private static Dictionary<string, MeasuredFolder> Settled(
        IReadOnlyList<RunEntry> entries, IReadOnlyList<Run> runs, IReadOnlyDictionary<RunId, ByteSize?> sizes, DateTimeOffset takenAt)
    {
        var modified = entries.ToDictionary(entry => entry.Id, entry => entry.FolderModified);
        var settled = new Dictionary<string, MeasuredFolder>(runs.Count);
        foreach (var run in runs.Where(run => run.State is RunState.Stopped or RunState.Failed))
        {
            if (sizes.GetValueOrDefault(run.Id) is { } bytes && modified.GetValueOrDefault(run.Id) is { } at && takenAt - at > AMoment)
            {
                settled[run.Id.ToString()] = new MeasuredFolder(bytes, at);
            }
        }

        return settled;
    }

    // By image id, why the next run would build it anew. It needs no container, and meanwhile they are listed.
    private async Task<IReadOnlyDictionary<string, string>> Stale(IReadOnlyList<StoredImage> stored, Task<(IReadOnlyList<RunEntry> Entries, string? Fault)> records, CancellationToken enough)
    {
        var stale = new Dictionary<string, string>();
        var candidates = stored.Where(image => image.Image.IsOurs && image.Image.Labels.ContainsKey(Labels.Recipe))
            .Select(image => new InventoryImage(image.Image, Owner.Unknown)).Where(image => image is { IsBase: false, OurTags.Count: > 0 }).ToList();
        if (candidates.Count == 0)
        {
            return stale;
        }

        var ids = stored.SelectMany(image => image.Image.Tags.Select(tag => (tag, image.Image.Id))).DistinctBy(pair => pair.tag).ToDictionary(pair => pair.tag, pair => pair.Id);
        var workspaces = depth.Others ? Staleness.Workspaces((await records).Entries) : new Dictionary<string, string>();
        try
        {
            // Reading files can be slow (a large context, a network folder): it ends with the budget too.
            await Task.Run(
                () =>
                {
                    foreach (var image in candidates)
                    {
                        enough.ThrowIfCancellationRequested();
                        if (Staleness.Of(image, workspaces.GetValueOrDefault(image.Agent ?? ""), reference => ids.GetValueOrDefault(WithTag(reference)), world.Surroundings, enough) is { } reason)
                        {
                            stale[image.Image.Id] = reason;
                        }
                    }
                },
                enough);
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // No evidence, no word.
        }

        return stale;
    }

    private static string WithTag(string reference) => reference.LastIndexOf(':') > reference.LastIndexOf('/') ? reference : reference + ":latest";

    private void Remember(SizeMemory before, SizeMemory now, IReadOnlyList<Container> containers, IReadOnlyList<StoredImage> images, IReadOnlyList<RunEntry> entries, bool isWhole)
    {
        // What a listing that failed does not name may be there all the same.
        if (!isWhole || !AreNews(now, before))
        {
            return;
        }

        // Of running ones there are news at each look.
        var there = containers.Where(container => container.HasEnded || container.State == ContainerState.Created).Select(container => container.Id).ToHashSet();
        now = now with { Containers = now.Containers.Where(size => there.Contains(size.Key) && size.Value is { Layer: not null, Volumes: not null }).ToDictionary() };
        if (AreNews(now, before) && Directory.Exists(world.Runs.StateFolder))
        {
            there.UnionWith(images.Select(image => image.Image.Id));
            there.UnionWith(entries.Select(entry => entry.Id.ToString()));
            SizeMemory.Save(world.Runs.StateFolder, runtime.Identity.Endpoint, now, there.Contains);
        }
    }

    private static bool AreNews(SizeMemory now, SizeMemory before) =>
        AreNews(now.Containers, before.Containers) || AreNews(now.Images, before.Images) || AreNews(now.Folders, before.Folders);

    private static bool AreNews<T>(IReadOnlyDictionary<string, T> now, IReadOnlyDictionary<string, T> before) =>
        now.Any(size => !before.TryGetValue(size.Key, out var known) || !EqualityComparer<T>.Default.Equals(known, size.Value));

    private async Task<IReadOnlyList<OtherRuntime>> Elsewhere(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(PatienceWithOthers, world.Clock);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var others = await Task.WhenAll(world.OtherRuntimes(runtime.Identity).Select(connect => LookAt(connect, patience.Token)));
        return [.. others.OfType<OtherRuntime>().Where(other => other.Containers + other.Images > 0)];
    }

    private static async Task<OtherRuntime?> LookAt(Func<CancellationToken, Task<IContainerRuntime>> connect, CancellationToken enough)
    {
        try
        {
            await using var other = await connect(enough);
            var (containers, images) = (other.ListContainers(enough), other.ListImages(enough));
            await Task.WhenAll(containers, images);
            return new OtherRuntime(other.Identity, (await containers).Count(container => container.IsOurs), (await images).Count);
        }
        catch (Exception unreachable) when (unreachable is AgentopsException || (unreachable is OperationCanceledException && enough.IsCancellationRequested))
        {
            // Only those that can be reached are named.
            return null;
        }
    }

    private static async Task<(T Value, string? Fault)> Try<T>(Func<Task<T>> ask, T otherwise)
    {
        try
        {
            return (await ask(), null);
        }
        catch (AgentopsException failure) when (failure is not UsageException)
        {
            return (otherwise, failure.Message.Split('\n')[0]);
        }
    }
}
