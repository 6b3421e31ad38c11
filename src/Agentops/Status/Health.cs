using Agentops.Cleaning;
using Agentops.Images;
using Agentops.Runs;

namespace Agentops.Status;

/// <summary>What a line of Health is about.</summary>
public enum HealthKind
{
    /// <summary>Runs that have ended.</summary>
    StoppedRuns,

    /// <summary>Containers without a record.</summary>
    OrphanedContainers,

    /// <summary>Images that lost their tag.</summary>
    DanglingImages,

    /// <summary>Images that the next run builds anew.</summary>
    StaleImages,

    /// <summary>Images that no container uses.</summary>
    UnusedImages,

    /// <summary>Records that cannot be read.</summary>
    UnreadableRecords,

    /// <summary>What killed commands left.</summary>
    Leftovers,

    /// <summary>Things of ours on another runtime.</summary>
    OtherRuntimes,
}

/// <summary>One line of Health. The first four kinds always have one.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="IsFine">Nothing to do.</param>
/// <param name="Count">How many things it is about.</param>
/// <param name="Size">What they take; null when unknown or when it means nothing.</param>
/// <param name="Message">For people, without the command; untrusted text may be in it.</param>
/// <param name="Command">What helps; null when it is fine, or not known for a reason that is told elsewhere.</param>
public sealed record HealthLine(HealthKind Kind, bool IsFine, int Count, LayerBytes? Size, string Message, string? Command);

/// <summary>What is in order and what is not. Pure.</summary>
public static class Health
{
    private const string Clean = "agent clean";
    private const int MostNames = 3;

    /// <summary>Judges.</summary>
    /// <param name="inventory">What there is.</param>
    /// <param name="plan">What could go, by the rules of <c>config.yaml</c>.</param>
    /// <returns>Stopped runs, orphaned containers, dangling images and stale images, then what else there is to say.</returns>
    public static IReadOnlyList<HealthLine> Of(Inventory inventory, CleanPlan plan)
    {
        var lines = new List<HealthLine>
        {
            StoppedRuns(inventory, plan),
            OrphanedContainers(inventory, plan),
            DanglingImages(inventory, plan),
            StaleImages(inventory),
        };
        if (UnusedImages(plan) is { } unused)
        {
            lines.Add(unused);
        }

        if (inventory.UnreadableRecords.Count is > 0 and var unreadable)
        {
            lines.Add(new(HealthKind.UnreadableRecords, false, unreadable, null, $"{Number(unreadable, "record")} cannot be read and {(unreadable == 1 ? "is" : "are")} kept", $"agent list names {(unreadable == 1 ? "it" : "each")}"));
        }

        if (inventory.Leftovers is { Count: > 0 } leftovers)
        {
            var size = Sum(leftovers.Select(leftover => leftover.Size is { } bytes ? new LayerBytes(bytes, true) : (LayerBytes?)null));
            lines.Add(new(HealthKind.Leftovers, false, leftovers.Count, size, $"{Number(leftovers.Count, "interrupted command")} left something behind{InBrackets(size)}", Clean));
        }

        lines.AddRange(inventory.Elsewhere.Select(other => new HealthLine(
            HealthKind.OtherRuntimes, false, other.Containers + other.Images, null, $"{Things(other)} on {other.Runtime.Name} ({other.Runtime.Endpoint})", LookAt(other.Runtime.Name, other.Runtime.Endpoint, other.Runtime.Context, inventory))));
        return lines;
    }

    private static HealthLine StoppedRuns(Inventory inventory, CleanPlan plan)
    {
        var going = plan.Items.OfType<CleanItem.OfRun>().ToList();
        var size = Sum(going.Select(item => item.Frees));
        var kept = inventory.Runs.Count(run => run.State is RunState.Stopped or RunState.Failed) - going.Count;
        return going.Count > 0 ? new(HealthKind.StoppedRuns, false, going.Count, size, $"{Number(going.Count, "stopped run")} can be cleaned{InBrackets(size)}", Clean)
            : inventory.ContainersFault is not null || inventory.RecordsFault is not null ? NotKnown(HealthKind.StoppedRuns, "stopped runs")
            : Fine(HealthKind.StoppedRuns, "stopped runs", kept);
    }

