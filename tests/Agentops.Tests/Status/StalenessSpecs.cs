using System.Diagnostics;
using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Status;

namespace Agentops.Tests.Status;

public sealed class StalenessSpecs : IDisposable
{
    private const string BaseReference = "agentops/base-node:22";
    private const string BaseId = "sha256:ba5e";
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_image_is_fresh_when_recipe_and_base_are_those_it_was_built_from() => Assert.Null(Of("base: node:22\n"));

    [Theory]
    [InlineData("base: node:22\npackages: [jq]\n", "packages changed in agent.yaml")]
    [InlineData("base: node:22\nsetup: [make]\n", "setup changed in agent.yaml")]
    [InlineData("base: node:24\n", "the base is now node:24")]
    [InlineData("image: debian:12\n", "agent.yaml now names image debian:12")]
    public void A_recipe_that_changed_makes_it_stale(string recipe, string why) => Assert.Equal(why, Of(recipe));

    [Fact]
    public void What_is_given_to_each_run_changes_nothing() => Assert.Null(Of("base: node:22\ncommand: [sh]\nenv:\n  A: b\nresources:\n  cpus: 2\n"));

    [Fact]
    public void A_base_that_is_another_one_now_makes_it_stale_with_or_without_its_recipe()
    {
        const string Why = "base image agentops/base-node:22 is another one";

        Assert.Equal(Why, Of("base: node:22\n", _ => "sha256:other"));
        Assert.Equal(Why, Staleness.Of(Built(), null, _ => "sha256:other", Surroundings, CancellationToken.None));
        Assert.Equal(Why, Staleness.Of(Built(), folder["nowhere"], _ => "sha256:other", Surroundings, CancellationToken.None));
    }

    [Fact]
    public void A_base_that_is_not_there_proves_nothing() => Assert.Null(Of("base: node:22\n", _ => null));

    [Theory]
    [InlineData("base: [\n")]
    [InlineData("bse: node:22\n")]
    [InlineData("name: '\u001b[31m'\n")]
    public void A_recipe_that_is_wrong_proves_nothing_and_the_base_still_does(string recipe)
    {
        Assert.Null(Of(recipe));
        Assert.Equal("base image agentops/base-node:22 is another one", Of(recipe, _ => "sha256:other"));
    }

    [Fact]
    public void A_recipe_that_is_a_pipe_is_not_waited_for()
    {
        using (var made = Process.Start("mkfifo", [folder["agent.yaml"]]))
        {
            made.WaitForExit();
        }

        Assert.Null(Staleness.Of(Built(), folder.Path, _ => BaseId, Surroundings, CancellationToken.None));
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("")]
    [InlineData("\u001b[31m")]
    public void A_label_that_names_no_agent_finds_no_recipe(string agent)
    {
        File.WriteAllText(folder["agent.yaml"], "base: node:24\n");

        Assert.Null(Staleness.Of(Built(agent), folder.Path, _ => BaseId, Surroundings, CancellationToken.None));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2;total=00")]
    [InlineData("nonsense")]
    public void What_cannot_be_read_of_how_it_was_built_proves_nothing(string? label)
    {
        File.WriteAllText(folder["agent.yaml"], "base: node:24\n");
        var image = Built();
        var labels = new Dictionary<string, string>(image.Image.Labels);
        labels.Remove(Labels.Recipe);
        if (label is not null)
        {
            labels[Labels.Recipe] = label;
        }

        Assert.Null(Staleness.Of(image with { Image = image.Image with { Labels = labels } }, folder.Path, _ => "sha256:other", Surroundings, CancellationToken.None));
    }

    [Fact]
    public void A_file_that_a_Dockerfile_copies_makes_it_stale_when_it_changed()
    {
        File.WriteAllText(folder["agent.yaml"], "dockerfile: Dockerfile\n");
        File.WriteAllText(folder["Dockerfile"], "FROM debian:12\nCOPY app /app\n");
        File.WriteAllText(folder["app"], "one");
        var recipe = RecipeFinder.Find(folder.Path, AgentName.Parse("my-agent"), hasCommand: true, Surroundings);
        var rendered = RenderedRecipe.Of(recipe, CancellationToken.None);
        var image = Built(fingerprint: RecipeFingerprint.Of(recipe, rendered, rendered.BaseReferences.Distinct().ToDictionary(reference => reference, string? (_) => null), CancellationToken.None));

        Assert.Null(Staleness.Of(image, folder.Path, _ => null, Surroundings, CancellationToken.None));
        File.WriteAllText(folder["app"], "two");
        Assert.Equal("app changed", Staleness.Of(image, folder.Path, _ => null, Surroundings, CancellationToken.None));
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Staleness.Of(image, folder.Path, _ => null, Surroundings, stopped.Token));
    }

    [Fact]
    public void Its_recipe_is_looked_for_where_its_agent_ran_last()
    {
        RunEntry Entry(string id, string agent, string workspace, int daysAgo) =>
            new(Given.Id(id), Given.Record(id, agent: agent) with { Workspace = workspace, CreatedAt = Given.Now.AddDays(-daysAgo) }, null);

        var workspaces = Staleness.Workspaces(
            [Entry("older000", "my-agent", "/older", 3), Entry("newer000", "my-agent", "/newer", 2), new(Given.Id("broken00"), null, "cut short"), Entry("oldest00", "my-agent", "/oldest", 4), Entry("newest00", "other", "/other", 1)]);

        Assert.Equal(new Dictionary<string, string> { ["my-agent"] = "/newer", ["other"] = "/other" }, workspaces);
    }

    private static Surroundings Surroundings { get; } = new(new Dictionary<string, string>(), "/", "/home/user", 1000, 1000);

    private string? Of(string recipe, Func<string, string?>? idOf = null)
    {
        File.WriteAllText(folder["agent.yaml"], recipe);
        return Staleness.Of(Built(), folder.Path, idOf ?? (reference => reference == BaseReference ? BaseId : null), Surroundings, CancellationToken.None);
    }

    // From "base: node:22" alone, unless it is said.
    private static InventoryImage Built(string agent = "my-agent", RecipeFingerprint? fingerprint = null)
    {
        var recipe = Given.Recipe();
        fingerprint ??= RecipeFingerprint.Of(recipe, RenderedRecipe.Of(recipe, CancellationToken.None), new Dictionary<string, string?> { [BaseReference] = BaseId }, CancellationToken.None);
        var image = Given.OurImage();
        return image with { Image = image.Image with { Labels = new Dictionary<string, string>(image.Image.Labels) { [Labels.Agent] = agent, [Labels.Recipe] = fingerprint.ToLabel() } } };
    }
}
