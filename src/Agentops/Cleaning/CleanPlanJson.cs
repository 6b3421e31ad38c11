using Agentops.Containers;
using Agentops.Runtimes;
using Agentops.Status;

namespace Agentops.Cleaning;

/// <summary>What <c>agent clean --dry-run --json</c> prints and <c>--plan FILE</c> writes: to be read, reviewed, and applied later. Additions only: <c>docs/json.md</c> is the contract.</summary>
/// <param name="SchemaVersion">1; a larger one was written by a newer <c>agent</c>.</param>
/// <param name="Runtime">The runtime it is for.</param>
/// <param name="Endpoint">Where that answers.</param>
/// <param name="Installation">The id of the state folder it is for; null when that has none yet.</param>
/// <param name="TakenAt">UTC: when everything in it was true.</param>
/// <param name="Items">What is to go, in the order of removal.</param>
/// <param name="Kept">What was looked at and stays.</param>
/// <param name="Frees">What all items free.</param>
/// <param name="UnknownSizes">How many items have a size that is not known and not part of <paramref name="Frees"/>.</param>
public sealed record CleanPlanJson(
    int SchemaVersion,
    string Runtime,
    string Endpoint,
    string? Installation,
    DateTimeOffset TakenAt,
    IReadOnlyList<CleanPlanJson.Item> Items,
    IReadOnlyList<CleanPlanJson.KeptThing> Kept,
    StatusJson.Figure Frees,
    int UnknownSizes)
{
    /// <summary>The version that this program writes and the newest it reads.</summary>
    public const int CurrentSchema = 1;

    internal static CleanPlanJson Of(Inventory inventory, CleanPlan plan) => new(
        CurrentSchema,
        inventory.Runtime.Name,
        inventory.Runtime.Endpoint,
        inventory.Installation,
        inventory.TakenAt.ToUniversalTime(),
        [.. plan.Items.Select(Of)],
        [.. plan.Kept.Select(kept => new KeptThing(kept.Key, kept.Kind, kept.Name, Verdicts.Word(kept.Reason), kept.Why))],
        StatusJson.Figure.Of(plan.Frees)!,
        plan.Unknown);

    internal static Item Of(CleanItem item) => new(item.Key, KindOf(item), item.Name, item.Why, StatusJson.Figure.Of(item.Frees), Conditions.Of(item));

    private static string KindOf(CleanItem item) => item switch
    {
        CleanItem.OfRun => "run",
        CleanItem.OfOrphan => "orphanedContainer",
        CleanItem.OfImage { Image.IsDangling: true } => "danglingImage",
        CleanItem.OfImage { Image.IsBase: true } => "baseImage",
        CleanItem.OfImage => "image",
        _ => "leftover",
    };

    /// <summary>One thing that is to go.</summary>
    /// <param name="Key">Names it in this plan and in a later one.</param>
    /// <param name="Kind"><c>run</c>, <c>orphanedContainer</c>, <c>image</c>, <c>baseImage</c>, <c>danglingImage</c> or <c>leftover</c>.</param>
    /// <param name="Name">For people.</param>
    /// <param name="Why">Why it can go, for people.</param>
    /// <param name="Frees">What goes with it, after the items before it; null while unknown.</param>
    /// <param name="Conditions">What must still be true when it is removed.</param>
    public sealed record Item(string Key, string Kind, string Name, string Why, StatusJson.Figure? Frees, Conditions Conditions);

    /// <summary>What must still be true of an item when it is removed; null where nothing of the kind is asked.</summary>
    /// <param name="ContainerId">It still has this container, in full.</param>
    /// <param name="ContainerState">Which has still this state.</param>
    /// <param name="FinishedAt">And ended at this time, UTC by the runtime's clock.</param>
    /// <param name="ImageId">The tag still names this image, or the image has still no tag.</param>
    public sealed record Conditions(string? ContainerId, string? ContainerState, DateTimeOffset? FinishedAt, string? ImageId)
    {
        internal static Conditions Of(CleanItem item) => item switch
        {
            CleanItem.OfRun { Run: { Container: { } container } run } => new(container.Id, container.State.Word(), run.Disk.FinishedAt?.ToUniversalTime(), null),
            CleanItem.OfOrphan { Orphan: var orphan } => new(orphan.Container.Id, orphan.Container.State.Word(), orphan.Disk.FinishedAt?.ToUniversalTime(), null),
            CleanItem.OfImage image => new(null, null, null, image.Image.Image.Id),
            _ => new(null, null, null, null),
        };
    }

    /// <summary>One thing that stays.</summary>
    /// <param name="Key">Names it.</param>
    /// <param name="Kind">What it is, for people.</param>
    /// <param name="Name">What it is called.</param>
    /// <param name="Reason">Why, as a word such as <c>inUse</c>.</param>
    /// <param name="Why">Why, for people.</param>
    public sealed record KeptThing(string Key, string Kind, string Name, string Reason, string Why);
}

/// <summary>What <c>agent clean --json</c> prints when it has removed. Additions only: <c>docs/json.md</c> is the contract.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Runtime">The runtime.</param>
/// <param name="TakenAt">UTC: when the plan was made.</param>
/// <param name="Removed">How many items were removed.</param>
/// <param name="Failed">How many could not be.</param>
/// <param name="Skipped">How many were not what was shown any more.</param>
/// <param name="Gone">How many somebody else had removed.</param>
/// <param name="NotTried">How many were not come to.</param>
/// <param name="Freed">What really went.</param>
/// <param name="UnknownSizes">How many removed items had a size that was never known and is not part of <paramref name="Freed"/>.</param>
/// <param name="BuildCacheFreed">What of it was in the build cache.</param>
/// <param name="Items">In the order of removal.</param>
public sealed record CleanReportJson(
    int SchemaVersion,
    string Runtime,
    DateTimeOffset TakenAt,
    int Removed,
    int Failed,
    int Skipped,
    int Gone,
    int NotTried,
    StatusJson.Figure Freed,
    int UnknownSizes,
    StatusJson.Figure BuildCacheFreed,
    IReadOnlyList<CleanReportJson.Result> Items)
{
    internal static CleanReportJson Of(RuntimeIdentity runtime, DateTimeOffset takenAt, CleanReport report) => new(
        1,
        runtime.Name,
        takenAt.ToUniversalTime(),
        report.Removed,
        report.Count(RemovalOutcome.Failed),
        report.Count(RemovalOutcome.Skipped),
        report.Count(RemovalOutcome.Gone),
        report.Count(RemovalOutcome.NotTried),
        StatusJson.Figure.Of(report.Freed)!,
        report.Unknown,
        StatusJson.Figure.Of(report.BuildCacheFreed)!,
        [.. report.Removals.Select(removal => new Result(
            removal.Item.Key,
            removal.Item.Name,
            System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(removal.Outcome.ToString()),
            StatusJson.Figure.Of(removal.Freed),
            removal.Reason))]);

    /// <summary>What became of one item.</summary>
    /// <param name="Key">Names it, as in the plan.</param>
    /// <param name="Name">For people.</param>
    /// <param name="Outcome"><c>removed</c>, <c>gone</c>, <c>skipped</c>, <c>failed</c> or <c>notTried</c>.</param>
    /// <param name="Freed">What really went; null when its size was never known.</param>
    /// <param name="Reason">Why it was left, for people; null when it is gone.</param>
    public sealed record Result(string Key, string Name, string Outcome, StatusJson.Figure? Freed, string? Reason);
}
