using System.Text;
using System.Text.Json;

namespace Agentops.Recipes;

/// <summary>Reads JSON with comments and trailing commas into nodes that know their place.</summary>
internal static class JsonText
{
    /// <summary>Reads one value.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">The file as the user knows it.</param>
    /// <returns>Of a key that comes twice, the last value counts, as everywhere in JSON.</returns>
    /// <exception cref="UsageException">It is not JSON; says where.</exception>
    public static Node Parse(string text, string file)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 });
        try
        {
            reader.Read();
            var node = Value(ref reader, bytes);
            reader.Read();
            return node;
        }
        catch (JsonException fault)
        {
            // "'b' is an invalid start of a value. LineNumber: 2 | BytePositionInLine: 11.": the place is said in front.
            var reason = fault.Message.Split(" LineNumber:")[0].TrimEnd('.').ReplaceLineEndings(" ");
            throw new UsageException($"{file}:{fault.LineNumber + 1}:{fault.BytePositionInLine + 1}: {reason}", fault);
        }
    }

    private static Node Value(ref Utf8JsonReader reader, byte[] bytes)
    {
        var (line, column) = Place(bytes, (int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var entries = new Dictionary<string, (Node, Node)>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var (keyLine, keyColumn) = Place(bytes, (int)reader.TokenStartIndex);
                    var key = new Node(keyLine, keyColumn, NodeKind.Scalar) { Text = reader.GetString()! };
                    reader.Read();
                    entries[key.Text] = (key, Value(ref reader, bytes));
                }

                return new(line, column, NodeKind.Map) { Entries = [.. entries.Values] };
            case JsonTokenType.StartArray:
                var items = new List<Node>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Value(ref reader, bytes));
                }

                return new(line, column, NodeKind.List) { Items = items };
            case JsonTokenType.Null:
                return new(line, column, NodeKind.Nothing);
            case JsonTokenType.String:
                return new(line, column, NodeKind.Scalar) { Text = reader.GetString()! };
            default:
                return new(line, column, NodeKind.Scalar) { Text = Encoding.UTF8.GetString(reader.ValueSpan) };
        }
    }

    private static (int Line, int Column) Place(byte[] bytes, int index)
    {
        var before = bytes.AsSpan(0, index);
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1);
    }
}
