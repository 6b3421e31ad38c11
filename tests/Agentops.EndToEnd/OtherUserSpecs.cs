namespace Agentops.EndToEnd;

/// <summary>The caller is not root: a made-up user id, with a way to the engine through a proxy's socket.</summary>
public sealed class OtherUserSpecs
{
    private const string User = "54321";
    private const string Group = "54322";

    [Fact]
    public async Task Files_that_an_agent_makes_are_the_callers()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        var outcome = (await AsUser(desk, engine, "run", ".", "--", "sh", "-c", "id -u; id -g; echo mine > made.txt; mkdir folder")).Expect(0);
        Assert.Equal($"{User}\n{Group}\n", outcome.Out);

        var owners = (await desk.Shell("stat -c %u:%g made.txt folder")).Expect(0);
        Assert.Equal($"{User}:{Group}\n{User}:{Group}\n", owners.Out);
    }

    [Fact]
    public async Task A_secret_reaches_a_user_that_the_image_does_not_know()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        desk.Set("TOKEN", "for a stranger");
        var outcome = (await AsUser(desk, engine, "run", "--secret", "TOKEN", ".", "--", "sh", "-c", "echo $TOKEN")).Expect(0);
        Assert.Equal("for a stranger\n", outcome.Out);
    }

    [Fact]
    public async Task An_engine_that_refuses_permission_is_named_with_what_to_do()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var outcome = (await AsUser(desk, engine, "list")).Expect(3);
        Assert.Contains(engine.Path, outcome.Error, StringComparison.Ordinal);
        Assert.Contains("ermission", outcome.Error, StringComparison.Ordinal);
        (await AsUser(desk, engine, "run", ".", "--", "true")).Expect(125);
    }

    [Fact]
    public async Task A_workspace_that_cannot_be_read_is_a_usage_error()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        var closed = Directory.CreateDirectory(Path.Combine(desk.Folder, "closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        var outcome = (await AsUser(desk, engine, "run", closed, "--", "true")).Expect(2);
        Assert.Contains($"{closed} cannot be read", outcome.Error, StringComparison.Ordinal);
    }

    private static async Task<Outcome> AsUser(Desk desk, Proxy engine, params string[] arguments)
    {
        // The engine's own folder and the build's may be root's alone.
        var binary = Path.Combine(desk.Folder, "agent");
        File.Copy(Given.AgentBinary, binary, overwrite: true);
        (await desk.Shell($"chmod 755 '{desk.Folder}' '{binary}' && chown -R {User}:{Group} '{desk.Workspace}' && install -d -o {User} -g {Group} '{desk.Folder}/users-home'")).Expect(0);
        desk.Set("DOCKER_HOST", engine.Host);
        desk.Set("AGENTOPS_HOME", Path.Combine(desk.Folder, "users-home/state"));
        desk.Set("HOME", Path.Combine(desk.Folder, "users-home"));
        return await RunningProgram.Run("setpriv", ["--reuid", User, "--regid", Group, "--clear-groups", binary, .. arguments], desk.Workspace, desk.Environment);
    }

    [Fact]
    public async Task The_state_folder_is_the_callers_alone()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        (await AsUser(desk, engine, "run", ".", "--", "true")).Expect(0);
        var modes = (await desk.Shell($"find '{desk.Folder}/users-home/state' -type d -printf '%m %U\\n' -o -type f -printf '%m %U\\n' | sort -u")).Expect(0);
        Assert.Equal([$"600 {User}", $"700 {User}"], modes.Out.TrimEnd('\n').Split('\n'));
    }
}
