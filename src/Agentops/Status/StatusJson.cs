using System.Text.Json;
using Agentops.Cleaning;
using Agentops.Images;
using Agentops.Runs;

namespace Agentops.Status;

/// <summary>What <c>agent status --json</c> prints. Additions only: <c>docs/json.md</c> is the contract.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Runtime">The runtime that was asked: <c>docker</c>, <c>podman</c> or <c>apple</c>.</param>
/// <param name="Endpoint">Where it answers.</param>
/// <param name="TakenAt">UTC.</param>
/// <param name="Runs">Newest first; see <paramref name="Faults"/>.</param>
/// <param name="Orphans">Containers of ours, or that look like it, without a record that can be read; see <paramref name="Faults"/>.</param>
/// <param name="Images">In the order of the table; see <paramref name="Faults"/>.</param>
/// <param name="ImagesTotal">What the images take together, each layer once.</param>
/// <param name="Health">What is in order and what is not.</param>
/// <param name="Elsewhere">Other runtimes that answer and hold things of ours.</param>
/// <param name="Unreadable">Records that cannot be read, for people.</param>
/// <param name="Faults">What could not be looked at or measured, for people: then lists or figures are not whole, and the exit code is 1.</param>
public sealed record StatusJson(
    int SchemaVersion,
    string Runtime,
    string Endpoint,
    DateTimeOffset TakenAt,
    IReadOnlyList<StatusJson.RunStatus> Runs,
    IReadOnlyList<StatusJson.OrphanStatus> Orphans,
    IReadOnlyList<StatusJson.ImageStatus> Images,
    StatusJson.Figure? ImagesTotal,
    IReadOnlyList<StatusJson.HealthItem> Health,
    IReadOnlyList<StatusJson.OtherRuntime> Elsewhere,
    IReadOnlyList<string> Unreadable,
    IReadOnlyList<string> Faults)
{
    internal static StatusJson Of(Inventory inventory, CleanPlan plan, IReadOnlyList<HealthLine> health)
    {
        var verdicts = Verdicts.Of(plan);
        return new(
            1,
            inventory.Runtime.Name,
            inventory.Runtime.Endpoint,
            inventory.TakenAt.ToUniversalTime(),
            [.. inventory.Runs.Select(run => Of(run, verdicts.OfRun(run.Id)))],
            [.. inventory.Orphans.Select(orphan => Of(orphan, verdicts))],
            [.. inventory.Images.Select(image => Of(image, verdicts))],
            inventory.ImagesFault is null ? Figure.Of(inventory.ImagesTotal) : null,
            [.. health.Select(line => new HealthItem(JsonNamingPolicy.CamelCase.ConvertName(line.Kind.ToString()), line.IsFine, line.Count, Figure.Of(line.Size), line.Message, line.Command))],
            [.. inventory.Elsewhere.Select(other => new OtherRuntime(other.Runtime.Name, other.Runtime.Endpoint, other.Containers, other.Images))],
            inventory.UnreadableRecords,
            [.. new[] { inventory.RecordsFault, inventory.ContainersFault, inventory.ImagesFault }.OfType<string>(), .. StatusText.FigureFaults(inventory)]);
    }

    internal static RunStatus Of(Run run, Verdict? verdict) => new(
        run.Id.ToString(),
        run.Name,
        run.Agent,
        run.State == RunState.Unknown ? null : run.State.Word(),
        run.ExitCode,
        run.CreatedAt?.ToUniversalTime(),
        run.Record?.Workspace,
        run.Record?.Image,
        run.Container?.ImageId,
        run.Container?.Id,
        Figure.Of(run.Disk.Total),
        verdict);

    private static OrphanStatus Of(Orphan orphan, Verdicts verdicts) => new(
        orphan.Container.Name,
        orphan.Container.Id,
        orphan.Id?.ToString(),
        orphan.State.Word(),
        orphan.Container.CreatedAt?.ToUniversalTime(),
        Figure.Of(orphan.Disk.Total),
        verdicts.OfContainer(orphan.Container.Id));

    private static ImageStatus Of(InventoryImage image, Verdicts verdicts) => new(
        image.Image.Id,
        [.. image.Image.Tags.Order(StringComparer.Ordinal)],
        image.Image.Size?.Bytes,
        Figure.Of(image.Unique),
        image.Image.CreatedAt?.ToUniversalTime(),
        image.LastUsedAt?.ToUniversalTime(),
        image.Agent,
        image.Image.Labels.GetValueOrDefault(Labels.Installation),
        image.IsBase,
        image.IsDangling,
        image.Stale,
        [.. image.Runs.Select(run => run.Id.ToString())],
        image.UserNames,
        [.. image.BuiltOnIt.Select(other => other.Id)],
        verdicts.OfImage(image.Image.Id));

    /// <summary>A number of bytes.</summary>
    /// <param name="Bytes">The figure.</param>
    /// <param name="IsExact">False for an estimate.</param>
    public sealed record Figure(long Bytes, bool IsExact)
    {
        internal static Figure? Of(LayerBytes? bytes) => bytes is { } known ? new Figure(known.Bytes.Bytes, known.IsExact) : null;
    }

    /// <summary>Whether <c>agent clean</c> would take something, by the rules of <c>config.yaml</c>.</summary>
    /// <param name="Cleanable">It would.</param>
    /// <param name="Reason">Why it is kept, as a word such as <c>inUse</c>; null when it is cleanable.</param>
    /// <param name="Why">For people.</param>
    public sealed record Verdict(bool Cleanable, string? Reason, string Why);

    /// <summary>One run.</summary>
    /// <param name="Id">Eight characters.</param>
    /// <param name="Name">What the user calls it.</param>
    /// <param name="Agent">The agent's name.</param>
    /// <param name="State"><c>creating</c>, <c>running</c>, <c>paused</c>, <c>stopped</c>, <c>failed</c>; null when it lives on another runtime.</param>
    /// <param name="ExitCode">Of its command; null while it runs, never ran, or nobody knows.</param>
    /// <param name="CreatedAt">UTC.</param>
    /// <param name="Workspace">The folder it works on.</param>
    /// <param name="Image">The tag of its image.</param>
    /// <param name="ImageId">The image its container was made from, in full; null without a container.</param>
    /// <param name="ContainerId">In full; null when it has no container.</param>
    /// <param name="Disk">Container layer, anonymous volumes and record folder; null while unknown.</param>
    /// <param name="Verdict">Whether it can be cleaned.</param>
    public sealed record RunStatus(
        string Id,
        string Name,
        string Agent,
        string? State,
        int? ExitCode,
        DateTimeOffset? CreatedAt,
        string? Workspace,
        string? Image,
        string? ImageId,
        string? ContainerId,
        Figure? Disk,
        Verdict? Verdict);

    /// <summary>A container without a record that can be read.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="ContainerId">In full.</param>
    /// <param name="Run">The run it says it is of; null when its name and its label do not agree on one.</param>
    /// <param name="State">As a run's.</param>
    /// <param name="CreatedAt">UTC; null when the runtime does not say.</param>
    /// <param name="Disk">Container layer and anonymous volumes; null while unknown.</param>
    /// <param name="Verdict">Whether it can be cleaned.</param>
    public sealed record OrphanStatus(string Name, string ContainerId, string? Run, string State, DateTimeOffset? CreatedAt, Figure? Disk, Verdict? Verdict);

    /// <summary>One image.</summary>
    /// <param name="Id">In full.</param>
    /// <param name="Tags">All its tags; empty when dangling.</param>
    /// <param name="Size">Bytes as the runtime counts them, shared layers included; null while unknown.</param>
    /// <param name="Unique">What would go if it alone went; null while unknown.</param>
    /// <param name="CreatedAt">UTC; null when the runtime does not say.</param>
    /// <param name="LastUsedAt">UTC: the last time a run was made from it or ended, or it was built.</param>
    /// <param name="Agent">The agent it was built for; null for a base, or when it is not labelled.</param>
    /// <param name="Installation">The id of the state folder that made it; null when it is not labelled.</param>
    /// <param name="IsBase">It is a base.</param>
    /// <param name="IsDangling">It lost its tag.</param>
    /// <param name="Stale">Why the next run builds it anew; null when it is fresh, or nothing tells.</param>
    /// <param name="Runs">Ids of the runs made from it, running ones first.</param>
    /// <param name="UsedBy">Their names, each once, and those of other containers.</param>
    /// <param name="BuiltOnIt">Ids of the images built on it.</param>
    /// <param name="Verdict">Whether it can be cleaned.</param>
    public sealed record ImageStatus(
        string Id,
        IReadOnlyList<string> Tags,
        long? Size,
        Figure? Unique,
        DateTimeOffset? CreatedAt,
        DateTimeOffset? LastUsedAt,
        string? Agent,
        string? Installation,
        bool IsBase,
        bool IsDangling,
        string? Stale,
        IReadOnlyList<string> Runs,
        IReadOnlyList<string> UsedBy,
        IReadOnlyList<string> BuiltOnIt,
        Verdict? Verdict);

    /// <summary>One line of Health.</summary>
    /// <param name="Kind">What it is about, such as <c>stoppedRuns</c>.</param>
    /// <param name="IsFine">Nothing to do.</param>
    /// <param name="Count">How many things it is about.</param>
    /// <param name="Size">What they take; null when unknown or when it means nothing.</param>
    /// <param name="Message">For people.</param>
    /// <param name="Command">What helps, for people; null when it is fine, or not known: see the faults.</param>
    public sealed record HealthItem(string Kind, bool IsFine, int Count, Figure? Size, string Message, string? Command);

    /// <summary>Another runtime that answers and holds things of ours.</summary>
    /// <param name="Runtime"><c>docker</c>, <c>podman</c> or <c>apple</c>.</param>
    /// <param name="Endpoint">Where it answers.</param>
    /// <param name="Containers">How many containers.</param>
    /// <param name="Images">How many images.</param>
    public sealed record OtherRuntime(string Runtime, string Endpoint, int Containers, int Images);
}