    private static HealthLine OrphanedContainers(Inventory inventory, CleanPlan plan)
    {
        var going = plan.Items.OfType<CleanItem.OfOrphan>().ToList();
        var size = Sum(going.Select(item => item.Frees));
        if (inventory.RecordsFault is not null)
        {
            // Without records every container seems to be one.
            return NotKnown(HealthKind.OrphanedContainers, "orphaned containers");
        }

        if (going.Count > 0)
        {
            return new(HealthKind.OrphanedContainers, false, going.Count, size, $"{Number(going.Count, "orphaned container")} can be cleaned{InBrackets(size)}", Clean);
        }

        var staying = plan.Kept.Where(kept => kept.Kind == "orphaned container").ToList();
        return staying is [var only] ? new(HealthKind.OrphanedContainers, false, 1, null, $"1 orphaned container is kept ({only.Why})", $"agent why {only.Name}")
            : staying.Count > 1 ? new(HealthKind.OrphanedContainers, false, staying.Count, null, $"{staying.Count} orphaned containers are kept ({Names(staying.Select(kept => kept.Name))})", "agent why <container>")
            : inventory.ContainersFault is not null ? NotKnown(HealthKind.OrphanedContainers, "orphaned containers")
            : Fine(HealthKind.OrphanedContainers, "orphaned containers", 0);
    }

    private static HealthLine DanglingImages(Inventory inventory, CleanPlan plan)
    {
        var going = plan.Items.OfType<CleanItem.OfImage>().Where(item => item.Image.IsDangling).ToList();
        var size = Sum(going.Select(item => item.Frees));
        return going.Count > 0 ? new(HealthKind.DanglingImages, false, going.Count, size, $"{Number(going.Count, "dangling image")} can be cleaned{InBrackets(size)}", Clean)
            : inventory.ImagesFault is not null || inventory.ContainersFault is not null ? NotKnown(HealthKind.DanglingImages, "dangling images")
            : Fine(HealthKind.DanglingImages, "dangling images", inventory.Images.Count(image => image.IsDangling));
    }

    private static HealthLine StaleImages(Inventory inventory)
    {
        var stale = inventory.Images.Where(image => image.Stale is not null).ToList();
        if (stale.Count == 0)
        {
            return inventory.ImagesFault is null ? Fine(HealthKind.StaleImages, "stale images", 0) : NotKnown(HealthKind.StaleImages, "stale images");
        }

        var size = inventory.Layers.TotalOf(stale.Select(image => image.Image.Id));
        var which = stale is [var only] ? $"{only.Name}: {only.Stale}" : Names(stale.Select(image => image.Name));
        return new(HealthKind.StaleImages, false, stale.Count, size, $"{Number(stale.Count, "stale image")}{InBrackets(size)}, {which}", $"agent run {(stale is [{ Agent: { } agent }] ? agent : "…")} builds {(stale.Count == 1 ? "it" : "each")} anew");
    }

    private static HealthLine? UnusedImages(CleanPlan plan)
    {
        // Those that a run still uses go along with it and are not worth a line of their own.
        var unused = plan.Items.OfType<CleanItem.OfImage>().Where(item => !item.Image.IsDangling && item.Image.Users.Count == 0 && item.Image.BuiltOnIt.Count == 0).ToList();
        var size = Sum(unused.Select(item => item.Frees));
        // One with several tags goes tag by tag.
        var count = unused.Select(item => item.Image.Image.Id).Distinct().Count();
        return count == 0 ? null : new(HealthKind.UnusedImages, false, count, size, $"{Number(count, "unused image")} can be cleaned{InBrackets(size)}", Clean);
    }

    private static HealthLine Fine(HealthKind kind, string what, int kept) =>
        new(kind, true, kept, null, kept == 0 ? $"No {what}" : $"No {what} to clean ({kept} kept)", null);

    private static HealthLine NotKnown(HealthKind kind, string what) => new(kind, false, 0, null, $"{char.ToUpperInvariant(what[0])}{what[1..]}: not known", null);

    private static LayerBytes? Sum(IEnumerable<LayerBytes?> sizes)
    {
        LayerBytes? sum = LayerBytes.Zero;
        foreach (var size in sizes)
        {
            sum = sum + size;
        }

        return sum;
    }

    private static string Names(IEnumerable<string> names) => names.ToList() is var all && all.Count > MostNames ? $"{string.Join(", ", all.Take(MostNames))}, …" : string.Join(", ", all);

    private static string InBrackets(LayerBytes? size) => $" ({size?.ToString() ?? "?"})";

    private static string Number(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string Things(OtherRuntime other) => (other.Containers, other.Images) switch
    {
        (0, var images) => Number(images, "image"),
        (var containers, 0) => Number(containers, "run"),
        var (containers, images) => $"{Number(containers, "run")} and {Number(images, "image")}",
    };

    /// <summary>The command that shows what is on another runtime.</summary>
    internal static string LookAt(string runtime, string endpoint, string? context, Inventory inventory) =>
        context is not null ? $"agent status --context {context}"
        : runtime != inventory.Runtime.Name ? $"agent status --runtime {runtime}"
        : $"{(runtime == "podman" ? "CONTAINER_HOST" : "DOCKER_HOST")}={endpoint} agent status --runtime {runtime}";
}
