using Agentops.Terminal;

namespace Agentops.Images;

/// <summary>All layers of a runtime as a tree: a node is a layer together with all below it, as in <see cref="ChainId"/>, and an image is a path from the root.</summary>
/// <remarks>
/// Sizes are kept as sums from the root. Then the size of an image fixes its last node for certain, whatever histories leave open about the layers
/// between, and a sum that is open matters only where images part.
/// </remarks>
internal sealed class LayerTrie
{
    // The diff id of a tar archive without entries: a layer of no bytes on every engine.
    private const string EmptyTar = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

    /// <summary>The node below all layers.</summary>
    public const int Root = 0;

    private readonly List<Node> nodes;
    private readonly Dictionary<(int Parent, string DiffId), int> children;
    private bool sizesAreExact = true;

    /// <summary>Without layers yet.</summary>
    /// <param name="capacity">How many layers may come; more may.</param>
    public LayerTrie(int capacity)
    {
        nodes = new List<Node>(capacity + 1) { new(-1, "") { Most = 0, Total = 0 } };
        children = new Dictionary<(int Parent, string DiffId), int>(capacity);
    }

    /// <summary>Nodes, the root included; a node's number is greater than its parent's.</summary>
    public int Count => nodes.Count;

    /// <summary>The node below.</summary>
    /// <param name="node">Not the root.</param>
    /// <returns>The root for a lowest layer.</returns>
    public int Parent(int node) => nodes[node].Parent;

    /// <summary>The layer.</summary>
    /// <param name="node">Not the root.</param>
    /// <returns>Its diff id.</returns>
    public string DiffId(int node) => nodes[node].DiffId;

    /// <summary>How many layers lie directly on a node: where it is more than one, images part.</summary>
    /// <param name="node">A node.</param>
    /// <returns>Zero or more.</returns>
    public int Children(int node) => nodes[node].Children;

    /// <summary>Bytes from the root up to and with a node.</summary>
    /// <param name="node">A node.</param>
    /// <returns>The least it can be when it is not known for certain.</returns>
    public long Sum(int node) => nodes[node].Total ?? Math.Min(nodes[node].Least, nodes[node].Most);

    /// <summary>Whether <see cref="Sum"/> is certain.</summary>
    /// <param name="node">A node.</param>
    /// <returns>False for an estimate.</returns>
    public bool IsCertain(int node)
    {
        var what = nodes[node];
        // One wrong history among the images of a tree puts all that histories say of it in doubt, but not the sizes of the images.
        return what.Total is not null || (what.Least == what.Most && !nodes[what.Component].IsSuspect);
    }

    /// <summary>The images that end at a node say that it takes more than one that is built on it takes with it, and no history says what it does take.</summary>
    /// <param name="node">A node.</param>
    /// <returns>Never true where the sizes of images are those of their layers.</returns>
    public bool IsContradicted(int node) => nodes[node].IsContradicted;

    /// <summary>Adds an image.</summary>
    /// <param name="image">What is known of it.</param>
    /// <returns>The node of its last layer.</returns>
    public int Add(ImageLayers image)
    {
        var bounds = image.Size is { } known && image.Steps is { } steps
            ? LayerBounds.Of(image.Layers.Count, known, image.SizesAreExact ? steps : Scaled(steps, known))
            : null;
        sizesAreExact &= image.SizesAreExact;
        var node = Root;
        for (var layer = 0; layer < image.Layers.Count; layer++)
        {
            node = Child(node, image.Layers[layer]);
            Narrow(nodes[node], bounds?[layer] ?? new LayerBounds(0, long.MaxValue));
            nodes[node].IsTold |= bounds is not null && layer < image.Layers.Count - 1;
        }

        if (image.Size is { } size && node != Root)
        {
            // Where more counts than the layers, an image's size is the most that these can take, and the least of several is nearest.
            nodes[node].Total = image.SizesAreExact ? size.Bytes : Math.Min(nodes[node].Total ?? long.MaxValue, size.Bytes);
            Narrow(nodes[node], new LayerBounds(image.SizesAreExact ? size.Bytes : 0, size.Bytes));
        }

        return node;
    }

    /// <summary>Draws conclusions, once all images were added: a layer has no negative size.</summary>
    public void Settle()
    {
        // Upwards, downwards, and once more, as an empty layer passes on what it learns from either side.
        for (var round = 0; round < 2; round++)
        {
            for (var node = 1; node < nodes.Count; node++)
            {
                var (above, below) = (nodes[node], nodes[nodes[node].Parent]);
                above.Least = Math.Max(above.Least, below.Least);
                above.Most = above.DiffId == EmptyTar ? Math.Min(above.Most, below.Most) : above.Most;
            }

            for (var node = nodes.Count - 1; node > 0; node--)
            {
                var (above, below) = (nodes[node], nodes[nodes[node].Parent]);
                below.Most = Math.Min(below.Most, above.Most);
                below.Least = above.DiffId == EmptyTar ? Math.Max(below.Least, above.Least) : below.Least;
            }
        }

        foreach (var node in nodes.Where(node => node.Least > node.Most))
        {
            nodes[node.Component].IsSuspect = true;
        }

        foreach (var node in nodes.Where(node => !sizesAreExact && node.Total > node.Most))
        {
            (node.Total, node.IsContradicted) = (node.Most, !node.IsTold);
        }
    }

    // Where an image's size is more than its layers (the containerd store adds their compressed form), they share the rest in proportion.
    private static IReadOnlyList<ImageStep> Scaled(IReadOnlyList<ImageStep> steps, ByteSize size)
    {
        decimal told = steps.Sum(step => step.Size.Bytes);
        return told == 0 ? steps : [.. steps.Select(step => step with { Size = new ByteSize((long)(step.Size.Bytes / told * size.Bytes)) })];
    }

    private static void Narrow(Node node, LayerBounds bounds)
    {
        node.Least = Math.Max(node.Least, bounds.Least);
        node.Most = Math.Min(node.Most, bounds.Most);
    }

    private int Child(int parent, string diffId)
    {
        if (children.TryGetValue((parent, diffId), out var child))
        {
            return child;
        }

        child = nodes.Count;
        nodes.Add(new Node(parent, diffId) { Component = parent == Root ? child : nodes[parent].Component });
        nodes[parent].Children++;
        children[(parent, diffId)] = child;
        return child;
    }

    private sealed class Node(int parent, string diffId)
    {
        public int Parent => parent;

        public string DiffId => diffId;

        public int Component { get; init; }

        public long Least { get; set; }

        public long Most { get; set; } = long.MaxValue;

        /// <summary>The size of the images that end here, the least where they differ; null when none does.</summary>
        public long? Total { get; set; }

        /// <summary>A history of an image that goes on from here says what it takes.</summary>
        public bool IsTold { get; set; }

        public bool IsContradicted { get; set; }

        /// <summary>Of the lowest layer of all: something in the tree on it contradicts itself.</summary>
        public bool IsSuspect { get; set; }

        public int Children { get; set; }
    }
}
