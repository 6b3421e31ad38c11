using System.Diagnostics;
using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class RecipeFinderSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Agent_yaml_goes_before_a_devcontainer_and_a_devcontainer_before_a_built_in_agent()
    {
        Assert.Equal("built-in agent claude", Find("claude").Origin);

        folder.Write(".devcontainer.json", "{ \"image\": \"a\" }");
        Assert.Equal(".devcontainer.json", Find("claude").Origin);

        folder.Write(".devcontainer/devcontainer.json", "{ \"image\": \"a\" }");
        Assert.Equal(".devcontainer/devcontainer.json", Find("claude").Origin);
        Assert.Equal([".devcontainer/devcontainer.json of the workspace is used, not the built-in agent claude"], Find("claude").Notes);

        folder.Write("agent.yaml", "base: go");
        Assert.Equal("agent.yaml", Find("claude").Origin);
        Assert.Equal("claude", Find("claude").Agent.Text);
        Assert.Equal(["agent.yaml of the workspace is used, not the built-in agent claude"], Find("claude").Notes);
    }

    [Fact]
    public void A_command_alone_runs_on_the_default_base_under_the_folders_name()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "My Project"));
        var recipe = RecipeFinder.Find(Path.Combine(folder.Path, "My Project"), null, hasCommand: true, Surroundings());

        Assert.Equal("my-project", recipe.Agent.Text);
        Assert.Equal("default base", recipe.Origin);
        Assert.Equal(new Foundation.OnBase(new("debian", "12")), recipe.Foundation);
    }

    [Fact]
    public void A_folder_called_like_a_built_in_agent_is_not_that_agent()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "claude"));

        Assert.Throws<UsageException>(() => RecipeFinder.Find(Path.Combine(folder.Path, "claude"), null, hasCommand: false, Surroundings()));
    }

    [Fact]
    public void Without_a_recipe_the_answer_shows_how_to_write_one()
    {
        var fault = Assert.Throws<UsageException>(() => Find("cluade"));

        Assert.Equal(
            $"There is no agent.yaml in {folder.Path}, and no built-in agent cluade. Did you mean claude? Built in: aider, claude, codex, copilot, gemini, opencode, qwen. "
            + $"Or describe your own in {folder.Path}/agent.yaml:\n\n{AgentFile.Minimal}",
            fault.Message);
        Assert.Equal(ExitCode.Usage, fault.ExitCode);
    }

    [Fact]
    public void A_file_that_is_called_agent_yml_is_pointed_at()
    {
        folder.Write("agent.yml", "base: go");

        Assert.StartsWith($"There is no agent.yaml in {folder.Path} (there is an agent.yml: rename it to agent.yaml), and no agent is named.", Assert.Throws<UsageException>(() => Find(null)).Message);
    }

    [Fact]
    public void A_workspace_that_is_missing_or_a_file_is_refused()
    {
        var file = folder.Write("file", "");

        Assert.Equal($"There is no folder {folder.Path}/no to be the workspace", Refused($"{folder.Path}/no"));
        Assert.Equal($"The workspace {file} is a file; a run works on a folder", Refused(file));
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("a,b")]
    [InlineData("a b")]
    [InlineData("äöü")]
    public void A_workspace_of_any_name_works(string name)
    {
        folder.Write($"{name}/agent.yaml", "mounts: [x:/x]");

        Assert.Equal($"{folder.Path}/{name}/x", RecipeFinder.Find(Path.Combine(folder.Path, name), null, false, Surroundings()).Mounts.Single().Source);
    }

    [Fact]
    public void An_agent_yaml_that_cannot_be_a_file_of_text_is_refused()
    {
        var path = Path.Combine(folder.Path, "agent.yaml");

        Directory.CreateDirectory(path);
        Assert.Equal($"agent.yaml is a folder: {path}", Refused(folder.Path));
        Directory.Delete(path);

        using (var made = Process.Start("mkfifo", [path]))
        {
            made.WaitForExit();
        }

        Assert.Equal($"agent.yaml is not a regular file: {path}", Refused(folder.Path));
        File.Delete(path);

        File.CreateSymbolicLink(path, "nowhere");
        Assert.Equal($"agent.yaml does not exist: {path}", Refused(folder.Path));
        File.Delete(path);

        File.WriteAllBytes(path, [0x62, 0xFF, 0xFE]);
        Assert.Equal($"agent.yaml is not UTF-8 text: {path}", Refused(folder.Path));

        File.WriteAllText(path, new string('#', 1_000_001));
        Assert.Equal($"agent.yaml is larger than 1 MB, which none needs to be: {path}", Refused(folder.Path));
    }

    private Recipe Find(string? agent) => RecipeFinder.Find(folder.Path, agent is null ? null : AgentName.Parse(agent), hasCommand: false, Surroundings());

    private static string Refused(string workspace) =>
        Assert.Throws<UsageException>(() => RecipeFinder.Find(workspace, null, hasCommand: true, Surroundings())).Message;

    private static Surroundings Surroundings() => new(new Dictionary<string, string>(), "/", "/home/me", 1000, 1000);
}
