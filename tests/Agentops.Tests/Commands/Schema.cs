using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Agentops.Tests.Commands;

/// <summary>Holds JSON to the schemas that ship in <c>docs/schemas</c>.</summary>
internal static class Schema
{
    /// <summary>Checks a document.</summary>
    /// <param name="name">Of the schema.</param>
    /// <param name="printed">The document, and nothing else.</param>
    public static void Check(string name, string printed)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(SourceFolder(), "../../../docs/schemas", name + ".schema.json")));
        using var document = JsonDocument.Parse(printed);

        Assert.Equal([], Faults(document.RootElement, schema.RootElement, "$"));
    }

    // The part of JSON Schema that ours use: type, const, enum, required, properties, items. A property that the schema does not know is a fault too: it is not documented.
    private static IEnumerable<string> Faults(JsonElement value, JsonElement schema, string path)
    {
        if (schema.TryGetProperty("type", out var type) && !Types(type).Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && Types(type).Contains("number")))
        {
            yield return $"{path} is {TypeOf(value)}, not {type}";
        }

        if (schema.TryGetProperty("const", out var constant) && constant.GetRawText() != value.GetRawText())
        {
            yield return $"{path} is {value}, not {constant}";
        }

        if (schema.TryGetProperty("enum", out var known) && !known.EnumerateArray().Any(word => word.GetRawText() == value.GetRawText()))
        {
            yield return $"{path} is {value}, none of {known}";
        }

        var inner = value.ValueKind switch
        {
            JsonValueKind.Object => OfObject(value, schema, path),
            JsonValueKind.Array => value.EnumerateArray().Index().SelectMany(item => Faults(item.Item, schema.GetProperty("items"), $"{path}[{item.Index}]")),
            _ => [],
        };
        foreach (var fault in inner)
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> OfObject(JsonElement value, JsonElement schema, string path) =>
        [
            .. schema.GetProperty("required").EnumerateArray().Where(name => !value.TryGetProperty(name.GetString()!, out _)).Select(name => $"{path}.{name} is missing"),
            .. value.EnumerateObject().SelectMany(property => schema.GetProperty("properties").TryGetProperty(property.Name, out var of)
                ? Faults(property.Value, of, $"{path}.{property.Name}")
                : [$"{path}.{property.Name} is not documented"]),
        ];

    private static string[] Types(JsonElement type) => type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(word => word.GetString()!)] : [type.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.Null => "null",
        _ => "boolean",
    };

    private static string SourceFolder([CallerFilePath] string me = "") => Path.GetDirectoryName(me)!;
}
