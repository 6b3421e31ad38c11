namespace Agentops.Recipes;

/// <summary>A value on its way from a file into a <see cref="Recipe"/> or a <see cref="Configuration"/>; its faults say where they are: <c>agent.yaml:5:14: resources.memory: expected …</c>.</summary>
/// <param name="File">The file as the user knows it.</param>
/// <param name="Path">The keys down to it, joined by dots; empty for the whole file.</param>
/// <param name="Node">The value.</param>
internal sealed record Field(string File, string Path, Node Node)
{
    /// <summary>Where it is: what a fault starts with.</summary>
    public string Where => Path.Length == 0 ? Place(Node) : $"{Place(Node)}: {Path}";

    /// <summary>A fault of the value.</summary>
    /// <param name="what">What would have been right.</param>
    /// <returns>To be thrown.</returns>
    public UsageException Expected(string what) => new($"{Where}: expected {what}, got {Got()}");

    /// <summary>A fault of the value.</summary>
    /// <param name="fault">What is wrong.</param>
    /// <returns>To be thrown.</returns>
    public UsageException Fault(string fault) => new($"{Where}: {fault}");

    /// <summary>The value as text.</summary>
    /// <param name="what">What is expected, with an example.</param>
    /// <returns>Never empty; numbers and truth values as they were written.</returns>
    public string Text(string what) => AnyText(what) is { Length: > 0 } text && !string.IsNullOrWhiteSpace(text) ? text : throw Expected(what);

    /// <summary>The value as text that may be empty.</summary>
    /// <param name="what">What is expected, with an example.</param>
    /// <returns>Without NUL characters, which neither an argument nor a variable can hold.</returns>
    public string AnyText(string what) =>
        Node.Kind != NodeKind.Scalar ? throw Expected(what)
        : Node.Text.Contains('\0') ? throw Fault("a NUL character cannot be part of it")
        : Node.Text;

    /// <summary>The value as true or false.</summary>
    /// <returns>The value.</returns>
    public bool Flag() => Node.Kind == NodeKind.Scalar && bool.TryParse(Node.Text, out var flag) ? flag : throw Expected("true or false");

    /// <summary>The value as a list.</summary>
    /// <param name="what">What is expected, with an example.</param>
    /// <returns>Its items; the path of each is that of the list with its number, from 1.</returns>
    public IReadOnlyList<Field> List(string what) => Node.Kind == NodeKind.List
        ? [.. Node.Items.Select((item, index) => new Field(File, $"{Path}[{index + 1}]", item))]
        : throw Expected(what);

    /// <summary>The value as keys and values, whatever the keys are.</summary>
    /// <param name="what">What is expected, with an example.</param>
    /// <returns>In the order of the file; each key is there once.</returns>
    public IReadOnlyDictionary<string, Field> Map(string what)
    {
        if (Node.Kind != NodeKind.Map)
        {
            throw Expected(what);
        }

        var fields = new Dictionary<string, Field>();
        foreach (var (key, value) in Node.Entries)
        {
            if (key.Kind != NodeKind.Scalar)
            {
                throw new UsageException($"{Place(key)}: {Prefix}a key must be a word");
            }

            if (key.Text == "<<")
            {
                throw new UsageException($"{Place(key)}: {Prefix}'<<' does not merge here: write the keys out");
            }

            if (!fields.TryAdd(key.Text, new(File, Path.Length == 0 ? key.Text : $"{Path}.{key.Text}", value)))
            {
                throw new UsageException($"{Place(key)}: {Prefix}'{key.Text}' is given twice");
            }
        }

        return fields;
    }

    /// <summary>The value as keys and values, of which the keys are known.</summary>
    /// <param name="what">What is expected, with an example.</param>
    /// <param name="known">All keys there can be.</param>
    /// <returns>Those that are there.</returns>
    public IReadOnlyDictionary<string, Field> Map(string what, IReadOnlyList<string> known)
    {
        var fields = Map(what);
        foreach (var (key, _) in Node.Entries)
        {
            if (!known.Contains(key.Text))
            {
                var guess = Nearest.To(key.Text, known) is { } near ? $", did you mean '{near}'?" : "";
                throw new UsageException($"{Place(key)}: {Prefix}unknown key '{key.Text}'{guess} (known: {string.Join(", ", known)})");
            }
        }

        return fields;
    }

    private string Prefix => Path.Length == 0 ? "" : $"{Path}: ";

    private string Place(Node node) => $"{File}:{node.Line}:{node.Column}";

    private string Got() => Node.Kind switch
    {
        NodeKind.Nothing => "nothing",
        NodeKind.List => "a list",
        NodeKind.Map => "a mapping",
        _ => $"'{Shorten(Node.Text)}'",
    };

    // A file that is not YAML at all can be one scalar of a megabyte.
    private static string Shorten(string text) => text.Length <= 60 ? text : text[..59] + "…";
}
