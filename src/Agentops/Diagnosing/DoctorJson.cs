using System.Text.Json;
using Agentops.Runtimes.Engine;

namespace Agentops.Diagnosing;

/// <summary>What <c>agent doctor --json</c> prints. Additions only: <c>docs/json.md</c> is the contract.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="CanRun">A run can start.</param>
/// <param name="Obstacle">Why not, for people; null when one can.</param>
/// <param name="Runtimes">All runtimes and contexts there may be, those that do not answer too.</param>
/// <param name="Choice">Which of them a run would use.</param>
/// <param name="StateFolder">The state folder.</param>
/// <param name="Config"><c>config.yaml</c>.</param>
/// <param name="Findings">The same for people, in the order of the text.</param>
public sealed record DoctorJson(
    int SchemaVersion,
    bool CanRun,
    string? Obstacle,
    IReadOnlyList<DoctorJson.RuntimeFound> Runtimes,
    DoctorJson.Chosen Choice,
    DoctorJson.Folder StateFolder,
    DoctorJson.Settings Config,
    IReadOnlyList<DoctorJson.FindingItem> Findings)
{
    internal static DoctorJson Of(DoctorFacts facts, Diagnosis diagnosis) => new(
        1,
        diagnosis.CanRun,
        diagnosis.Obstacle,
        [.. facts.Places.Select(Of)],
        new Chosen(facts.Choice.Place, facts.Choice.Runtime?.Name, facts.Choice.Runtime?.Endpoint, facts.Choice.Why, facts.Choice.Problem),
        new Folder(
            facts.State.Path,
            facts.State.Status is not null,
            facts.State.IsWritable,
            facts.State.Status is { } status ? Convert.ToString((int)status.Mode & 0b111_111_111, 8).PadLeft(4, '0') : null,
            facts.State.Status?.Owner,
            facts.State.Free?.Bytes,
            facts.State.RecordsFault is null ? facts.State.Records : null,
            facts.State.Unreadable,
            facts.State.RecordsFault),
        new Settings(facts.Config.Path, facts.Config.IsThere, facts.Config.Problem),
        [.. Items("runtimes", diagnosis.Runtimes), .. Items("run", [diagnosis.Run]), .. Items("stateFolder", diagnosis.State)]);

    private static RuntimeFound Of(PlaceFacts place)
    {
        var facts = place.Facts;
        return new(
            place.Place.Name,
            JsonNamingPolicy.CamelCase.ConvertName(place.Place.Origin.ToString()),
            place.Place.Endpoint,
            place.IsChosen,
            place.Identity is not null,
            place.Identity?.Name,
            place.Identity?.Version,
            facts?.OldestApi?.ToString(),
            facts?.NewestApi?.ToString(),
            (facts?.OldestApi, facts?.NewestApi) is ({ } oldest, { } newest) ? newest >= EngineGreeting.Oldest && oldest <= EngineGreeting.Newest : null,
            facts?.IsRootless,
            facts?.StorageDriver,
            facts?.DataRoot,
            place.Free?.Bytes,
            facts?.LackingLimits?.Select(limit => JsonNamingPolicy.CamelCase.ConvertName(limit.ToString())).ToList(),
            place.Problem);
    }

    private static IEnumerable<FindingItem> Items(string section, IReadOnlyList<Finding> findings) =>
        findings.Select(finding => new FindingItem(section, JsonNamingPolicy.CamelCase.ConvertName(finding.Level.ToString()), finding.Subject, finding.Message, finding.Details, finding.Advice));

    /// <summary>One runtime or context.</summary>
    /// <param name="Name">For people, each name once.</param>
    /// <param name="Origin">Who names it: <c>context</c>, <c>variable</c>, <c>socket</c> or <c>apple</c>.</param>
    /// <param name="Endpoint">Where it is to answer; null for a context that cannot be read.</param>
    /// <param name="IsChosen">Commands use it that do not name another.</param>
    /// <param name="IsReachable">It answered in time.</param>
    /// <param name="Kind"><c>docker</c>, <c>podman</c> or <c>apple</c>; null when it does not answer.</param>
    /// <param name="Version">Its own; null when it does not say.</param>
    /// <param name="OldestApi">The oldest version of the API that it speaks; null when it does not say.</param>
    /// <param name="NewestApi">The newest; null when it does not say.</param>
    /// <param name="IsApiSupported">One of them is ours, too; null when it does not say.</param>
    /// <param name="IsRootless">It runs as an ordinary user; null when it does not say.</param>
    /// <param name="StorageDriver">What it keeps images with; null when it does not say.</param>
    /// <param name="DataRoot">Where it stores all, on its machine; null when it does not say.</param>
    /// <param name="FreeBytes">Room there; null when that is another machine or cannot be looked at.</param>
    /// <param name="LackingLimits">What runs cannot be limited in: <c>cpus</c>, <c>memory</c>, <c>processes</c>; null when it does not say.</param>
    /// <param name="Problem">Why it does not answer, or does not tell of itself; null when it does both.</param>
    public sealed record RuntimeFound(
        string Name,
        string Origin,
        string? Endpoint,
        bool IsChosen,
        bool IsReachable,
        string? Kind,
        string? Version,
        string? OldestApi,
        string? NewestApi,
        bool? IsApiSupported,
        bool? IsRootless,
        string? StorageDriver,
        string? DataRoot,
        long? FreeBytes,
        IReadOnlyList<string>? LackingLimits,
        string? Problem);

    /// <summary>Which runtime a run would use.</summary>
    /// <param name="Name">Of one of the runtimes; null when nobody answers.</param>
    /// <param name="Kind"><c>docker</c>, <c>podman</c> or <c>apple</c>; null when nobody answers.</param>
    /// <param name="Endpoint">Where it answers; null when nobody does.</param>
    /// <param name="Why">Who says so, for people.</param>
    /// <param name="Problem">Why nobody answers; null when somebody does, or nobody was asked.</param>
    public sealed record Chosen(string? Name, string? Kind, string? Endpoint, string Why, string? Problem);

    /// <summary>The state folder.</summary>
    /// <param name="Path">Absolute.</param>
    /// <param name="IsThere">It is there.</param>
    /// <param name="IsWritable">We may write in it; where it is not there, make it.</param>
    /// <param name="Mode">Its permissions, such as <c>0700</c>; null when it is not there.</param>
    /// <param name="Owner">The number of the user whose it is; null when it is not there.</param>
    /// <param name="FreeBytes">Room there; null when not known.</param>
    /// <param name="Runs">Records that can be read; null when they could not be looked at.</param>
    /// <param name="Unreadable">Records that cannot be read, for people.</param>
    /// <param name="Problem">Why records could not be looked at; null when they could.</param>
    public sealed record Folder(string Path, bool IsThere, bool IsWritable, string? Mode, uint? Owner, long? FreeBytes, int? Runs, IReadOnlyList<string> Unreadable, string? Problem);

    /// <summary><c>config.yaml</c>.</summary>
    /// <param name="Path">Absolute.</param>
    /// <param name="IsThere">There is one.</param>
    /// <param name="Problem">What is wrong in it; null when nothing is.</param>
    public sealed record Settings(string Path, bool IsThere, string? Problem);

    /// <summary>One line of the text, with what goes with it.</summary>
    /// <param name="Section"><c>runtimes</c>, <c>run</c> or <c>stateFolder</c>.</param>
    /// <param name="Level"><c>fine</c>, <c>warning</c> or <c>error</c>.</param>
    /// <param name="Subject">What it is about.</param>
    /// <param name="Message">For people.</param>
    /// <param name="Details">What else there is to say.</param>
    /// <param name="Advice">What to do about it.</param>
    public sealed record FindingItem(string Section, string Level, string Subject, string Message, IReadOnlyList<string> Details, IReadOnlyList<string> Advice);
}
