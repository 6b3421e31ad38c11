using System.Runtime.InteropServices;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Recipes;
using Agentops.Runs;

namespace Agentops.Status;

/// <summary>Links images with those who use them.</summary>
internal static class InventoryImages
{
    /// <summary>Finds our images among all that is stored, and what each is used by and built on.</summary>
    /// <param name="stored">All that the runtime stores as an image.</param>
    /// <param name="layers">Their layers.</param>
    /// <param name="containers">All containers.</param>
    /// <param name="runs">All runs, newest first.</param>
    /// <param name="installation">The id of our state folder; null when it has none yet.</param>
    /// <param name="lastUse">When the image of a tag or id was used by a run that has no record any more; null when nothing tells.</param>
    /// <returns>Agents' images newest first, then bases, then dangling ones.</returns>
    public static IReadOnlyList<InventoryImage> Of(
        IReadOnlyList<StoredImage> stored, LayerGraph layers, IReadOnlyList<Container> containers, IReadOnlyList<Run> runs, string? installation, Func<string, DateTimeOffset?> lastUse)
    {
        // A step of the classic builder carries our labels too, but it is part of the images built on it.
        var parents = stored.Select(image => image.ParentId).OfType<string>().ToHashSet();
        var ours = stored
            .Where(image => image.Image.IsOurs && (image.Image.Tags.Count > 0 || (image.Digests.Count == 0 && !parents.Contains(image.Image.Id))))
            .DistinctBy(image => image.Image.Id)
            .Select(image => new InventoryImage(image.Image, Labels.OwnerOf(image.Image.Labels, installation)) { Digests = image.Digests })
            .ToList();

        var byTag = stored.SelectMany(image => image.Image.Tags.Select(tag => (tag, image.Image.Id))).DistinctBy(pair => pair.tag).ToDictionary(pair => pair.tag, pair => pair.Id);
        string? ImageOf(Container container) => container.ImageId ?? byTag.GetValueOrDefault(container.Image);
        var users = Groups(containers, ImageOf);
        var runsOf = Groups(runs, run => run.Container is { } container ? ImageOf(container) : null);
        // Its container is not there yet, and will be made from what the tag names.
        var makings = Groups(runs, run => run is { State: RunState.Creating, Container: null } ? run.Record?.Image : null);
        var lastByRecord = Groups(runs, run => run.Record?.Image).ToDictionary(group => group.Key, group => group.Value.Max(run => run.LastUsedAt));
        var builtOn = BuiltOn(stored, ours, layers, byTag);

        return [.. ours
            .Select(image => image with
            {
                Users = users.GetValueOrDefault(image.Image.Id, []),
                Runs = LiveFirst([.. runsOf.GetValueOrDefault(image.Image.Id, []), .. image.Image.Tags.SelectMany(tag => makings.GetValueOrDefault(tag, []))]),
                BuiltOnIt = builtOn[image.Image.Id],
                Unique = layers.UniqueTo(image.Image.Id),
                LastUsedAt = image.OurTags.Select(tag => lastByRecord.GetValueOrDefault(tag)).Append(runsOf.GetValueOrDefault(image.Image.Id, []).Max(run => run.LastUsedAt))
                    .Concat(image.OurTags.Append(image.Image.Id).Select(lastUse)).Append(image.Image.CreatedAt).Max(),
            })
            .OrderBy(image => image.IsDangling).ThenBy(image => image.IsBase)
            .ThenByDescending(image => image.Image.CreatedAt ?? DateTimeOffset.MinValue).ThenBy(image => image.Name, StringComparer.Ordinal)];
    }

    // Without those that have no key.
    private static Dictionary<string, List<T>> Groups<T>(IReadOnlyList<T> all, Func<T, string?> keyOf)
    {
        var groups = new Dictionary<string, List<T>>();
        foreach (var one in all)
        {
            if (keyOf(one) is { } key)
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(groups, key, out _) ??= []).Add(one);
            }
        }

        return groups;
    }

    private static IReadOnlyList<Run> LiveFirst(List<Run> runs) => [.. runs.Where(run => run.IsLive), .. runs.Where(run => !run.IsLive)];

    private static Dictionary<string, IReadOnlyList<(string Id, string Name)>> BuiltOn(
        IReadOnlyList<StoredImage> stored, IReadOnlyList<InventoryImage> ours, LayerGraph layers, IReadOnlyDictionary<string, string> byTag)
    {
        var byLayers = layers.BuiltOn(ours.Select(image => image.Image.Id));
        // Where layers do not tell (an image without a layer of its own, a runtime that shows none), what an image says of itself does.
        var says = stored
            .Select(image => (Stored: image, image.Image, Fingerprint: RecipeFingerprint.TryParse(image.Image.Labels.GetValueOrDefault(Labels.Recipe))))
            .Where(pair => pair.Fingerprint is { Bases.Count: > 0 })
            .DistinctBy(pair => pair.Image.Id)
            .ToDictionary(pair => pair.Image.Id);
        var bySaying = says.Values
            .SelectMany(pair => pair.Fingerprint!.Bases.Select(of => (Base: of.Id ?? byTag.GetValueOrDefault(of.Reference), pair.Image.Id)))
            .Where(pair => pair.Base is not null && pair.Base != pair.Id)
            .ToLookup(pair => pair.Base!, pair => pair.Id);
        var parents = stored.DistinctBy(image => image.Image.Id).ToDictionary(image => image.Image.Id, image => image.ParentId);
        var names = stored.DistinctBy(image => image.Image.Id).ToDictionary(
            image => image.Image.Id,
            image => image.Image.Tags.OrderByDescending(tag => tag.StartsWith(Image.TagPrefix, StringComparison.Ordinal)).ThenBy(tag => tag, StringComparer.Ordinal).Concat(image.Digests).FirstOrDefault());
        return ours.ToDictionary(
            image => image.Image.Id,
            IReadOnlyList<(string, string)> (image) =>
            [
                .. byLayers[image.Image.Id].Where(id => image.IsBase || !says.TryGetValue(id, out var other) || !SpeaksForItself(other.Stored, image) || IsMadeFrom(id, image.Image.Id)).Concat(bySaying[image.Image.Id]).Distinct()
                    .Where(names.ContainsKey)
                    // Steps of the classic builder and other nameless things have no name of their own and count only when they are ours and dangling.
                    .Where(id => names[id] is not null || ours.Any(other => other.Image.Id == id))
                    .Select(id => (id, names[id] ?? Image.Shorten(id))),
            ]);

        // Step by step, as the classic builder tells; what says that it is its own parent ends somewhere too.
        bool IsMadeFrom(string id, string below)
        {
            var steps = 0;
            for (var parent = parents.GetValueOrDefault(id); parent is not null && steps < parents.Count; parent = parents.GetValueOrDefault(parent), steps++)
            {
                if (parent == below)
                {
                    return true;
                }
            }

            return false;
        }
    }

    // Two agents on one base with the same first steps share their layers, and so do two builds of one agent: neither is built on the other. What a user made from
    // an agent's image has that image's labels, and says nothing of itself.
    private static bool SpeaksForItself(StoredImage other, InventoryImage image) =>
        other.Image.Labels.GetValueOrDefault(Labels.Agent) is not { } agent || agent != image.Agent || !other.HasName || other.Image.Tags.Contains($"{Image.TagPrefix}{agent}:latest");
}
