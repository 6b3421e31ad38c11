using System.Diagnostics;
using Agentops.Containers;
using Agentops.Runtimes;

namespace Agentops.Runs;

/// <summary>All runs, as disk and runtime know them together.</summary>
/// <param name="Runs">Newest first.</param>
/// <param name="Orphans">Containers of this installation, or of none, that have no record we can read, seen as runs. Newest first.</param>
/// <param name="Faults">Records that cannot be read, one line each, for people.</param>
/// <param name="TakenAt">UTC.</param>
public sealed record RunList(IReadOnlyList<Run> Runs, IReadOnlyList<Run> Orphans, IReadOnlyList<string> Faults, DateTimeOffset TakenAt)
{
    /// <summary>Looks at disk and runtime at once.</summary>
    /// <param name="world">The world.</param>
    /// <param name="runtime">The runtime.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>All runs.</returns>
    public static async Task<RunList> Take(World world, IContainerRuntime runtime, CancellationToken cancellationToken)
    {
        var entriesTask = Task.Run(world.Runs.ReadAll, cancellationToken);
        var containersTask = runtime.ListContainers(cancellationToken);
        var entries = await entriesTask;
        var containers = (await containersTask).Where(container => container.IsOurs).ToList();
        var takenAt = world.Clock.GetUtcNow();

        // The two pictures are not of one instant: what was made in between seems to lack its other half, so look for that once more.
        var late = LateEntries(world.Runs, entries, containers);
        var lateContainers = await LateContainers(runtime, entries, containers, takenAt, cancellationToken);
        return Join([.. entries, .. late], [.. containers, .. lateContainers], CreatorLives, world.Runs.KnownInstallation, runtime.Identity.Endpoint, takenAt);
    }

    /// <summary>Joins what disk and runtime said.</summary>
    /// <param name="entries">Records.</param>
    /// <param name="containers">Containers.</param>
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
        var byId = new Dictionary<RunId, Container>();
        foreach (var container in containers)
        {
            if (RunId.TryParseContainerName(container.Name, out var id))
            {
                byId[id] = container;
            }
        }

        var runs = new List<Run>(entries.Count);
        foreach (var entry in entries)
        {
            if (entry.Record is { } record)
            {
                byId.Remove(entry.Id, out var container);
                runs.Add(Run.Of(entry.Id, record, container, container is null or { State: ContainerState.Created } && creatorLives(record.Creator), endpoint));
            }
        }

        return new RunList(
            NewestFirst(runs),
            NewestFirst(byId.Where(orphan => !Labels.AreOfAnother(orphan.Value.Labels, installation)).Select(orphan => Run.Of(orphan.Key, orphan.Value))),
            [.. entries.Select(entry => entry.Fault).OfType<string>()],
            takenAt);
    }

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
            .Select(container => RunId.TryParseContainerName(container.Name, out var id) && !known.Contains(id) ? store.Read(id) : null)
            .OfType<RunEntry>();
    }

    private static async Task<IReadOnlyList<Container>> LateContainers(
        IContainerRuntime runtime,
        IReadOnlyList<RunEntry> entries,
        IReadOnlyList<Container> containers,
        DateTimeOffset takenAt,
        CancellationToken cancellationToken)
    {
        var known = containers.Select(container => container.Name).ToHashSet();
        var young = entries.Where(entry =>
            entry.Record is { EndedAt: null, Failure: null } record && takenAt - record.CreatedAt < TimeSpan.FromMinutes(1) && !known.Contains(entry.Id.ContainerName));
        var found = await Task.WhenAll(young.Select(entry => runtime.FindContainer(entry.Id.ContainerName, cancellationToken)));
        return [.. found.OfType<ContainerDetails>().Select(details => details.Container)];
    }

    private static IReadOnlyList<Run> NewestFirst(IEnumerable<Run> runs) =>
        [.. runs.OrderByDescending(run => run.CreatedAt ?? DateTimeOffset.MinValue).ThenBy(run => run.Id.ToString(), StringComparer.Ordinal)];
}
