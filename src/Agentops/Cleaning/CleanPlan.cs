using Agentops.Containers;
using Agentops.Images;
using Agentops.Runs;
using Agentops.Status;

namespace Agentops.Cleaning;

/// <summary>What is to go, in the order of removal, and what is kept, each with its reason. A promise: nothing else goes.</summary>
/// <param name="Items">Runs, then orphaned containers, then images (none before those built on it), then leftovers.</param>
/// <param name="Kept">All else that was looked at.</param>
public sealed record CleanPlan(IReadOnlyList<CleanItem> Items, IReadOnlyList<Kept> Kept)
{
    // An orphan that was created a moment ago may be somebody's run in the making.
    private static readonly TimeSpan Making = TimeSpan.FromMinutes(1);

    /// <summary>There is nothing to remove.</summary>
    public bool IsEmpty => Items.Count == 0;

    /// <summary>What all of it frees as far as it is known; see <see cref="Unknown"/>.</summary>
    public LayerBytes Frees => Items.Aggregate(LayerBytes.Zero, (sum, item) => sum + (item.Frees ?? LayerBytes.Zero));

    /// <summary>How many items have a size that is not known.</summary>
    public int Unknown => Items.Count(item => item.Frees is null);

    /// <summary>Decides. No I/O, no clock: the same picture and options give the same plan.</summary>
    /// <param name="inventory">What there is.</param>
    /// <param name="options">What the user wants.</param>
    /// <returns>The plan.</returns>
    public static CleanPlan For(Inventory inventory, CleanOptions options)
    {
        var items = new List<CleanItem>();
        var kept = new List<Kept>();
        DecideRuns(inventory, options, items, kept);
        DecideOrphans(inventory, options, items, kept);
        kept.AddRange(inventory.Containers
            .Where(container => container.IsOurs && Labels.AreOfAnother(container.Labels, inventory.Installation))
            .Select(container => new Kept($"container:{container.Id}", "container", container.Name, KeepReason.AnotherInstallation, "another installation of agentops made it")));
        DecideImages(inventory, options, items, kept);
        if (options.Runs)
        {
            items.AddRange(inventory.Leftovers.Select(leftover => new CleanItem.OfLeftover(leftover)));
        }

        return new CleanPlan(items, kept);
    }

    /// <summary>What has to go before an item can: what uses an image, and what is built on it.</summary>
    /// <param name="item">One of this plan.</param>
    /// <returns>Others of this plan.</returns>
    public IEnumerable<CleanItem> Needs(CleanItem item)
    {
        if (item is not CleanItem.OfImage { Image: var image })
        {
            return [];
        }

        var users = image.Users.Select(user => user.Id).ToHashSet();
        var above = image.BuiltOnIt.Select(other => other.Id).ToHashSet();
        return Items.Where(other => other switch
        {
            CleanItem.OfRun { Run.Container.Id: var id } => users.Contains(id),
            CleanItem.OfOrphan { Orphan.Container.Id: var id } => users.Contains(id),
            CleanItem.OfImage { Image.Image.Id: var id } => above.Contains(id),
            _ => false,
        });
    }

    /// <summary>The part of this plan that the user picked; what needs something that was not picked stays.</summary>
    /// <param name="inventory">What the plan was made of.</param>
    /// <param name="keys">Of items.</param>
    /// <returns>A plan whose figures are those of the part.</returns>
    public CleanPlan Only(Inventory inventory, IReadOnlySet<string> keys)
    {
        var picked = new List<CleanItem>();
        // In the order of removal, so that what an item needs was decided before it.
        var pickedKeys = new HashSet<string>();
        foreach (var item in Items.Where(item => keys.Contains(item.Key)))
        {
            if (Needs(item).All(needed => pickedKeys.Contains(needed.Key)))
            {
                picked.Add(item);
                pickedKeys.Add(item.Key);
            }
        }

        var images = picked.OfType<CleanItem.OfImage>().ToList();
        var going = GoingContainers(picked);
        var frees = FreesOf([.. images.Select(item => item.Reference)], inventory, going);
        var byKey = images.Zip(frees).ToDictionary(pair => pair.First.Key, pair => pair.Second);
        return new CleanPlan([.. picked.Select(item => item is CleanItem.OfImage image ? image with { Frees = byKey[image.Key] } : item)], Kept);
    }

    private static void DecideRuns(Inventory inventory, CleanOptions options, List<CleanItem> items, List<Kept> kept)
    {
        var ended = new Dictionary<string, int>();
        foreach (var run in inventory.Runs)
        {
            var place = !run.IsLive && run.State != RunState.Unknown ? ended[run.Agent] = ended.GetValueOrDefault(run.Agent) + 1 : int.MaxValue;
            if (WhyKept(run, place, inventory, options) is var (reason, why))
            {
                kept.Add(new Kept($"run:{run.Id}", "run", $"{run.Name} ({run.Id})", reason, why));
            }
            else
            {
                items.Add(new CleanItem.OfRun(run, run.State == RunState.Failed ? "it never started" : "it has ended"));
            }
        }
    }

