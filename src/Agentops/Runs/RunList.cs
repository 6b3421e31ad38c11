using System.Diagnostics;
using Agentops.Containers;
using Agentops.Runtimes;

namespace Agentops.Runs;

/// <summary>All runs, as disk and runtime know them together.</summary>
/// <param name="Runs">Newest first.</param>
/// <param name="Orphans">Containers of this installation, or of none, that have no record we can read. Newest first.</param>
/// <param name="Faults">Records that cannot be read, one line each, for people.</param>
/// <param name="TakenAt">UTC.</param>
public sealed record RunList(IReadOnlyList<Run> Runs, IReadOnlyList<Orphan> Orphans, IReadOnlyList<string> Faults, DateTimeOffset TakenAt)
{
    /// <summary>Looks at disk and runtime at once.</summary>
    /// <param name="world">The world.</param>
    /// <param name="runtime">The runtime.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All runs.</returns>
    public static Task<RunList> Take(World world, IContainerRuntime runtime, CancellationToken cancellationToken) => Take(world, runtime, null, cancellationToken);

    /// <summary>Looks at the runtime, and at disk if that was not done already.</summary>
    /// <param name="world">The world.</param>
    /// <param name="runtime">The runtime.</param>
    /// <param name="records">All records; null to read them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All runs.</returns>
    internal static async Task<RunList> Take(World world, IContainerRuntime runtime, IReadOnlyList<RunEntry>? records, CancellationToken cancellationToken)
    {
        var entriesTask = records is null ? Task.Run(world.Runs.ReadAll, cancellationToken) : Task.FromResult(records);
        var containersTask = runtime.ListContainers(cancellationToken);
        var entries = await entriesTask;
        var containers = await containersTask;
        var takenAt = world.Clock.GetUtcNow();
        (entries, containers) = await Complete(world.Runs, runtime, entries, containers, takenAt, cancellationToken);
        return Join(entries, containers, CreatorLives, world.Runs.KnownInstallation, runtime.Identity.Endpoint, takenAt);
    }

    /// <summary>The pictures of disk and runtime are not of one instant: what was made in between seems to lack its other half, so that is looked for once more.</summary>
    /// <param name="store">The disk.</param>
    /// <param name="runtime">The runtime.</param>
    /// <param name="entries">Records, as first read.</param>
    /// <param name="containers">Containers, as first listed.</param>
    /// <param name="takenAt">UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Both, with the other halves.</returns>
    internal static async Task<(IReadOnlyList<RunEntry> Entries, IReadOnlyList<Container> Containers)> Complete(
        RunStore store, IContainerRuntime runtime, IReadOnlyList<RunEntry> entries, IReadOnlyList<Container> containers, DateTimeOffset takenAt, CancellationToken cancellationToken)
    {
        var late = LateEntries(store, entries, containers);
        var lateContainers = await LateContainers(runtime, entries, containers, takenAt, cancellationToken);
        return ([.. entries, .. late], lateContainers.Count == 0 ? containers : [.. containers, .. lateContainers]);
    }

