using System.Text.Json;

namespace Agentops.EndToEnd;

/// <summary>An ordinary user on a Podman of their own: nothing but the tests themselves runs as root.</summary>
public sealed class PodmanSpecs
{
    [Fact]
    public async Task A_run_lives_and_ends_without_root()
    {
        await using var desk = Desk.Plain();
        var number = Desk.RareNumber();

        var run = (await AsUser(desk, "run", "-d", ".", "--", "sh", "-c", $"echo at work; sleep {number}")).Expect(0).Out.Trim();

        Assert.Equal("running", await StateOf(desk, run));
        await Until.True(async () => (await AsUser(desk, "logs", run)).Out == "at work\n", () => "the run to print");
        Assert.Equal("inside\n", (await AsUser(desk, "exec", run, "--", "echo", "inside")).Expect(0).Out);
        var users = HostProcesses.With(number).Select(id => $"/proc/{id}").ToList();
        Assert.NotEmpty(users);
        Assert.DoesNotContain("0", (await desk.Shell($"stat -c %u {string.Join(' ', users)}")).Out.Split('\n'));
        Assert.Contains("Runtime: podman", (await AsUser(desk, "status")).Expect(0).Out, StringComparison.Ordinal);

        (await AsUser(desk, "stop", run)).Expect(0);

        Assert.Equal("stopped", await StateOf(desk, run));
        Assert.False(HostProcesses.AnyWith(number));
        Assert.Contains($"Removing run e2e ({run})... done", (await AsUser(desk, "clean", "--runs", "--force")).Expect(0).Out, StringComparison.Ordinal);
        Assert.Null(await StateOf(desk, run));
    }

    [Fact]
    public async Task Files_that_an_agent_makes_are_the_callers()
    {
        await using var desk = Desk.Plain();
        var user = (await desk.Shell($"stat -c %u:%g '{Given.PodmanSocket}'")).Expect(0).Out;

        var outcome = (await AsUser(desk, "run", "--rm", ".", "--", "sh", "-c", "echo $(id -u):$(id -g); echo mine > made.txt; mkdir folder")).Expect(0);

        Assert.Equal(user, outcome.Out);
        Assert.Equal(user + user, (await desk.Shell("stat -c %u:%g made.txt folder")).Expect(0).Out);
    }

    [Fact]
    public async Task Limits_that_control_groups_do_not_allow_are_a_warning_and_not_an_error()
    {
        await using var desk = Desk.Plain();

        var outcome = (await AsUser(desk, "run", "--rm", "--memory", "64MB", ".", "--", "echo", "done")).Expect(0);

        Assert.Equal("done\n", outcome.Out);
        // Nobody delegates control groups to a user without a session. Of the first generation they cannot be delegated at all.
        Assert.Contains("Warning: This run is not limited in memory and the number of processes: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("docs/podman.md#limits", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_reaches_the_command()
    {
        await using var desk = Desk.Plain();
        desk.Set("TOKEN", "kept to ourselves");

        Assert.Equal("kept to ourselves\n", (await AsUser(desk, "run", "--rm", "--secret", "TOKEN", ".", "--", "sh", "-c", "echo $TOKEN")).Expect(0).Out);
    }

    [Fact]
    public async Task A_Podman_that_does_not_listen_is_told_how_to_start()
    {
        await using var desk = Desk.Plain();

        var outcome = (await AsUserWith(desk, desk.Folder, "list")).Expect(3);

        Assert.Contains($"{desk.Folder}/podman/podman.sock", outcome.Error, StringComparison.Ordinal);
        Assert.Matches(@"\nPodman is installed and does not listen\. Start it: (systemctl --user start podman\.socket|podman system service --time=0 &)\n", outcome.Error);
    }

    private static Task<Outcome> AsUser(Desk desk, params string[] arguments) => AsUserWith(desk, Given.PodmanRuntimeFolder, arguments);

    // Found by the user's own socket, with nothing that names it.
    private static async Task<Outcome> AsUserWith(Desk desk, string runtimeFolder, params string[] arguments)
    {
        var binary = Path.Combine(desk.Folder, "agent");
        var home = Path.Combine(desk.Folder, "users-home");
        if (!File.Exists(binary))
        {
            File.Copy(Given.AgentBinary, binary);
            (await desk.Shell($"chmod 755 '{desk.Folder}' '{binary}' && mkdir '{home}' && chown -R --reference '{Given.PodmanSocket}' '{home}' '{desk.Workspace}'")).Expect(0);
        }

        var environment = new Dictionary<string, string?>(desk.Environment)
        {
            ["DOCKER_HOST"] = null,
            ["CONTAINER_HOST"] = null,
            ["XDG_RUNTIME_DIR"] = runtimeFolder,
            ["HOME"] = home,
            ["AGENTOPS_HOME"] = null,
        };
        var user = (await desk.Shell($"stat -c '%u %g' '{Given.PodmanSocket}'")).Expect(0).Out.Trim().Split(' ');
        return await RunningProgram.Run(
            "setpriv", ["--reuid", user[0], "--regid", user[1], "--clear-groups", binary, "--runtime", "podman", .. arguments], desk.Workspace, environment);
    }

    private static async Task<string?> StateOf(Desk desk, string run)
    {
        using var list = JsonDocument.Parse((await AsUser(desk, "list", "--json")).Expect(0).OutBytes);
        return list.RootElement.GetProperty("runs").EnumerateArray().FirstOrDefault(each => each.GetProperty("id").GetString() == run) is { ValueKind: JsonValueKind.Object } found
            ? found.GetProperty("state").GetString()
            : null;
    }
}
