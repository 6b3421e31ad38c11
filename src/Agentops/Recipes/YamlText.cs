using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Agentops.Recipes;

/// <summary>Reads YAML into nodes that know their place.</summary>
/// <remarks>
/// Straight from the parser's events: depth is limited here (a thousand <c>[</c> would end the process with a stack overflow otherwise), and an alias is the very
/// node it names, so that aliases of aliases cost nothing.
/// </remarks>
internal sealed class YamlText
{
    private const int DeepestLevel = 32;

    private readonly string file;
    private readonly IParser parser;
    private readonly Dictionary<string, Node> anchors = [];

    private YamlText(string text, string file)
    {
        this.file = file;
        // Comments are of no use here.
        parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>Reads one document.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">The file as the user knows it.</param>
    /// <returns>Null when there is nothing but comments in it.</returns>
    /// <exception cref="UsageException">It is not YAML, or not one document; says where.</exception>
    public static Node? Parse(string text, string file)
    {
        var yaml = new YamlText(text, file);
        try
        {
            return yaml.Document();
        }
        catch (YamlException fault) when (fault.Message.Contains(" tab ", StringComparison.Ordinal) && TabAfter(text, fault.Start.Line) is { } tab)
        {
            // The scanner blames the start of what it was reading.
            throw new UsageException($"{file}:{tab.Line}:{tab.Column}: YAML is indented with spaces, not with tabs", fault);
        }
        catch (YamlException fault)
        {
            throw new UsageException($"{file}:{fault.Start.Line}:{fault.Start.Column}: {fault.Message.TrimEnd('.').ReplaceLineEndings(" ")}", fault);
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException or OverflowException)
        {
            // The scanner has faults of its own: "a: [1, 2" and "b: c" on the next line end in an InvalidOperationException.
            var place = yaml.parser.Current?.End ?? Mark.Empty;
            throw new UsageException($"{file}:{place.Line}:{place.Column}: this is no YAML after here", fault);
        }
    }

    private Node? Document()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        parser.Consume<DocumentStart>();
        var node = Value(level: 0);
        parser.Consume<DocumentEnd>();
        return parser.Accept<StreamEnd>(out _)
            ? node.Kind == NodeKind.Nothing ? null : node
            : throw At(parser.Current!, "a second document starts here; there is room for one");
    }

    private Node Value(int level)
    {
        var start = parser.Current!;
        if (level > DeepestLevel)
        {
            throw At(start, "nested too deep");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value.Value, out var named)
                ? named with { Line = (int)start.Start.Line, Column = (int)start.Start.Column }
                : throw At(start, $"no value is named '&{alias.Value.Value}' before this");
        }

        var node = parser.TryConsume<Scalar>(out var scalar) ? new Node((int)start.Start.Line, (int)start.Start.Column, IsNothing(scalar) ? NodeKind.Nothing : NodeKind.Scalar) { Text = scalar.Value }
            : parser.TryConsume<SequenceStart>(out _) ? List(start, level)
            : parser.TryConsume<MappingStart>(out _) ? Map(start, level)
            : throw At(start, "expected a value");
        if (start is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            anchors[anchored.Anchor.Value] = node;
        }

        return node;
    }

    private Node List(ParsingEvent start, int level)
    {
        var items = new List<Node>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Value(level + 1));
        }

        return new((int)start.Start.Line, (int)start.Start.Column, NodeKind.List) { Items = items };
    }

    private Node Map(ParsingEvent start, int level)
    {
        var entries = new List<(Node, Node)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            entries.Add((Value(level + 1), Value(level + 1)));
        }

        return new((int)start.Start.Line, (int)start.Start.Column, NodeKind.Map) { Entries = entries };
    }

    private UsageException At(ParsingEvent place, string fault) => new($"{file}:{place.Start.Line}:{place.Start.Column}: {fault}");

    // Only a plain scalar can be null; "null" in quotes is a word. https://yaml.org/spec/1.2.2/#1032-tag-resolution
    private static bool IsNothing(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private static (int Line, int Column)? TabAfter(string text, long line) => text.Split('\n')
        .Select((content, index) => (Line: index + 1, Column: content.Length - content.TrimStart(' ').Length + 1, content))
        .Where(candidate => candidate.Line >= line && candidate.content.TrimStart(' ').StartsWith('\t'))
        .Select(candidate => ((int, int)?)(candidate.Line, candidate.Column))
        .FirstOrDefault();
}