    /// <summary>Joins what disk and runtime said.</summary>
    /// <param name="entries">Records.</param>
    /// <param name="containers">Containers; those that are not ours are passed over.</param>
    /// <param name="creatorLives">Whether the process that made a record still runs; asked only where it matters.</param>
    /// <param name="installation">The id of our state folder; null when it has none yet.</param>
    /// <param name="endpoint">Where the runtime answers that was asked.</param>
    /// <param name="takenAt">UTC.</param>
    /// <returns>All runs; containers of other installations are theirs.</returns>
    public static RunList Join(
        IReadOnlyList<RunEntry> entries,
        IReadOnlyList<Container> containers,
        Func<RunCreator, bool> creatorLives,
        string? installation,
        string endpoint,
        DateTimeOffset takenAt)
    {
        var unreadable = entries.Where(entry => entry.Record is null).Select(entry => entry.Id.ToString()).ToHashSet();
        var orphans = new List<Orphan>();
        var byId = new Dictionary<RunId, Orphan>(containers.Count);
        var ours = containers.Select(container => (Container: container, Named: RunId.OfContainerName(container.Name))).Where(ours => ours.Named is not null || ours.Container.IsOurs).ToList();
        // A name is the runtime's to give once; a label anybody can copy.
        foreach (var (container, named) in ours.Where(ours => ours.Named is not null).Concat(ours.Where(ours => ours.Named is null)))
        {
            var owner = Labels.OwnerOfContainer(container.Labels, installation);
            if (owner == Owner.Another)
            {
                continue;
            }

            var label = container.Labels.GetValueOrDefault(Labels.Run);
            // Its name and its label may contradict each other: then it may be of either.
            var hasRecord = unreadable.Count > 0 && (unreadable.Contains(named?.ToString() ?? "") || unreadable.Contains(label ?? ""));
            var orphan = new Orphan(container, IdOf(named, label, owner), owner, hasRecord);
            if (orphan.Id is not { } id || !byId.TryAdd(id, orphan))
            {
                orphans.Add(orphan with { Id = null });
            }
        }

        var runs = new List<Run>(entries.Count);
        // Runs may have one creator, and to ask for a process is dear.
        var living = new Dictionary<RunCreator, bool>();
        bool Lives(RunCreator creator) => living.TryGetValue(creator, out var lives) ? lives : living[creator] = creatorLives(creator);
        foreach (var entry in entries)
        {
            if (entry.Record is { } record)
            {
                byId.Remove(entry.Id, out var found);
                var container = found?.Container;
                runs.Add(Run.Of(entry.Id, record, container, container is null or { State: ContainerState.Created } && Lives(record.Creator), endpoint));
            }
        }

        runs.Sort(NewestFirst);
        return new RunList(
            runs,
            [.. byId.Values.Concat(orphans).OrderByDescending(orphan => orphan.Container.CreatedAt ?? DateTimeOffset.MinValue).ThenBy(orphan => orphan.Container.Name, StringComparer.Ordinal)],
            [.. entries.Select(entry => entry.Fault).OfType<string>()],
            takenAt);
    }

    private static int NewestFirst(Run one, Run other) => (other.CreatedAt ?? DateTimeOffset.MinValue).CompareTo(one.CreatedAt ?? DateTimeOffset.MinValue) is not 0 and var order ? order
        : string.CompareOrdinal(one.Id.ToString(), other.Id.ToString());

    // The run a container is of: by its name, which a label must not contradict; by the label alone when it was renamed and our installation signed it.
    private static RunId? IdOf(RunId? named, string? label, Owner owner) =>
        named is { } id ? label is null || label == id.ToString() ? named : null
        : owner == Owner.Us && RunId.TryParse(label, out var labelled) ? labelled
        : null;

    /// <summary>Whether the process that made a record still runs.</summary>
    /// <param name="creator">From the record.</param>
    /// <returns>False also when its id now belongs to another process.</returns>
    public static bool CreatorLives(RunCreator creator)
    {
        try
        {
            using var process = Process.GetProcessById(creator.Pid);
            // The start time is computed from the time of boot, which the system may shift a little.
            return (process.StartTime.ToUniversalTime() - creator.StartedAt.UtcDateTime).Duration() < TimeSpan.FromSeconds(5);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static IEnumerable<RunEntry> LateEntries(RunStore store, IReadOnlyList<RunEntry> entries, IReadOnlyList<Container> containers)
    {
        var known = entries.Select(entry => entry.Id).ToHashSet();
        return containers
            .Select(container => RunId.OfContainerName(container.Name) is { } id && !known.Contains(id) ? store.Read(id) : null)
            .OfType<RunEntry>();
    }

    private static async Task<IReadOnlyList<Container>> LateContainers(
        IContainerRuntime runtime,
        IReadOnlyList<RunEntry> entries,
        IReadOnlyList<Container> containers,
        DateTimeOffset takenAt,
        CancellationToken cancellationToken)
    {
        var young = entries.Where(entry => entry.Record is { EndedAt: null, Failure: null } record && takenAt - record.CreatedAt < TimeSpan.FromMinutes(1)).ToList();
        if (young.Count == 0)
        {
            return [];
        }

        var known = containers.Select(container => container.Name).ToHashSet();
        var found = await Task.WhenAll(young.Where(entry => !known.Contains(entry.Id.ContainerName)).Select(entry => runtime.FindContainer(entry.Id.ContainerName, cancellationToken)));
        return [.. found.OfType<ContainerDetails>().Select(details => details.Container)];
    }
}
