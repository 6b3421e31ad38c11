using Agentops.Containers;
using Agentops.Images;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Cleaning;

/// <summary>Carries a <see cref="CleanPlan"/> out: exactly its items, each only if it is still what was shown, never by force.</summary>
/// <param name="world">The world.</param>
/// <param name="runtime">Where the things are.</param>
/// <param name="inventory">What the plan was made of.</param>
internal sealed class Cleaner(World world, IContainerRuntime runtime, Inventory inventory)
{
    // Removing a container is mostly waiting for the engine's disk.
    private const int AtOnce = 8;

    // Ids of what was left as it is: nothing that it uses or is built on may go.
    private readonly HashSet<string> staying = [];
    private readonly List<ImageRemoval> imageRemovals = [];
    private volatile string? lost;

    /// <summary>Removes one item after the other, several at once where that is faster.</summary>
    /// <param name="plan">What to remove.</param>
    /// <param name="begin">Told before each item, in the order of the plan.</param>
    /// <param name="end">Told how it went, in the order of the plan.</param>
    /// <param name="cancellationToken">Stops after what is in hand.</param>
    /// <returns>What became of all items.</returns>
    public async Task<CleanReport> CarryOut(CleanPlan plan, Action<CleanItem> begin, Action<Removal> end, CancellationToken cancellationToken)
    {
        var removals = new List<Removal>();
        // Containers go before the images they use; among images the plan's order is that of what is built on what.
        var images = plan.Items.OfType<CleanItem.OfImage>().ToList();
        await Step([.. plan.Items.Where(item => item is CleanItem.OfRun or CleanItem.OfOrphan)], AtOnce);
        var cache = images.Count > 0 && inventory.Layers.SizesAreExact && !cancellationToken.IsCancellationRequested && lost is null ? await BuildCache() : null;
        await Step(images, 1);
        await Step([.. plan.Items.OfType<CleanItem.OfLeftover>()], 1);
        return new CleanReport(removals, await DropBuildCache(cache));

        async Task Step(IReadOnlyList<CleanItem> items, int atOnce)
        {
            var inHand = new Queue<Task<Removal>>();
            try
            {
                await Go(items, atOnce, inHand);
            }
            finally
            {
                // Nobody may read any more what is told. What is in hand is ended all the same.
                await Task.WhenAll(inHand);
            }
        }

        async Task Go(IReadOnlyList<CleanItem> items, int atOnce, Queue<Task<Removal>> inHand)
        {
            var next = 0;
            foreach (var item in items)
            {
                for (; next < items.Count && inHand.Count < atOnce && !cancellationToken.IsCancellationRequested && lost is null; next++)
                {
                    var removing = items[next];
                    inHand.Enqueue(Task.Run(() => Remove(removing), CancellationToken.None));
                }

                Removal removal;
                if (inHand.TryDequeue(out var task))
                {
                    begin(item);
                    removal = await task;
                    end(removal);
                }
                else
                {
                    removal = Removal.Left(item, RemovalOutcome.NotTried, lost ?? "interrupted");
                }

                if (removal.Outcome is not (RemovalOutcome.Removed or RemovalOutcome.Gone))
                {
                    staying.Add(item switch
                    {
                        CleanItem.OfRun { Run.Container.Id: var id } => id,
                        CleanItem.OfOrphan { Orphan.Container.Id: var id } => id,
                        CleanItem.OfImage { Image.Image.Id: var id } => id,
                        _ => item.Key,
                    });
                }

                removals.Add(removal);
            }
        }
    }

    private async Task<Removal> Remove(CleanItem item)
    {
        try
        {
            return item switch
            {
                CleanItem.OfRun run => await Remove(run),
                CleanItem.OfOrphan orphan => await Remove(orphan),
                CleanItem.OfImage image => await Remove(image),
                CleanItem.OfLeftover leftover => Remove(leftover),
                _ => throw new InvalidOperationException($"{item} is no item"),
            };
        }
        catch (RuntimeUnavailableException failure)
        {
            lost = failure.Message.Split('\n')[0];
            return Removal.Left(item, RemovalOutcome.Failed, lost);
        }
        catch (AgentopsException failure)
        {
            return Removal.Left(item, RemovalOutcome.Failed, failure.Message);
        }
    }

