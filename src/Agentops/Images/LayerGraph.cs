using Agentops.Terminal;

namespace Agentops.Images;

/// <summary>Which images hold which layers, and so what each really takes and what removing any of them would free. Pure.</summary>
/// <remarks>
/// Figures are those of the images. Docker's build cache may hold layers of its own: these stay on disk when their images go, and only pruning that cache frees them.
/// </remarks>
public sealed class LayerGraph
{
    private readonly IReadOnlyList<StoredImage> images;
    private readonly Dictionary<string, int> byId = [];
    private readonly Dictionary<string, int> byReference = [];
    private readonly LayerTrie trie;
    // The last node of each image; null when its layers are unknown.
    private readonly int?[] tops;
    // How many images hold each node.
    private readonly int[] holders;
    private readonly int[] childrenOf;
    private readonly bool sizesAreKnown = true;
    // Images that the runtime tells the layers of and no size.
    private readonly HashSet<int> unsized = [];
    private Dictionary<string, int>? byChainId;

    private LayerGraph(IReadOnlyList<StoredImage> images, IReadOnlyDictionary<string, ImageLayers> layers)
    {
        this.images = images;
        trie = new LayerTrie(layers.Values.Sum(image => image.Layers.Count));
        tops = new int?[images.Count];
        childrenOf = new int[images.Count];
        for (var image = 0; image < images.Count; image++)
        {
            byId[images[image].Image.Id] = image;
            foreach (var reference in images[image].Image.Tags.Concat(images[image].Digests))
            {
                byReference[reference] = image;
            }

            if (layers.TryGetValue(images[image].Image.Id, out var known))
            {
                tops[image] = trie.Add(known);
                SizesAreExact &= known.SizesAreExact;
                if (known.Size is null)
                {
                    sizesAreKnown = false;
                    unsized.Add(image);
                }
            }
        }

        trie.Settle();
        holders = new int[trie.Count];
        for (var image = 0; image < images.Count; image++)
        {
            foreach (var node in Path(image))
            {
                holders[node]++;
            }

            if (ParentOf(image) is { } parent)
            {
                childrenOf[parent]++;
            }
        }

        Total = TotalOfAll();
    }

    /// <summary>Puts the layers of all images together.</summary>
    /// <param name="images">All that the runtime stores, other people's images and steps of the classic builder too: each may hold a layer.</param>
    /// <param name="layers">By image id. An image without an entry makes figures estimates, or unknown where it is asked for itself.</param>
    /// <returns>The graph.</returns>
    public static LayerGraph Of(IReadOnlyList<StoredImage> images, IReadOnlyDictionary<string, ImageLayers> layers) => new(images, layers);

    /// <summary>What all images take, each layer once: the runtime's own <c>LayersSize</c>.</summary>
    public LayerBytes Total { get; }

    /// <summary>What some images take, each layer once.</summary>
    /// <param name="imageIds">Of those; others are passed over.</param>
    /// <returns>Null when the layers of one are unknown, or its size.</returns>
    public LayerBytes? TotalOf(IEnumerable<string> imageIds)
    {
        var asked = imageIds.Where(byId.ContainsKey).Select(id => byId[id]).ToHashSet();
        return asked.Any(IsUnknown) ? null : Marked(Sum([.. asked.SelectMany(Path).Distinct()]), asked.Count > 0);
    }

    /// <summary>What an image really adds: what would go if it alone lost all its tags. Nothing while others are built on it.</summary>
    /// <param name="imageId">Its id.</param>
    /// <returns>Null when its layers or its size are unknown, or there is no such image.</returns>
    public LayerBytes? UniqueTo(string imageId) =>
        byId.TryGetValue(imageId, out var image) ? Freed([imageId, .. images[image].Image.Tags, .. images[image].Digests], []) : null;

