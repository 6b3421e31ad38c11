using System.Globalization;
using System.Text;
using Agentops.Images;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Cleaning;

/// <summary>How <c>agent clean</c> reads: the words, columns and order of the design.</summary>
internal static class CleanText
{
    /// <summary>Describes what is to go.</summary>
    /// <param name="plan">Not empty.</param>
    /// <param name="now">Of the inventory.</param>
    /// <param name="columns">Of the terminal it is for; null for a file or a pipe.</param>
    /// <returns>Sections, then the total.</returns>
    public static string Describe(CleanPlan plan, DateTimeOffset now, int? columns)
    {
        var runs = new Table { Gaps = [4, 4, 3, 3], Right = [4], Flexible = [0] };
        var orphans = new Table { Gaps = [4, 3, 3], Right = [3], Flexible = [0] };
        var unused = new Table { Gaps = [4, 4, 4], Right = [2], Flexible = [0] };
        var dangling = new Table { Gaps = [4, 4, 4], Right = [2] };
        var leftovers = new Table { Gaps = [4], Right = [1], Flexible = [0] };
        foreach (var item in plan.Items)
        {
            var size = Size(item.Frees);
            switch (item)
            {
                case CleanItem.OfRun { Run: var run }:
                    runs.Add(run.Name, run.Id.ToString(), run.State.Word(), Age.Describe(run.CreatedAt, now), size);
                    break;
                case CleanItem.OfOrphan { Orphan: var orphan }:
                    orphans.Add(orphan.Container.Name, orphan.State.Word(), Age.Describe(orphan.Container.CreatedAt, now), size);
                    break;
                case CleanItem.OfImage { Image: var image } of:
                    (image.IsDangling ? dangling : unused).Add(image.IsDangling ? image.Image.ShortId : of.Reference, Age.Describe(image.Image.CreatedAt, now), size, $"({of.Why})");
                    break;
                case CleanItem.OfLeftover { Leftover: var leftover }:
                    leftovers.Add(leftover.Name, size);
                    break;
            }
        }

        var text = new StringBuilder();
        Section(text, "Stopped runs", runs, columns);
        Section(text, "Orphaned containers", orphans, columns);
        Section(text, "Unused images", unused, columns);
        Section(text, "Dangling images", dangling, columns);
        Section(text, "Leftovers of interrupted commands", leftovers, columns);
        return text.Append(CultureInfo.InvariantCulture, $"Total: {Resources(plan.Items.Count)}, {plan.Frees}{AndUnknown(plan.Unknown)}\n").ToString();
    }

    /// <summary>Describes what is kept: a line a reason.</summary>
    /// <param name="kept">What was looked at and stays.</param>
    /// <param name="inFull">A line a thing instead.</param>
    /// <returns>Lines, each with its end; empty when nothing was kept.</returns>
    public static string Describe(IReadOnlyList<Kept> kept, bool inFull)
    {
        var text = new StringBuilder();
        var told = kept.Where(thing => thing.Reason != KeepReason.NotAsked);
        foreach (var group in told.GroupBy(thing => (thing.Kind, thing.Reason, Each: inFull ? thing.Key : "")))
        {
            var things = group.ToList();
            var what = inFull ? $"{group.Key.Kind} {things[0].Name}" : Count(things.Count, group.Key.Kind);
            var why = things.Select(thing => thing.Why).Distinct().Count() == 1 ? things[0].Why : InGeneral(group.Key.Reason);
            text.Append(CultureInfo.InvariantCulture, $"Kept: {SafeText.Escape(what)} ({SafeText.Escape(why)})\n");
        }

        return text.ToString();
    }

    /// <summary>What is said before an item is removed.</summary>
    /// <param name="item">One of the plan.</param>
    /// <returns>Without a line end.</returns>
    public static string Describe(CleanItem item) => $"Removing {SafeText.Escape(item.Name)}... ";

    /// <summary>How it went.</summary>
    /// <param name="removal">Of that item.</param>
    /// <returns>The rest of its line.</returns>
    public static string Describe(Removal removal) => removal.Outcome switch
    {
        RemovalOutcome.Removed => "done",
        RemovalOutcome.Gone => "gone already",
        RemovalOutcome.Skipped => $"skipped: {SafeText.Escape(removal.Reason ?? "")}",
        _ => SafeText.Escape(removal.Reason ?? "failed"),
    };

    /// <summary>What it came to.</summary>
    /// <param name="report">Of the whole plan.</param>
    /// <returns>The last line, and what was left when it was cut short.</returns>
    public static string Describe(CleanReport report)
    {
        var others = new[]
        {
            (Count: report.Count(RemovalOutcome.Failed), Word: "failed"),
            (Count: report.Count(RemovalOutcome.Skipped), Word: "skipped"),
            (Count: report.Count(RemovalOutcome.Gone), Word: "already gone"),
            (Count: report.Count(RemovalOutcome.NotTried), Word: "not tried"),
        }.Where(other => other.Count > 0).Select(other => $"{other.Count} {other.Word}").ToList();
        var left = report.Count(RemovalOutcome.NotTried);
        var why = report.Removals.FirstOrDefault(removal => removal.Outcome == RemovalOutcome.NotTried)?.Reason;
        return $"{(left > 0 ? $"Left alone: {Resources(left)} ({SafeText.Escape(why ?? "")})\n" : "")}"
            + $"Cleaned {Resources(report.Removed)}, freed {report.Freed}{AndUnknown(report.Unknown)}{(others.Count > 0 ? $" ({string.Join(", ", others)})" : "")}\n";
    }

    private static void Section(StringBuilder text, string title, Table table, int? columns)
    {
        if (table.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{title} ({table.Count}):\n").Append(table.Describe(indent: 2, columns)).Append('\n');
        }
    }

    private static string Size(LayerBytes? bytes) => bytes?.ToString() ?? "?";

    private static string Resources(int count) => $"{count} resource{(count == 1 ? "" : "s")}";

    private static string AndUnknown(int count) => count == 0 ? "" : $" and {count} of unknown size";

    private static string Count(int count, string kind) => $"{count} {kind}{(count == 1 ? "" : "s")}";

    private static string InGeneral(KeepReason reason) => reason switch
    {
        KeepReason.Running => "they run or are paused",
        KeepReason.BeingMade => "they are being made",
        KeepReason.BeingRemoved => "the runtime is removing them",
        KeepReason.Elsewhere => "they live on other runtimes",
        KeepReason.NotKnown => "something could not be looked at",
        KeepReason.UnreadableRecord => "their records cannot be read",
        KeepReason.AnotherInstallation => "another installation of agentops made them",
        KeepReason.UnknownOwner => "nothing proves who made them",
        KeepReason.InUse => "runs or other containers use them",
        KeepReason.BuiltOn => "images that stay are built on them",
        KeepReason.UsersOwn => "only tags of yours hold them",
        KeepReason.Pinned => "clean.pin in config.yaml names their agents",
        KeepReason.KeptLast => "they are the last runs of their agents",
        KeepReason.UsedLately => "they were used within clean.keepImagesUsedWithin",
        _ => "they are younger than --older-than",
    };
}