    private async Task<Removal> Remove(CleanItem.OfRun item)
    {
        // First: when its container is gone nothing tells any more when it ended.
        RememberUse(item.Run);
        var (outcome, freed, reason) = item.Run.Container is { } container
            ? await Remove(container, item.Run.Disk)
            : await CheckWithoutContainer(item.Run);
        if (reason is not null)
        {
            return new Removal(item, outcome, freed, reason);
        }

        // Only now, when nothing is left that the record speaks of.
        try
        {
            var folder = world.Runs.Remove(item.Run.Id);
            var isGone = outcome == RemovalOutcome.Gone && folder == ByteSize.Zero;
            return new Removal(item, isGone ? RemovalOutcome.Gone : RemovalOutcome.Removed, freed + new LayerBytes(folder, IsExact: true), null);
        }
        catch (AgentopsException failure)
        {
            return new Removal(item, RemovalOutcome.Failed, freed, failure.Message);
        }
    }

    // What config.yaml keeps for having been used lately, it keeps after that record is gone too.
    private void RememberUse(Run run)
    {
        foreach (var image in inventory.Images)
        {
            var tag = image.OurTags.FirstOrDefault(tag => tag == run.Record?.Image);
            foreach (var name in new[] { tag, image.Runs.Any(user => user.Id == run.Id) ? image.Image.Id : null }.OfType<string>())
            {
                world.Runs.RememberUse(name, run.LastUsedAt ?? inventory.TakenAt);
            }
        }
    }

    private async Task<(RemovalOutcome Outcome, LayerBytes? Freed, string? Reason)> CheckWithoutContainer(Run run)
    {
        if (await runtime.FindContainer(run.Id.ContainerName, CancellationToken.None) is { } appeared && !Labels.AreOfAnother(appeared.Container.Labels, inventory.Installation))
        {
            return (RemovalOutcome.Skipped, LayerBytes.Zero, "a container of it has appeared since");
        }

        return (world.Runs.Read(run.Id) is null ? RemovalOutcome.Gone : RemovalOutcome.Removed, LayerBytes.Zero, null);
    }

    private async Task<Removal> Remove(CleanItem.OfOrphan item)
    {
        if (item.Orphan.Id is { } id && world.Runs.Read(id) is not null)
        {
            return Removal.Left(item, RemovalOutcome.Skipped, "a record of its run has appeared since");
        }

        var (outcome, freed, reason) = await Remove(item.Orphan.Container, item.Orphan.Disk);
        return new Removal(item, outcome, freed, reason);
    }

    private async Task<(RemovalOutcome Outcome, LayerBytes? Freed, string? Reason)> Remove(Container container, DiskUse disk)
    {
        if (await runtime.FindContainer(container.Id, CancellationToken.None) is not { } now)
        {
            return (RemovalOutcome.Gone, LayerBytes.Zero, null);
        }

        if (WhyOther(container, disk, now) is { } change)
        {
            return (RemovalOutcome.Skipped, LayerBytes.Zero, change);
        }

        try
        {
            await runtime.RemoveContainer(container.Id, CancellationToken.None);
            return (RemovalOutcome.Removed, (disk with { Folder = ByteSize.Zero }).Total, null);
        }
        catch (RuntimeRefusalException refusal) when (refusal.Refusal == RuntimeRefusal.NotFound || refusal.Message.Contains("already in progress", StringComparison.Ordinal))
        {
            // Another clean, or somebody by hand, was faster.
            return (RemovalOutcome.Gone, LayerBytes.Zero, null);
        }
        catch (RuntimeRefusalException refusal)
        {
            return (RemovalOutcome.Failed, LayerBytes.Zero, refusal.Message);
        }
    }