    private static (KeepReason Reason, string Why)? WhyKept(Run run, int place, Inventory inventory, CleanOptions options) => run switch
    {
        _ when inventory.ContainersFault is { } fault => (KeepReason.NotKnown, $"the containers could not be listed: {fault}"),
        { State: RunState.Unknown } => (KeepReason.Elsewhere, $"it lives on another runtime ({run.Record?.Endpoint})"),
        { State: RunState.Creating } => (KeepReason.BeingMade, "it is being made"),
        { IsLive: true } => (KeepReason.Running, run.State == RunState.Paused ? "it is paused" : "it is running"),
        { Container.State: ContainerState.Removing } => (KeepReason.BeingRemoved, "the runtime is removing its container"),
        { Container.State: not (ContainerState.Exited or ContainerState.Dead or ContainerState.Created) } => (KeepReason.Running, "its container may be in use"),
        _ when run.Record is { } record && record.Installation != inventory.Installation => (KeepReason.AnotherInstallation, "another installation of agentops recorded it"),
        _ when options.Pin.Contains(run.Agent) => (KeepReason.Pinned, $"clean.pin in config.yaml names {run.Agent}"),
        _ when !options.Runs => (KeepReason.NotAsked, "only images were asked for"),
        _ when IsYoung(run.CreatedAt, inventory, options) => (KeepReason.TooYoung, "it is younger than --older-than"),
        _ when place <= options.KeepLast => (KeepReason.KeptLast, options.KeepLast == 1 ? $"it is the last run of {run.Agent}" : $"it is one of the last {options.KeepLast} runs of {run.Agent}"),
        _ => null,
    };

    private static void DecideOrphans(Inventory inventory, CleanOptions options, List<CleanItem> items, List<Kept> kept)
    {
        foreach (var orphan in inventory.Orphans)
        {
            if (WhyKept(orphan, inventory, options) is var (reason, why))
            {
                kept.Add(new Kept($"container:{orphan.Container.Id}", "orphaned container", orphan.Container.Name, reason, why));
            }
            else
            {
                items.Add(new CleanItem.OfOrphan(orphan, "no record of its run exists, and it does not run"));
            }
        }
    }

    private static (KeepReason Reason, string Why)? WhyKept(Orphan orphan, Inventory inventory, CleanOptions options) => orphan switch
    {
        _ when inventory.RecordsFault is { } fault => (KeepReason.NotKnown, $"the records of runs could not be read: {fault}"),
        { HasRecord: true } => (KeepReason.UnreadableRecord, "there is a record of its run that cannot be read"),
        { Owner: Owner.Unknown } => (KeepReason.UnknownOwner, "only its name looks like ours, and that proves nothing"),
        { Container.State: ContainerState.Removing } => (KeepReason.BeingRemoved, "the runtime is removing it"),
        { Container: { HasEnded: false, State: not ContainerState.Created } } => (KeepReason.Running, "it runs, or may run again by itself"),
        { Container: { State: ContainerState.Created, CreatedAt: null } } => (KeepReason.BeingMade, "when it was created is not known, so its run may be in the making"),
        { Container: { State: ContainerState.Created, CreatedAt: var at } } when inventory.TakenAt - at < Making => (KeepReason.BeingMade, "it was created a moment ago"),
        _ when orphan.Container.Labels.GetValueOrDefault(Labels.Agent) is { } agent && options.Pin.Contains(agent) => (KeepReason.Pinned, $"clean.pin in config.yaml names {agent}"),
        _ when !options.Runs => (KeepReason.NotAsked, "only images were asked for"),
        _ when IsYoung(orphan.Container.CreatedAt, inventory, options) => (KeepReason.TooYoung, "it is younger than --older-than"),
        _ => null,
    };

    private static void DecideImages(Inventory inventory, CleanOptions options, List<CleanItem> items, List<Kept> kept)
    {
        var goingContainers = GoingContainers(items);
        var whys = inventory.Images.ToDictionary(image => image.Image.Id, image => WhyKept(image, goingContainers, inventory, options));
        KeepWhatKeptImagesNeed(inventory.Images, whys);

        foreach (var image in inventory.Images)
        {
            if (whys[image.Image.Id] is var (reason, why))
            {
                kept.Add(new Kept($"image:{image.Image.Id}", image.Kind, image.Name, reason, why));
            }
        }

        var going = InOrder([.. inventory.Images.Where(image => whys[image.Image.Id] is null)])
            .SelectMany(image => image.OurTags.DefaultIfEmpty(image.Image.Id).Select(reference => (Image: image, Reference: reference))).ToList();
        var frees = FreesOf([.. going.Select(item => item.Reference)], inventory, goingContainers);
        items.AddRange(going.Zip(frees, (item, bytes) => new CleanItem.OfImage(item.Image, item.Reference, WhyGoing(item.Image), bytes)));
    }