    /// <summary>What removing images by reference would free: as the runtime removes them, never forced, in any order.</summary>
    /// <param name="references">Tags, and ids of images without tags. An image goes with its last tag, its layers when no image that stays has them.</param>
    /// <param name="inUse">Ids of images that containers use and go on using: their last reference cannot be removed.</param>
    /// <returns>Null when the layers of an image that goes are unknown, or its size.</returns>
    public LayerBytes? Freed(IReadOnlyCollection<string> references, IReadOnlyCollection<string> inUse)
    {
        var used = inUse.ToHashSet();
        var going = Going(references, used);
        if (going.Any(IsUnknown))
        {
            return null;
        }

        var freed = Marked(Sum(Released(going)), LosingAll(references, used).Count > 0);
        // An image of which nothing is known, and that stays, may hold any of them.
        return freed.Bytes != ByteSize.Zero && tops.Index().Any(top => top.Item is null && !going.Contains(top.Index)) ? freed with { IsExact = false } : freed;
    }

    /// <summary>What each of these references would free when they are removed in this order.</summary>
    /// <param name="references">Tags, and ids of images without tags.</param>
    /// <param name="inUse">Ids of images that containers go on using.</param>
    /// <returns>For each reference, what goes with it; nothing while another holds the image. Null when the layers of an image that goes with it are unknown, or its size. Together they are what <see cref="Freed(IReadOnlyCollection{string}, IReadOnlyCollection{string})"/> says.</returns>
    public IReadOnlyList<LayerBytes?> FreedByEach(IReadOnlyList<string> references, IReadOnlyCollection<string> inUse)
    {
        var used = inUse.ToHashSet();
        var going = Going(references, used);
        var losing = LosingAll(references, used);
        // An image goes with its last reference, and not before those built on it step by step.
        var turn = new Dictionary<int, int>();
        for (var reference = 0; reference < references.Count; reference++)
        {
            // One without a name is not asked for any more when the last that was built on it has gone.
            if (Locate(references[reference]) is >= 0 and var own && childrenOf[own] > 0 && images[own] is { Image.Tags.Count: 0, Digests.Count: 0 })
            {
                continue;
            }

            for (var image = Locate(references[reference]); image >= 0 && going.Contains(image); image = ParentOf(image) ?? -1)
            {
                turn[image] = reference;
            }
        }

        // An image of which nothing is known, and that is still there, may hold any layer.
        var unknown = tops.Index().Where(top => top.Item is null).Select(top => top.Index).ToList();
        var left = (int[])holders.Clone();
        LayerBytes?[] freed = [.. references.Select(LayerBytes? (reference) => Marked(LayerBytes.Zero, losing.Contains(Locate(reference))))];
        foreach (var leaving in turn.GroupBy(image => image.Value).OrderBy(group => group.Key))
        {
            var nodes = leaving.SelectMany(image => Path(image.Key)).Where(node => --left[node] == 0).ToList();
            var bytes = Marked(Sum(nodes), true);
            var isUncertain = bytes.Bytes != ByteSize.Zero && unknown.Any(image => !turn.TryGetValue(image, out var goes) || goes > leaving.Key);
            freed[leaving.Key] = leaving.Any(image => IsUnknown(image.Key)) ? null : bytes with { IsExact = bytes.IsExact && !isUncertain };
        }

        return freed;
    }

    /// <summary>The images that hold all layers of another and more on top of them, or that were made from it step by step here.</summary>
    /// <param name="imageIds">Those to look below.</param>
    /// <returns>By the id of each of <paramref name="imageIds"/>, ids of images that are built on it. What has no layers is known by its steps alone.</returns>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> BuiltOn(IEnumerable<string> imageIds)
    {
        var asked = imageIds.Distinct().ToList();
        var known = asked.Where(byId.ContainsKey).Select(id => byId[id]).ToHashSet();
        var below = new Dictionary<int, List<int>>();
        foreach (var image in known)
        {
            if (tops[image] is { } top and not LayerTrie.Root)
            {
                below.TryAdd(top, []);
            }
        }

        var made = new Dictionary<int, List<int>>();
        for (var image = 0; image < images.Count; image++)
        {
            foreach (var node in Path(image).Skip(1))
            {
                if (below.TryGetValue(node, out var above))
                {
                    above.Add(image);
                }
            }

            // A step of metadata alone makes an image without a layer of its own.
            var (parent, steps) = (ParentOf(image), 0);
            for (; parent is { } from && steps < images.Count; parent = ParentOf(from), steps++)
            {
                if (known.Contains(from))
                {
                    made.TryAdd(from, []);
                    made[from].Add(image);
                }
            }
        }

        return asked.ToDictionary(id => id, IReadOnlyList<string> (id) => byId.TryGetValue(id, out var image)
            ? [.. Above(image).Concat(made.GetValueOrDefault(image) ?? []).Distinct().Select(other => images[other].Image.Id)]
            : []);

        IEnumerable<int> Above(int image) => tops[image] is { } top && below.TryGetValue(top, out var above) ? above : [];
    }