    /// <summary>Why a container is not what was shown any more.</summary>
    /// <param name="shown">As listed.</param>
    /// <param name="disk">As measured, with the end of its process then.</param>
    /// <param name="now">As it is.</param>
    /// <returns>Null when it is.</returns>
    internal static string? WhyOther(Container shown, DiskUse disk, ContainerDetails now) => now.Container.State switch
    {
        ContainerState.Created when shown.State == ContainerState.Created => null,
        ContainerState.Exited or ContainerState.Dead when shown.HasEnded && disk.FinishedAt == now.FinishedAt => null,
        ContainerState.Exited or ContainerState.Dead when disk.FinishedAt is null => "when it ended was not known, and nothing proves that it has not run since",
        ContainerState.Exited or ContainerState.Dead => "it has run again since",
        ContainerState.Created => "it is another one now",
        ContainerState.Removing => "the runtime is removing it",
        _ => "it runs again",
    };

    private async Task<Removal> Remove(CleanItem.OfImage item)
    {
        if (item.Image.BuiltOnIt.FirstOrDefault(other => staying.Contains(other.Id)) is { Name: { } stays })
        {
            return Removal.Left(item, RemovalOutcome.Skipped, $"{stays}, which is built on it, stays");
        }

        if (item.Image.Users.FirstOrDefault(user => staying.Contains(user.Id)) is { } used)
        {
            return Removal.Left(item, RemovalOutcome.Skipped, $"{item.Image.NameOf(used)}, which uses it, stays");
        }

        // A run is made from a tag: to one without a tag nobody comes.
        using var mine = item.Image.IsDangling ? null : ImageUse.TryForbid(world.Runs, item.Reference);
        if (mine is null && !item.Image.IsDangling)
        {
            return Removal.Left(item, RemovalOutcome.Skipped, "a run is being made from it");
        }

        if (await runtime.FindImage(item.Reference, CancellationToken.None) is not { } now)
        {
            return Removal.Left(item, RemovalOutcome.Gone, null);
        }

        if (WhyOther(item, now.Image) is { } change)
        {
            return Removal.Left(item, RemovalOutcome.Skipped, change);
        }

        // The runtime refuses to take the last tag of an image in use; of several it gives one away.
        if (now.Image.Tags.Count > 1 && (await runtime.ListContainers(CancellationToken.None)).FirstOrDefault(container => container.ImageId == now.Image.Id) is { } user)
        {
            return Removal.Left(item, RemovalOutcome.Skipped, $"container {user.Name} uses it");
        }

        if (item.Image.IsBase && await WhyNeeded(item.Image) is { } need)
        {
            return Removal.Left(item, RemovalOutcome.Skipped, need);
        }

        try
        {
            var removal = await runtime.RemoveImage(item.Reference, CancellationToken.None);
            imageRemovals.Add(removal);
            world.Runs.ForgetUse(item.Reference);
            removal.Deleted.Where(deleted => deleted == item.Image.Image.Id).ToList().ForEach(world.Runs.ForgetUse);
            return new Removal(item, RemovalOutcome.Removed, FreedBy(removal, item), null);
        }
        catch (RuntimeRefusalException refusal) when (refusal.Refusal == RuntimeRefusal.NotFound)
        {
            return Removal.Left(item, RemovalOutcome.Gone, null);
        }
        catch (RuntimeRefusalException refusal)
        {
            return Removal.Left(item, RemovalOutcome.Failed, refusal.Message);
        }
    }

    private static string? WhyOther(CleanItem.OfImage item, Image now) =>
        now.Id != item.Image.Image.Id ? "its tag names another image now"
        : item.Image.IsDangling && now.Tags.Count > 0 ? $"it has a tag now: {now.Tags[0]}"
        : null;

    private LayerBytes? FreedBy(ImageRemoval removal, CleanItem.OfImage item) =>
        inventory.Layers.SizesAreExact ? inventory.Layers.Freed([removal])
        // Where a runtime keeps no sizes of layers it names none either: the estimate of before, if the image did go.
        : removal.Deleted.Count > 0 ? item.Frees
        : LayerBytes.Zero;