    private static IReadOnlyList<LayerBytes?> FreesOf(IReadOnlyList<string> references, Inventory inventory, HashSet<string> goingContainers)
    {
        // Of all containers that stay: one on an image of somebody else's that is built on ours holds its layers too.
        var inUse = inventory.Images.Where(image => image.Users.Any(user => !goingContainers.Contains(user.Id))).Select(image => image.Image.Id)
            .Concat(inventory.Containers.Where(container => !goingContainers.Contains(container.Id)).Select(container => container.ImageId).OfType<string>())
            .Distinct().ToList();
        return inventory.Layers.FreedByEach(references, inUse);
    }

    private static HashSet<string> GoingContainers(IEnumerable<CleanItem> items) => items.Select(item => item switch
    {
        CleanItem.OfRun { Run.Container.Id: var id } => id,
        CleanItem.OfOrphan { Orphan.Container.Id: var id } => id,
        _ => null,
    }).OfType<string>().ToHashSet();

    private static (KeepReason Reason, string Why)? WhyKept(InventoryImage image, HashSet<string> goingContainers, Inventory inventory, CleanOptions options) => image switch
    {
        { Owner: Owner.Another } => (KeepReason.AnotherInstallation, "another installation of agentops made it"),
        { Owner: Owner.Unknown } => (KeepReason.UnknownOwner, "only its tag looks like ours, and that proves nothing"),
        { IsDangling: false, OurTags.Count: 0 } => (KeepReason.UsersOwn, "only tags of yours hold it"),
        _ when inventory.ContainersFault is { } fault => (KeepReason.NotKnown, $"the containers could not be listed: {fault}"),
        _ when inventory.RecordsFault is { } fault => (KeepReason.NotKnown, $"the records of runs could not be read: {fault}"),
        _ when image.Runs.FirstOrDefault(run => run is { State: RunState.Creating, Container: null }) is { } making => (KeepReason.BeingMade, $"run {making.Name} ({making.Id}) is being made from it"),
        _ when image.Users.FirstOrDefault(user => !goingContainers.Contains(user.Id)) is { } user => (KeepReason.InUse, $"{image.NameOf(user)} uses it"),
        _ when image.Agent is { } agent && options.Pin.Contains(agent) => (KeepReason.Pinned, $"clean.pin in config.yaml names {agent}"),
        _ when !options.Images => (KeepReason.NotAsked, "only runs were asked for"),
        _ when IsYoung(image.Image.CreatedAt, inventory, options) => (KeepReason.TooYoung, "it is younger than --older-than"),
        _ when image.IsBase && inventory.UnreadImages is [var unread, ..] => (KeepReason.NotKnown, $"the layers of {unread} could not be read, so what is built on this is not known"),
        _ when !image.IsBase && options.KeepImagesUsedWithin is { } lately && (image.LastUsedAt is null || inventory.TakenAt - image.LastUsedAt < lately)
            => (KeepReason.UsedLately, "it was used within clean.keepImagesUsedWithin"),
        _ => null,
    };

    // Until nothing changes: what is kept keeps what it is built on.
    private static void KeepWhatKeptImagesNeed(IReadOnlyList<InventoryImage> images, Dictionary<string, (KeepReason Reason, string Why)?> whys)
    {
        var byId = images.ToDictionary(image => image.Image.Id);
        // It goes whole: with a tag of the user's on it, it stays.
        bool Goes(string id) => byId.TryGetValue(id, out var image) && whys[id] is null && !image.IsHeldByOthers;

        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var image in images.Where(image => whys[image.Image.Id] is null))
            {
                if (image.BuiltOnIt.Where(other => !Goes(other.Id)).Select(other => other.Name).FirstOrDefault() is { } stays)
                {
                    whys[image.Image.Id] = (KeepReason.BuiltOn, $"{WithoutLatest(stays)} is built on it");
                    changed = true;
                }
            }
        }
    }

    // None before those built on it, else as they were listed. In a circle of images that say so of each other somewhere, and nowhere else.
    private static List<InventoryImage> InOrder(List<InventoryImage> images)
    {
        var byId = images.ToDictionary(image => image.Image.Id);
        var seen = new HashSet<string>();
        var ordered = new List<InventoryImage>(images.Count);
        // Bases last: dangling images may be built on them.
        foreach (var image in images.OrderBy(image => image.IsBase))
        {
            Add(image);
        }

        return ordered;

        void Add(InventoryImage image)
        {
            if (seen.Add(image.Image.Id))
            {
                foreach (var above in image.BuiltOnIt.Select(other => byId.GetValueOrDefault(other.Id)).OfType<InventoryImage>())
                {
                    Add(above);
                }

                ordered.Add(image);
            }
        }
    }

    private static string WhyGoing(InventoryImage image) =>
        image.IsDangling ? "no container uses it, and it has no tag" : image.IsBase ? "no image is built on it" : "no active run";

    private static string WithoutLatest(string tag) => tag.EndsWith(":latest", StringComparison.Ordinal) ? tag[..^":latest".Length] : tag;

    // What tells no age may be young.
    private static bool IsYoung(DateTimeOffset? createdAt, Inventory inventory, CleanOptions options) =>
        options.OlderThan is { } age && (createdAt is null || inventory.TakenAt - createdAt < age);
}
