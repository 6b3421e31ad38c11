using System.Runtime.CompilerServices;
using System.Text.Json;
using Agentops.Containers;

namespace Agentops.Tests.Commands;

/// <summary>Real output of each command with <c>--json</c>, held to the schema that ships in <c>docs/schemas</c>.</summary>
public sealed class SchemaSpecs : IDisposable
{
    private readonly Screen screen = new();

    public SchemaSpecs()
    {
        screen.Runtime.AddImage("agentops/base-busybox:1", new Dictionary<string, string> { [Labels.Ours] = "true", [Labels.Agent] = "x" });
        screen.Runtime.AddImage(null, new Dictionary<string, string> { [Labels.Ours] = "true" });
        var labels = new Dictionary<string, string> { [Labels.Run] = "orphan00" };
        screen.Runtime.AddContainer(new ContainerSpec("agentops-orphan00", "agentops/base-busybox:1", labels), ContainerState.Exited, exitCode: 1);
        screen.Store.TryCreate(Given.Id("stopped0"), Given.Record("stopped0", ended: Given.Now, exitCode: 0) with { Command = ["sh"] });
        screen.Store.TryCreate(Given.Id("elsewher"), Given.Record("elsewher", endpoint: "ssh://build-host"));
        screen.Store.TryCreate(Given.Id("broken00"), Given.Record("another0"));
    }

    public void Dispose() => screen.Dispose();

    [Theory]
    [InlineData("agent status --json", "status")]
    [InlineData("agent why stopped0 --json", "why")]
    [InlineData("agent why agentops/base-busybox:1 --json", "why")]
    [InlineData("agent why agentops-orphan00 --json", "why")]
    [InlineData("agent list --json", "list")]
    [InlineData("agent system images --json", "system-images")]
    [InlineData("agent system containers --json", "system-containers")]
    public async Task Output_is_as_its_schema_says(string line, string schema)
    {
        await screen.Type(line);

        Check(schema);
    }

    [Theory]
    [InlineData("agent clean --dry-run --json", "clean-plan")]
    [InlineData("agent clean --plan plan.json --json", "clean-plan")]
    [InlineData("agent clean --force --json", "clean-report")]
    public async Task What_clean_prints_is_as_its_schema_says(string line, string schema)
    {
        // A record that cannot be read is told on standard error, which a screen shows too.
        Directory.Delete(screen.Store.FolderOf(Given.Id("broken00")), recursive: true);
        Population.OfTheDesign(screen);
        screen.Runtime.Fail("RemoveImage", new RuntimeRefusalException(RuntimeRefusal.Other, "no"));
        await screen.Type(line);

        Check(schema);
    }

    [Fact]
    public async Task A_failure_is_as_its_schema_says()
    {
        screen.NoRuntime = new RuntimeUnavailableException("No container runtime answers.");
        await screen.Type("agent list --json");

        Check("error");
    }

    private void Check(string name)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(SourceFolder(), "../../../docs/schemas", name + ".schema.json")));
        using var document = JsonDocument.Parse(screen.Printed);

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
