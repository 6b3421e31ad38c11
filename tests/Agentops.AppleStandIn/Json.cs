using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agentops.AppleStandIn;

/// <summary>Prints JSON as Foundation does, in the ways of each release.</summary>
internal static class Json
{
    private static readonly DateTimeOffset Reference = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>One document with its line end.</summary>
    public static string Print(JsonNode node, Release release, bool pretty)
    {
        var text = new StringBuilder();
        Write(text, node, release, pretty, 0);
        return text.Append('\n').ToString();
    }

    /// <summary>An instant: seconds since 2001 before 1.0.0, then ISO 8601 in whole seconds.</summary>
    public static JsonNode Date(DateTimeOffset instant, Release release) => release.IsNewEra
        ? JsonValue.Create(instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
        : JsonValue.Create((instant - Reference).TotalSeconds);

    public static JsonArray Strings(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];

    public static JsonObject Map(IEnumerable<KeyValuePair<string, string>> pairs) => new(pairs.Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key, pair.Value)));

    private static void Write(StringBuilder text, JsonNode? node, Release release, bool pretty, int depth)
    {
        void Break(int to) => text.Append(pretty ? "\n" + new string(' ', 2 * to) : "");
        switch (node)
        {
            case JsonObject map:
                // Sorted since 1.0.0; before it, and then too where it is pretty, as it comes.
                KeyValuePair<string, JsonNode?>[] members = [.. map.OrderBy(member => member.Key, StringComparer.Ordinal)];
                if (!release.IsNewEra && !pretty)
                {
                    Random.Shared.Shuffle(members);
                }

                text.Append('{');
                Between(text, members, member =>
                {
                    Break(depth + 1);
                    Quote(text, member.Key, release);
                    text.Append(pretty ? " : " : ":");
                    Write(text, member.Value, release, pretty, depth + 1);
                });
                Break(members.Length > 0 ? depth : 0);
                text.Append('}');
                break;
            case JsonArray list:
                text.Append('[');
                Between(text, [.. list], item =>
                {
                    Break(depth + 1);
                    Write(text, item, release, pretty, depth + 1);
                });
                // Foundation leaves an empty line in an empty one.
                text.Append(pretty && list.Count == 0 ? "\n" : "");
                Break(depth);
                text.Append(']');
                break;
            case JsonValue value when value.GetValueKind() is JsonValueKind.String:
                Quote(text, value.GetValue<string>(), release);
                break;
            case null:
                throw new InvalidOperationException("What is not there is left out, never null.");
            default:
                text.Append(node.ToJsonString());
                break;
        }
    }

    private static void Between<T>(StringBuilder text, T[] items, Action<T> write)
    {
        for (var index = 0; index < items.Length; index++)
        {
            text.Append(index > 0 ? "," : "");
            write(items[index]);
        }
    }

    private static void Quote(StringBuilder text, string value, Release release)
    {
        var quoted = $"\"{JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
        text.Append(release.Since(1, 4, 1) ? quoted : quoted.Replace("/", "\\/", StringComparison.Ordinal));
    }
}
