using System.Security.Cryptography;
using System.Text;
using Agentops.Completing;

namespace Agentops.Tests.Completing;

/// <summary>What is offered where the cursor is; how shells show it is tried in real ones, end to end.</summary>
public sealed class CompletionSpecs : IDisposable
{
    private readonly Screen screen = new();

    public CompletionSpecs()
    {
        screen.Store.TryCreate(Given.Id("a1b2c3d4"), Given.Record("a1b2c3d4", "my-agent", created: Given.Now.AddHours(-2)));
        screen.Store.TryCreate(Given.Id("a5b6c7d8"), Given.Record("a5b6c7d8", "my-agent", created: Given.Now.AddHours(-1)));
        screen.Store.TryCreate(Given.Id("e5f6g7h8"), Given.Record("e5f6g7h8", "scraper-2", "scraper"));
    }

    public void Dispose() => screen.Dispose();

    [Theory]
    [InlineData("", "run status clean list logs stop attach exec cp why system doctor completion")]
    [InlineData("st", "status stop")]
    [InlineData("system ", "images containers")]
    [InlineData("system im", "images")]
    [InlineData("system images ", "")]
    [InlineData("sta --a", "")]
    [InlineData("status --a", "--all")]
    [InlineData("status --", "--all --exact --watch --json --help --runtime --context --no-color --verbose")]
    [InlineData("--ver", "--version --verbose")]
    [InlineData("ls --run", "--running --runtime")]
    [InlineData("list --agent s", "scraper")]
    [InlineData("--runtime ", "docker podman apple")]
    [InlineData("list --runtime p", "podman")]
    [InlineData("list --runtime=d", "--runtime=docker")]
    [InlineData("list --runtime = d", "docker")]
    [InlineData("list --runtime =", "docker podman apple")]
    [InlineData("--runtime podman lis", "list")]
    [InlineData("run --network ", "default none")]
    [InlineData("run c", "claude codex copilot")]
    [InlineData("run s", "scraper")]
    [InlineData("run --env X=1 q", "qwen")]
    [InlineData("run claude ", "")]
    [InlineData("run claude . -- ", "")]
    [InlineData("run --env-file ", "")]
    [InlineData("logs ", "my-agent scraper-2 a5b6c7d8 a1b2c3d4 e5f6g7h8")]
    [InlineData("logs a", "a5b6c7d8 a1b2c3d4")]
    [InlineData("logs my-agent ", "")]
    [InlineData("logs --tail 5 m", "my-agent")]
    [InlineData("stop my-agent e5", "e5f6g7h8")]
    [InlineData("exec scr", "scraper-2")]
    [InlineData("exec my-agent -- sh", "")]
    [InlineData("why scr", "scraper-2")]
    [InlineData("completion ", "bash zsh fish pwsh")]
    [InlineData("measure", "")]
    public async Task Words_are_offered_as_they_may_stand(string line, string expected) => Assert.Equal(expected, string.Join(' ', await Offered(line)));

    [Fact]
    public async Task Contexts_are_offered_by_their_names()
    {
        var folder = Directory.CreateDirectory(Path.Combine(screen.Home, ".docker/contexts/meta", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("lab"))))).FullName;
        File.WriteAllText(Path.Combine(folder, "meta.json"), """{"Name":"lab","Endpoints":{"docker":{"Host":"ssh://lab"}}}""");

        Assert.Equal(["default", "lab"], await Offered("status --context "));
    }

    [Fact]
    public async Task What_a_shell_could_take_for_more_than_a_word_is_not_offered()
    {
        screen.Store.TryCreate(Given.Id("evil0000"), Given.Record("evil0000", "$(reboot)", "x;y"));
        screen.Store.TryCreate(Given.Id("evil0001"), Given.Record("evil0001", "two words", "a\u001bb"));

        Assert.Equal(["evil0000", "evil0001"], (await Offered("logs ")).Except(["my-agent", "scraper-2", "a5b6c7d8", "a1b2c3d4", "e5f6g7h8"]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("x;y", await Offered("run "));
        Assert.DoesNotContain('\u001b', screen.Printed);
    }

    [Fact]
    public async Task No_runtime_is_asked_and_records_that_cannot_be_read_are_passed_over()
    {
        screen.NoRuntime = new RuntimeUnavailableException("No container runtime answers.");
        Directory.Delete(Path.Combine(screen.StateFolder, "runs"), recursive: true);
        File.WriteAllText(Path.Combine(screen.StateFolder, "runs"), "");

        Assert.Equal([], await Offered("logs "));
        Assert.Equal(["claude"], await Offered("run cl"));
        Assert.Empty(screen.Runtime.Calls);
    }

    [Fact]
    public async Task Each_shell_has_a_script_and_another_is_a_usage_error()
    {
        foreach (var shell in CompletionScript.Shells)
        {
            Assert.Equal(ExitCode.Done, await screen.Type($"agent completion {shell}"));
        }

        await screen.Type("agent completion tcsh");
        screen.Matches("completion");
    }

    // Words as a shell hands them over: the last one is being written.
    private async Task<IReadOnlyList<string>> Offered(string line)
    {
        var words = string.Join(' ', line.Split(' ').Select(word => $"'{word}'"));
        Assert.Equal(ExitCode.Done, await screen.Type($"agent complete -- {words}"));
        return [.. screen.Printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[0])];
    }
}
