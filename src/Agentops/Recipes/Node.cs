namespace Agentops.Recipes;

/// <summary>What a value of a recipe file is made of.</summary>
internal enum NodeKind
{
    /// <summary>No value: <c>key:</c>, <c>~</c> or <c>null</c>.</summary>
    Nothing,

    /// <summary>A text, number or truth value, as it was written.</summary>
    Scalar,

    /// <summary>A list.</summary>
    List,

    /// <summary>Keys and values.</summary>
    Map,
}

/// <summary>A value of a recipe file and its place; the same for YAML and JSON.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Kind">Which of the next three counts.</param>
internal sealed record Node(int Line, int Column, NodeKind Kind)
{
    /// <summary>Of a scalar.</summary>
    public string Text { get; init; } = "";

    /// <summary>Of a list.</summary>
    public IReadOnlyList<Node> Items { get; init; } = [];

    /// <summary>Of a map, in the order of the file; a key may come twice.</summary>
    public IReadOnlyList<(Node Key, Node Value)> Entries { get; init; } = [];
}
