namespace Agentops.Status;

/// <summary>What <c>agent status --all --json</c> prints. Additions only: <c>docs/json.md</c> is the contract.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="TakenAt">UTC.</param>
/// <param name="Runtimes">All runtimes and contexts there may be, those that do not answer too.</param>
/// <param name="Elsewhere">Runs that live on none of those that answer; empty when none answers.</param>
/// <param name="Unreadable">Records that cannot be read, for people.</param>
/// <param name="Faults">Why the records could not be read at all, for people: then no run is told of, and the exit code is 1.</param>
public sealed record OverviewJson(
    int SchemaVersion,
    DateTimeOffset TakenAt,
    IReadOnlyList<OverviewJson.RuntimeStatus> Runtimes,
    IReadOnlyList<OverviewJson.RunElsewhere> Elsewhere,
    IReadOnlyList<string> Unreadable,
    IReadOnlyList<string> Faults)
{
    internal static OverviewJson Of(Overview overview)
    {
        var answering = overview.Answering.Select(look => look.Place.Name).ToHashSet();
        return new(
            1,
            overview.TakenAt.ToUniversalTime(),
            [.. overview.Looks.Select(Of)],
            [.. overview.Runs.Where(placed => placed.Place is null || !answering.Contains(placed.Place)).Select(placed => new RunElsewhere(
                placed.Place, placed.Run.Record?.Endpoint, StatusJson.Of(placed.Run, verdict: null)))],
            overview.UnreadableRecords,
            overview.RecordsFault is { } fault ? [fault] : []);
    }

    private static RuntimeStatus Of(PlaceLook look)
    {
        if (look.Inventory is not { } inventory)
        {
            return new(look.Place.Name, null, null, look.Place.Endpoint, look.IsChosen, false, look.Reason, look.Advice, [], [], [], null, [], []);
        }

        var status = StatusJson.Of(inventory, look.Plan!, look.Health);
        return new(
            look.Place.Name,
            inventory.Runtime.Name,
            inventory.Runtime.Version,
            look.Place.Endpoint,
            look.IsChosen,
            true,
            null,
            null,
            status.Runs,
            status.Orphans,
            status.Images,
            status.ImagesTotal,
            status.Health,
            [.. new[] { inventory.ContainersFault, inventory.ImagesFault }.OfType<string>(), .. StatusText.FigureFaults(inventory)]);
    }

    /// <summary>One runtime or context.</summary>
    /// <param name="Name">For people, each name once: a context's own, <c>DOCKER_HOST</c>, <c>docker</c>, <c>podman</c>, <c>apple</c>.</param>
    /// <param name="Kind"><c>docker</c>, <c>podman</c> or <c>apple</c>; null when it does not answer.</param>
    /// <param name="Version">Its own; null when it does not say.</param>
    /// <param name="Endpoint">Where it is to answer; null for a context that cannot be read.</param>
    /// <param name="IsChosen">Commands use it that do not name another.</param>
    /// <param name="IsReachable">It answered in time.</param>
    /// <param name="Problem">Why it did not; null when it did.</param>
    /// <param name="Advice">What to do about that; null when it answered.</param>
    /// <param name="Runs">The runs that live there, newest first.</param>
    /// <param name="Orphans">Containers of ours there without a record that can be read.</param>
    /// <param name="Images">Our images there.</param>
    /// <param name="ImagesTotal">What these take together, each layer once.</param>
    /// <param name="Health">What there is in order and what is not.</param>
    /// <param name="Faults">What could not be looked at or measured there, for people: then lists or figures are not whole, and the exit code is 1.</param>
    public sealed record RuntimeStatus(
        string Name,
        string? Kind,
        string? Version,
        string? Endpoint,
        bool IsChosen,
        bool IsReachable,
        string? Problem,
        string? Advice,
        IReadOnlyList<StatusJson.RunStatus> Runs,
        IReadOnlyList<StatusJson.OrphanStatus> Orphans,
        IReadOnlyList<StatusJson.ImageStatus> Images,
        StatusJson.Figure? ImagesTotal,
        IReadOnlyList<StatusJson.HealthItem> Health,
        IReadOnlyList<string> Faults);

    /// <summary>A run that lives on none of the runtimes that answer.</summary>
    /// <param name="Runtime">The name of the one that does not answer; null when it is none of them at all.</param>
    /// <param name="Endpoint">Where it was made.</param>
    /// <param name="Run">What is known of it.</param>
    public sealed record RunElsewhere(string? Runtime, string? Endpoint, StatusJson.RunStatus Run);
}
