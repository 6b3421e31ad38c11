using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed partial class DocumentationSpecs
{
    [Theory]
    [InlineData("", "")]
    [InlineData("dockerfile", "properties.dockerfile.oneOf.1")]
    [InlineData("secrets", "properties.secrets.items.oneOf.1")]
    [InlineData("mounts", "properties.mounts.items.oneOf.1")]
    [InlineData("resources", "properties.resources")]
    [InlineData("security", "properties.security")]
    public void The_schema_has_the_keys_that_are_read(string key, string place)
    {
        using var schema = JsonDocument.Parse(Doc("schemas/agent.schema.json"));
        var element = place.Split('.', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(schema.RootElement, (at, step) => int.TryParse(step, out var index) ? at[index] : at.GetProperty(step));

        Assert.False(element.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal(AgentFile.KnownKeys[key], element.GetProperty("properties").EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public void The_schema_knows_the_bases_that_there_are()
    {
        using var schema = JsonDocument.Parse(Doc("schemas/agent.schema.json"));
        var pattern = schema.RootElement.GetProperty("properties").GetProperty("base").GetProperty("pattern").GetString()!;

        Assert.Contains($"({string.Join('|', BaseImage.All.Select(image => image.Name))})", pattern);
        Assert.All(BaseImage.All, image => Assert.Matches(pattern, image.Text));
    }

    [Theory]
    [InlineData("agent-yaml.md")]
    [InlineData("built-in-agents.md")]
    public void Every_example_in_the_documentation_can_be_read(string page)
    {
        using var folder = new TemporaryFolder();
        folder.Write("docker/Dockerfile", "FROM scratch");
        var examples = Example().Matches(Doc(page));

        Assert.NotEmpty(examples);
        Assert.All(examples, example => AgentFile.Parse(example.Groups["text"].Value, folder.Path, "/home/me", null));
    }

    [Fact]
    public void The_page_explains_every_key()
    {
        var page = Doc("agent-yaml.md");
        var headings = Heading().Matches(page).SelectMany(match => match.Groups["keys"].Value.Split(", "));

        Assert.Equal(AgentFile.KnownKeys[""].Order(), headings.Order());
        Assert.All(AgentFile.KnownKeys.Values.SelectMany(keys => keys), key => Assert.Contains(key, page));
    }

    [Fact]
    public void The_page_lists_every_base_with_its_version_and_image()
    {
        var page = Doc("agent-yaml.md");

        Assert.All(BaseImage.All, image => Assert.Contains($"| `{image.Name}` | `{image.Version}` | `{image.PublicImage}` | {image.PackageManager.ToString().ToLowerInvariant()} |", page));
    }

    [Fact]
    public void The_list_of_built_in_agents_is_the_one_there_is()
    {
        var rows = Doc("built-in-agents.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();

        Assert.Equal(BuiltInAgents.All.Select(agent => agent.Name), rows.Select(row => row.Split('`')[1]));
        Assert.All(rows.Zip(BuiltInAgents.All), pair =>
        {
            Assert.StartsWith($"| `{pair.Second.Name}` | {pair.Second.Title} | `{pair.Second.Base}` |", pair.First);
            Assert.EndsWith($"| `{string.Join(' ', pair.Second.Command)}` | {string.Join(", ", pair.Second.Secrets.Select(secret => $"`{secret}`"))} |", pair.First);
        });
    }

    [Fact]
    public void Every_built_in_agent_is_a_recipe()
    {
        Assert.All(BuiltInAgents.All, agent =>
        {
            var recipe = BuiltInAgents.Recipe(agent);
            Assert.Contains("RUN ", RenderedRecipe.Of(recipe, TestContext.Current.CancellationToken).Dockerfile);
            Assert.All(recipe.Secrets, secret => Assert.True(secret.Optional));
            Assert.Equal(agent, BuiltInAgents.Find(agent.Name));
        });
    }

    private static string Doc(string path, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs", path));

    [GeneratedRegex(@"^```yaml\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();

    [GeneratedRegex(@"^### (?<keys>[a-z, ]+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();
}