    // An image that is built on a base keeps it, whoever built it and whenever. The engine would not.
    private async Task<string?> WhyNeeded(InventoryImage image)
    {
        var stored = await runtime.ListStoredImages(CancellationToken.None);
        var fresh = FreshOf(stored).ToList();
        var survey = fresh.Count == 0
            ? new LayerSurvey(inventory.ImageLayers, LayerGraph.Of(stored, inventory.ImageLayers))
            : await LayerSurvey.Take(runtime, stored, inventory.ImageLayers, CancellationToken.None);
        // All that was there when the plan was made went before it, unless somebody named it anew.
        var builtOnIt = InventoryImages.Of(stored, survey.Graph, [], [], inventory.Installation, _ => null).FirstOrDefault(now => now.Image.Id == image.Image.Id)?.BuiltOnIt ?? [];
        return builtOnIt is [var (id, name), ..] ? fresh.Exists(other => other.Image.Id == id) ? $"{name} was built on it since" : $"{name}, which is built on it, stays"
            // What is not known to be built on something else may be built on this.
            : fresh.Find(other => (other.HasName || other.Image.IsOurs) && !survey.Layers.ContainsKey(other.Image.Id)) is { } unread ? $"{unread.Name} is new and cannot be looked at"
            : null;
    }

    private IEnumerable<StoredImage> FreshOf(IReadOnlyList<StoredImage> stored) => stored.Where(other => !inventory.ImageLayers.ContainsKey(other.Image.Id));

    private Removal Remove(CleanItem.OfLeftover item)
    {
        var freed = world.Runs.Remove(item.Leftover);
        return new Removal(item, freed == ByteSize.Zero ? RemovalOutcome.Gone : RemovalOutcome.Removed, new LayerBytes(freed, IsExact: true), null);
    }

    // Asked after the containers are gone: older engines count all of them along with it. Null when it cannot be known.
    private async Task<IReadOnlyList<CachedResult>?> BuildCache()
    {
        try
        {
            return await runtime.ListBuildCache(CancellationToken.None);
        }
        catch (AgentopsException)
        {
            return null;
        }
    }

    // The engine's build cache holds the layers of images that it built: what no image has any more, and a removed image had, is dropped from it too, or nothing would be freed.
    private async Task<LayerBytes> DropBuildCache(IReadOnlyList<CachedResult>? before)
    {
        // Where sizes are estimates those of the images hold these layers already.
        if (lost is not null || !inventory.Layers.SizesAreExact || imageRemovals.TrueForAll(removal => removal.Deleted.Count == 0))
        {
            return LayerBytes.Zero;
        }

        // A layer of no bytes is dropped too: what is in the cache of it would hold what it is built on when that is to go.
        var held = inventory.Layers.Held(imageRemovals);
        if (before is null || await BuildCache() is not { } after)
        {
            // What was not looked at was not dropped.
            return held with { Bytes = ByteSize.Zero, IsExact = held.IsExact && held.Bytes == ByteSize.Zero };
        }

        var sizes = before.ToDictionary(result => result.Id, result => result.Size);
        var (open, isHeld) = CacheDrop.Of(before, after);
        var freed = ByteSize.Zero;
        var isWhole = false;
        try
        {
            // What others are built on goes after them: again, until nothing more goes.
            for (var gone = 1; gone > 0 && open.Count > 0;)
            {
                var dropped = await runtime.DropBuildCache(open, CancellationToken.None);
                freed = dropped.Where(open.Contains).Aggregate(freed, (sum, id) => sum + sizes[id]);
                gone = dropped.Count(open.Contains);
                isWhole |= gone > 0;
                open = [.. open.Except(dropped)];
            }

            // An image that came since may hold them too.
            isWhole &= open.Count == 0 && !isHeld && !FreshOf(await runtime.ListStoredImages(CancellationToken.None)).Any();
        }
        catch (AgentopsException)
        {
            // What stays there was not freed, and is not counted.
            isWhole = false;
        }

        // Some hold a layer and tell no size, such as that of a base: with all of them gone the layers are; else only what was told is known to be.
        return isWhole || held == LayerBytes.Zero ? held : new LayerBytes(freed, IsExact: false);
    }
}