    /// <summary>Which images would go with these references: see <see cref="Freed(IReadOnlyCollection{string}, IReadOnlyCollection{string})"/>.</summary>
    /// <param name="references">Tags, and ids of images without tags.</param>
    /// <param name="inUse">Ids of images that containers go on using.</param>
    /// <returns>Their ids, steps of the classic builder that go along included. By the rules of Docker on overlay2. Elsewhere a step can go before the images built on it, while its layers stay with them, and so another can stay.</returns>
    public IReadOnlyList<string> Leaving(IReadOnlyCollection<string> references, IReadOnlyCollection<string> inUse) =>
        [.. Going(references, inUse.ToHashSet()).Select(image => images[image].Image.Id)];

    /// <summary>What a removal that took place freed: the layers that the runtime says it deleted, or those of the images where it names no layers.</summary>
    /// <param name="removals">Of images that this graph knows.</param>
    /// <returns>Exact when the runtime names all layers and their sizes are known.</returns>
    public LayerBytes Freed(IEnumerable<ImageRemoval> removals)
    {
        byChainId ??= ChainIds();
        var deleted = removals.SelectMany(removal => removal.Deleted).ToHashSet();
        var gone = deleted.Where(byId.ContainsKey).Select(id => byId[id]).ToHashSet();
        var freed = Marked(Sum(SizesAreExact ? [.. deleted.Where(byChainId.ContainsKey).Select(id => byChainId[id])] : Released(gone)), deleted.Count > 0);
        // Of a layer that was not read nobody knows the size.
        return deleted.All(id => byId.ContainsKey(id) || byChainId.ContainsKey(id)) ? freed : freed with { IsExact = false };
    }

    /// <summary>Layers that no image has any more after these removals, and that the runtime did not delete: its build cache holds them.</summary>
    /// <param name="removals">Of images that this graph knows.</param>
    /// <returns>What they take together.</returns>
    public LayerBytes Held(IReadOnlyList<ImageRemoval> removals)
    {
        byChainId ??= ChainIds();
        var deleted = removals.SelectMany(removal => removal.Deleted).ToHashSet();
        var left = (int[])holders.Clone();
        var released = deleted.Where(byId.ContainsKey).SelectMany(id => Path(byId[id])).Where(node => --left[node] == 0).ToHashSet();
        released.ExceptWith(deleted.Where(byChainId.ContainsKey).Select(id => byChainId[id]));
        return Sum(released);
    }

    /// <summary>The runtime keeps a size for each layer, so that figures are of what is on disk; elsewhere they are estimates.</summary>
    public bool SizesAreExact { get; } = true;

    /// <summary>Images whose history would make figures exact that are estimates now.</summary>
    /// <param name="layers">What the graph was made of.</param>
    /// <param name="all">All that could help; else one for each place that is open.</param>
    /// <returns>Ids; empty when nothing would help.</returns>
    internal IReadOnlyList<string> WorthReading(IReadOnlyDictionary<string, ImageLayers> layers, bool all)
    {
        // An open sum between two images matters to neither; where images part it does. So does a base that takes more than what is built on it.
        var open = Enumerable.Range(1, trie.Count - 1).Where(node => trie.IsContradicted(node) || (trie.Children(node) > 1 && !trie.IsCertain(node))).ToHashSet();
        var worth = new List<string>();
        for (var image = 0; image < images.Count && open.Count > 0; image++)
        {
            if (layers.TryGetValue(images[image].Image.Id, out var known) && known.Steps is null && Path(image).Skip(1).Any(open.Contains))
            {
                worth.Add(known.ImageId);
                if (!all)
                {
                    open.ExceptWith(Path(image));
                }
            }
        }

        return worth;
    }

