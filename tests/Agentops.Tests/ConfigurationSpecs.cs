using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agentops.Tests;

public sealed partial class ConfigurationSpecs : IDisposable
{
    private readonly TempFolder state = new();

    public void Dispose() => state.Dispose();

    [Fact]
    public void All_of_it_is_read()
    {
        var read = Configuration.Parse("""
            runtime: docker
            context: lab
            clean:
              keepImagesUsedWithin: 48h
              keepLast: 3
              pin: [my-agent, claude, my-agent]
            """);

        Assert.Equal(("docker", "lab", TimeSpan.FromHours(48), 3), (read.Runtime, read.Context, read.Clean.KeepImagesUsedWithin, read.Clean.KeepLast));
        Assert.Equal(["my-agent", "claude"], read.Clean.Pin);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    public void An_empty_file_sets_nothing(string text) => Assert.Same(Configuration.Default, Configuration.Parse(text));

    [Fact]
    public void Without_a_file_or_even_a_state_folder_nothing_is_set()
    {
        Assert.Same(Configuration.Default, Configuration.Read(state.Path));
        Assert.Same(Configuration.Default, Configuration.Read(state["none"]));
        Assert.Equal((null, null), (Configuration.Default.Clean.KeepImagesUsedWithin, Configuration.Default.Clean.KeepLast));
        Assert.Empty(Configuration.Default.Clean.Pin);
    }

    [Fact]
    public void The_file_is_read_in_the_state_folder()
    {
        File.WriteAllText(state["config.yaml"], "clean:\n  keepLast: 0\n");

        Assert.Equal(0, Configuration.Read(state.Path).Clean.KeepLast);
    }

    [Theory]
    [InlineData("runtime: dokcer", "config.yaml:1:10: runtime: expected docker, podman or apple, got 'dokcer'")]
    [InlineData("runtime: podman\ncontext: lab", "config.yaml:2:10: context: expected none, as a context is Docker's and the runtime is podman, got 'lab'")]
    [InlineData("runtime:", "config.yaml:1:9: runtime: expected docker, podman or apple, got nothing")]
    [InlineData("runtme: docker", "config.yaml:1:1: unknown key 'runtme', did you mean 'runtime'? (known: runtime, context, clean)")]
    [InlineData("context: [lab]", "config.yaml:1:10: context: expected the name of a Docker context such as colima, got a list")]
    [InlineData("clean: 7d", "config.yaml:1:8: clean: expected keys and values such as 'keepLast: 3', got '7d'")]
    [InlineData("clean:\n  keeplast: 3", "config.yaml:2:3: clean: unknown key 'keeplast', did you mean 'keepLast'? (known: keepImagesUsedWithin, keepLast, pin)")]
    [InlineData("clean:\n  keepLast: -1", "config.yaml:2:13: clean.keepLast: expected a number of runs such as 3, got '-1'")]
    [InlineData("clean:\n  keepLast: some", "config.yaml:2:13: clean.keepLast: expected a number of runs such as 3, got 'some'")]
    [InlineData("clean:\n  keepImagesUsedWithin: 2 days", "config.yaml:2:25: clean.keepImagesUsedWithin: expected a time such as 30m, 12h, 7d or 2w, got '2 days'")]
    [InlineData("clean:\n  pin: my-agent", "config.yaml:2:8: clean.pin: expected a list of agents such as [my-agent], got 'my-agent'")]
    [InlineData("clean:\n  pin: [ok, My Agent]", "config.yaml:2:13: clean.pin[2]: 'My Agent' is not a name for an agent: it takes 1 to 63 of a-z, 0-9, _ and -, and starts with a letter or digit. A valid one: my-agent")]
    [InlineData("runtime: docker\nruntime: podman", "config.yaml:2:1: 'runtime' is given twice")]
    [InlineData("docker", "config.yaml:1:1: expected keys and values such as 'runtime: docker', got 'docker'")]
    [InlineData("runtime: docker\n---\nruntime: podman", "config.yaml:2:1: a second document starts here; there is room for one")]
    [InlineData("clean:\n\tkeepLast: 3", "config.yaml:2:1: YAML is indented with spaces, not with tabs")]
    public void A_mistake_is_told_with_its_place(string text, string message) => Assert.Equal(message, Assert.Throws<UsageException>(() => Configuration.Parse(text)).Message);

    [Fact]
    public void A_file_that_cannot_be_read_is_no_reason_to_go_on_without_it()
    {
        Directory.CreateDirectory(state["config.yaml"]);

        Assert.Equal($"config.yaml is a folder: {state["config.yaml"]}", Assert.Throws<UsageException>(() => Configuration.Read(state.Path)).Message);
    }

    [Fact]
    public void A_file_of_the_other_ending_is_not_overlooked()
    {
        File.WriteAllText(state["config.yml"], "clean: {pin: [my-agent]}");

        Assert.Contains("which nothing reads. Rename it: mv '", Assert.Throws<UsageException>(() => Configuration.Read(state.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_shows_and_explains_every_key()
    {
        var page = Doc("config.md");
        var example = Configuration.Parse(Example().Match(page).Groups["text"].Value);

        Assert.NotNull(example.Runtime);
        Assert.NotNull(example.Context);
        Assert.NotNull(example.Clean.KeepImagesUsedWithin);
        Assert.NotNull(example.Clean.KeepLast);
        Assert.NotEmpty(example.Clean.Pin);
        Assert.Equal(
            ["runtime", "context", .. Configuration.KnownKeys["clean"].Select(key => $"clean.{key}")],
            page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]));
    }

    [Fact]
    public void The_schema_has_the_keys_that_are_read()
    {
        using var schema = JsonDocument.Parse(Doc("schemas/config.schema.json"));
        var properties = schema.RootElement.GetProperty("properties");

        Assert.Equal(Configuration.KnownKeys[""], properties.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Configuration.KnownKeys["clean"], properties.GetProperty("clean").GetProperty("properties").EnumerateObject().Select(property => property.Name));
    }

    private static string Doc(string path, [CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../docs", path));

    [GeneratedRegex(@"^```yaml\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Example();
}
