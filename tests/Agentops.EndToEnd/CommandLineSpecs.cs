namespace Agentops.EndToEnd;

public sealed class CommandLineSpecs
{
    [Fact]
    public async Task Version_and_help_need_no_engine()
    {
        await using var desk = Desk.Plain();
        desk.Set("DOCKER_HOST", "unix:///nowhere.sock");
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", (await desk.Run("--version")).Expect(0).Out);
        var help = (await desk.Run("--help")).Expect(0);
        foreach (var command in new[] { "run", "list", "logs", "stop", "attach", "exec" })
        {
            Assert.Contains($"\n  {command}", help.Out, StringComparison.Ordinal);
        }

        Assert.Equal("", help.Error);
        Assert.Contains("--rebuild", (await desk.Run("run", "--help")).Expect(0).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--tiemout", "3")]
    [InlineData("run", "e2e", "--evn")]
    [InlineData("list", "--no-such")]
    [InlineData("--no-such")]
    public async Task An_unknown_option_before_the_command_is_a_usage_error(params string[] arguments)
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run(arguments)).Expect(2);
        Assert.Contains(arguments.First(word => word.StartsWith("--", StringComparison.Ordinal)), outcome.Error, StringComparison.Ordinal);
        Assert.Contains("--help", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", outcome.Out);
        Assert.Empty(await desk.Containers());
    }

    [Fact]
    public async Task An_option_after_the_dashes_is_the_commands_own()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", ".", "--", "echo", "--tiemout", "--help", "-d")).Expect(0);
        Assert.Equal("--tiemout --help -d\n", outcome.Out);
    }

    [Theory]
    [InlineData("statsu")]
    [InlineData("lsit")]
    public async Task An_unknown_command_is_a_usage_error(string command)
    {
        await using var desk = Desk.Plain();
        Assert.Contains(command, (await desk.Run(command)).Expect(2).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MyAgent")]
    [InlineData("my agent")]
    [InlineData("my/agent")]
    [InlineData("-agent")]
    public async Task A_name_that_is_none_is_a_usage_error(string name)
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", name, ".", "--", "true")).Expect(2);
        Assert.Empty(await desk.Containers());
    }

    [Fact]
    public async Task A_name_with_capitals_is_told_a_valid_one()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", "MyAgent", ".", "--", "true")).Expect(2);
        Assert.Contains("myagent", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_recipe_is_told_what_a_recipe_looks_like()
    {
        await using var desk = Desk.Plain();
        File.Delete(Path.Combine(desk.Workspace, "agent.yaml"));
        var outcome = await desk.Run("run", "nobody", ".");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains("agent.yaml", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("base:", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(await desk.Containers());
    }

    [Theory]
    [InlineData("resources:\n  memory: lots", "agent.yaml:4:11: resources.memory: expected a size such as 4GB, got 'lots'")]
    [InlineData("packges: [git]", "agent.yaml:3:1: ")]
    [InlineData("setup: [", "agent.yaml:")]
    public async Task A_recipe_that_cannot_be_read_is_told_with_line_and_column(string recipe, string message)
    {
        await using var desk = Desk.WithOwnAgent(recipe);
        var outcome = await desk.Run("run", ".", "--", "true");
        Assert.True(outcome.ExitCode is 2 or 125, outcome.ToString());
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_name_comes_from_the_recipe_when_only_a_path_is_given()
    {
        await using var desk = Desk.WithOwnAgent();
        var run = await desk.Detach(desk.Workspace, "--", "true");
        Assert.Equal(desk.Agent, Assert.Single(await desk.Runs()).GetProperty("agent").GetString());
        Assert.Equal("/agentops-" + run, (await desk.Engine.Container($"agentops-{run}")).GetProperty("Name").GetString());
    }

    [Fact]
    public async Task What_it_makes_carries_its_labels()
    {
        await using var desk = Desk.WithOwnAgent();
        var run = await desk.Detach(".", "--", "true");
        var labels = (await desk.Engine.Container($"agentops-{run}")).GetProperty("Config").GetProperty("Labels");
        Assert.Equal("true", labels.GetProperty("agentops").GetString());
        Assert.Equal(run, labels.GetProperty("agentops.run").GetString());
        Assert.Equal(desk.Agent, labels.GetProperty("agentops.agent").GetString());
        Assert.Equal((await File.ReadAllTextAsync(Path.Combine(desk.State, "installation"), TestContext.Current.CancellationToken)).Trim(), labels.GetProperty("agentops.installation").GetString());
        Assert.NotEmpty(labels.GetProperty("agentops.version").GetString()!);

        var image = (await desk.Engine.Get($"images/{desk.Image}/json"))!.Value.GetProperty("Config").GetProperty("Labels");
        Assert.Equal("true", image.GetProperty("agentops").GetString());
        Assert.Equal(desk.Agent, image.GetProperty("agentops.agent").GetString());
        Assert.NotEmpty(image.GetProperty("agentops.recipe").GetString()!);
    }

    [Fact]
    public async Task Output_into_a_closed_pipe_is_no_crash()
    {
        await using var desk = Desk.Plain();
        var outcome = await desk.Shell("agent --help | true; echo fine");
        Assert.Equal("fine\n", outcome.Out);
        Assert.DoesNotContain("Unhandled", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }
}
