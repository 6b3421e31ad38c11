using Agentops.Cleaning;
using Agentops.Runs;
using Agentops.Runtimes;

namespace Agentops.Status;

/// <summary>What came of looking at one place.</summary>
/// <param name="Place">Which.</param>
/// <param name="IsChosen">Commands use it that do not name another.</param>
/// <param name="Inventory">What there is; null when it does not answer.</param>
/// <param name="Problem">Why it does not answer, without a full stop, and what to do on a second line; null when it does. Untrusted text.</param>
internal sealed record PlaceLook(Place Place, bool IsChosen, Inventory? Inventory, string? Problem)
{
    /// <summary>What of it could go; null when it does not answer.</summary>
    public CleanPlan? Plan { get; init; }

    /// <summary>What of it is in order; empty when it does not answer.</summary>
    public IReadOnlyList<HealthLine> Health { get; init; } = [];

    /// <summary>The problem alone; null when it answers.</summary>
    public string? Reason => Problem?.Split('\n')[0];

    /// <summary>What to do about the problem; null when it answers, or nothing is known to help.</summary>
    public string? Advice => Problem?.Split('\n') is [_, .. { Length: > 0 } rest] ? string.Join(' ', rest) : null;
}

/// <summary>A run with the place it lives on.</summary>
/// <param name="Run">It.</param>
/// <param name="Place">The place's name; null when it lives on none of them: see its record.</param>
internal sealed record PlacedRun(Run Run, string? Place);

/// <summary>All runtimes and contexts at once.</summary>
/// <param name="Looks">In the order of <see cref="Places"/>; the runs of each are those that live there.</param>
/// <param name="Runs">Each once, newest first; none when nothing answers.</param>
/// <param name="UnreadableRecords">One line each, for people; untrusted text.</param>
/// <param name="RecordsFault">Why no record could be read; null when they could.</param>
/// <param name="TakenAt">UTC.</param>
internal sealed record Overview(
    IReadOnlyList<PlaceLook> Looks, IReadOnlyList<PlacedRun> Runs, IReadOnlyList<string> UnreadableRecords, string? RecordsFault, DateTimeOffset TakenAt)
{
    /// <summary>Those that answer.</summary>
    public IEnumerable<PlaceLook> Answering => Looks.Where(look => look.Inventory is not null);

    /// <summary>What those that answer could not list or measure.</summary>
    public bool HasFault => Answering.Any(look => look.Inventory!.HasFault || StatusText.FigureFaults(look.Inventory).Any());

    /// <summary>Puts what was seen together. Pure: each place was joined with all records, and so tells of runs that live elsewhere, too.</summary>
    /// <param name="looks">What came of looking.</param>
    /// <param name="options">What can be cleaned.</param>
    /// <param name="keyOf">What two addresses of one engine have in common.</param>
    /// <param name="takenAt">UTC.</param>
    /// <returns>Each run where its container is; without one, where its record says that it was made.</returns>
    public static Overview Of(IReadOnlyList<PlaceLook> looks, CleanOptions options, Func<string, string> keyOf, DateTimeOffset takenAt)
    {
        var names = looks.Where(look => look.Place.Endpoint is not null).GroupBy(look => keyOf(look.Place.Endpoint!)).ToDictionary(same => same.Key, same => same.First().Place.Name);
        var all = looks.Where(look => look.Inventory is not null).SelectMany(look => look.Inventory!.Runs.Select(run => (Look: look, Run: run))).GroupBy(pair => pair.Run.Id);
        IReadOnlyList<PlacedRun> runs = [.. all.Select(same =>
        {
            var home = same.First().Run.Record is { } record ? names.GetValueOrDefault(keyOf(record.Endpoint)) : null;
            var (look, run) = same.OrderByDescending(pair => pair.Run.Container is not null).ThenByDescending(pair => pair.Look.Place.Name == home).First();
            return new PlacedRun(run, run.Container is not null ? look.Place.Name : home);
        }).OrderByDescending(placed => placed.Run.CreatedAt ?? DateTimeOffset.MinValue).ThenBy(placed => placed.Run.Id.ToString(), StringComparer.Ordinal)];
        var any = looks.Select(look => look.Inventory).OfType<Inventory>().FirstOrDefault();
        return new Overview(
            [.. looks.Select(look => WithOwnRuns(look, runs, options))],
            runs,
            any?.UnreadableRecords ?? [],
            any?.RecordsFault,
            takenAt);
    }

    // What a record alone tells of is everywhere alike, and must not be counted at each place.
    private static PlaceLook WithOwnRuns(PlaceLook look, IReadOnlyList<PlacedRun> runs, CleanOptions options)
    {
        if (look.Inventory is not { } inventory)
        {
            return look;
        }

        var here = inventory with { Runs = [.. runs.Where(placed => placed.Place == look.Place.Name).Select(placed => placed.Run)] };
        var ids = here.Runs.Select(run => run.Id).ToHashSet();
        var plan = CleanPlan.For(inventory, options);
        plan = plan with { Items = [.. plan.Items.Where(item => item is not CleanItem.OfRun { Run.Id: var id } || ids.Contains(id))] };
        return look with { Inventory = here, Plan = plan, Health = Status.Health.Of(here, plan) };
    }
}