    private HashSet<int> Going(IReadOnlyCollection<string> references, HashSet<string> inUse)
    {
        var chosen = references.ToHashSet();
        var touched = new Queue<int>(references
            .Select(Locate)
            .Where(image => image >= 0)
            .Distinct());
        var going = new HashSet<int>();
        var childrenGone = new Dictionary<int, int>();
        while (touched.TryDequeue(out var image))
        {
            var what = images[image];
            var hasChildren = childrenGone.GetValueOrDefault(image) < childrenOf[image];
            if (hasChildren || inUse.Contains(what.Image.Id) || ImageReferences.Remain(what, chosen) || !going.Add(image))
            {
                continue;
            }

            // An untagged step goes with the last image that was built on it.
            if (ParentOf(image) is { } parent)
            {
                childrenGone[parent] = childrenGone.GetValueOrDefault(parent) + 1;
                touched.Enqueue(parent);
            }
        }

        return going;
    }

    // Images that no name and no container holds any more: they go, unless the runtime keeps them for what is built on them.
    private HashSet<int> LosingAll(IReadOnlyCollection<string> references, HashSet<string> inUse)
    {
        var chosen = references.ToHashSet();
        return [.. references.Select(Locate).Where(image => image >= 0 && !inUse.Contains(images[image].Image.Id) && !ImageReferences.Remain(images[image], chosen))];
    }

    // Where sizes are not those of layers, an image without a layer of its own takes something all the same, and what is kept for its children differs.
    private LayerBytes Marked(LayerBytes bytes, bool isOfImages) => SizesAreExact || !isOfImages ? bytes : bytes with { IsExact = false };

    private int Locate(string reference) => byReference.TryGetValue(reference, out var image) || byId.TryGetValue(reference, out image) ? image : -1;

    // As Sum does, for all nodes: each counts once for itself and once less for every node on it.
    private LayerBytes TotalOfAll()
    {
        var (bytes, isExact) = (0L, SizesAreExact && sizesAreKnown && !tops.Contains(null));
        for (var node = 1; node < trie.Count; node++)
        {
            var factor = 1 - trie.Children(node);
            bytes += factor * trie.Sum(node);
            isExact &= factor == 0 || trie.IsCertain(node);
        }

        return new LayerBytes(new ByteSize(Math.Max(bytes, 0)), isExact);
    }

    // What only these images hold.
    private List<int> Released(IReadOnlyCollection<int> going)
    {
        var released = new Dictionary<int, int>();
        foreach (var node in going.SelectMany(Path))
        {
            released[node] = released.GetValueOrDefault(node) + 1;
        }

        return [.. released.Where(node => node.Value == holders[node.Key]).Select(node => node.Key)];
    }

    // Each node is its own sum less its parent's. Whatever cancels out need not be certain.
    private LayerBytes Sum(IReadOnlyCollection<int> nodes)
    {
        var times = new Dictionary<int, int>(nodes.Count);
        foreach (var node in nodes)
        {
            times[node] = times.GetValueOrDefault(node) + 1;
            times[trie.Parent(node)] = times.GetValueOrDefault(trie.Parent(node)) - 1;
        }

        var (bytes, isExact) = (0L, (SizesAreExact && sizesAreKnown) || nodes.Count == 0);
        foreach (var (node, factor) in times.Where(node => node.Value != 0))
        {
            bytes += factor * trie.Sum(node);
            isExact &= trie.IsCertain(node);
        }

        return new LayerBytes(new ByteSize(Math.Max(bytes, 0)), isExact);
    }

    private IEnumerable<int> Path(int image)
    {
        for (var node = tops[image] ?? LayerTrie.Root; node != LayerTrie.Root; node = trie.Parent(node))
        {
            yield return node;
        }
    }

    // Layers of no known size are not layers of no size.
    private bool IsUnknown(int image) => tops[image] is null || unsized.Contains(image);

    private int? ParentOf(int image) => images[image].ParentId is { } id && byId.TryGetValue(id, out var parent) ? parent : null;

    private Dictionary<string, int> ChainIds()
    {
        var ids = new string?[trie.Count];
        for (var node = 1; node < trie.Count; node++)
        {
            ids[node] = ChainId.Of(ids[trie.Parent(node)], trie.DiffId(node));
        }

        return ids.Index().Skip(1).ToDictionary(id => id.Item!, id => id.Index);
    }
}
