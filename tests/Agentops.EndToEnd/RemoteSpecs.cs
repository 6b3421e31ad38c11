namespace Agentops.EndToEnd;

public sealed class RemoteSpecs
{
    // "sleep & wait": a shell takes a signal only between commands or in wait.
    private const string Patient = "trap 'echo got INT; exit 42' INT; echo ready; while :; do sleep 1000 & wait; done";

    [Theory]
    [MemberData(nameof(Road.All), MemberType = typeof(Road))]
    public async Task All_that_a_user_does_works_over_a_network(string name)
    {
        await using var desk = Desk.WithOwnAgent("setup: [echo built > /built]");
        var road = await Road.Take(desk, name);
        desk.Write("given.txt", "from outside ");

        var run = (await desk.RunGiving("typed"u8.ToArray(), "run", "--", "sh", "-c", "cat given.txt; cat; cat /built >&2; echo made > made.txt; exit 3")).Expect(3);
        var id = Assert.Single(await desk.Runs()).GetProperty("id").GetString()!;
        (await desk.Run("cp", $"{id}:/workspace/made.txt", "result.txt")).Expect(0);
        var status = (await desk.Run("status")).Expect(0);
        await using var logs = desk.Start("logs", "-f", await desk.Detach("--name", "worker", "--", "sh", "-c", "for i in 1 2 3; do echo line $i; sleep 0.2; done; sleep 1000"));
        await logs.WaitForOut("line 3\n");
        var inside = (await desk.RunGiving("through"u8.ToArray(), "exec", "worker", "--", "sh", "-c", "cat; exit 4")).Expect(4);
        (await desk.Run("stop", "--time", "1", "worker")).Expect(0);
        (await logs.End(TimeSpan.FromSeconds(30))).Expect(0);
        var clean = (await desk.Run("clean", "--force")).Expect(0);

        Assert.Equal("from outside typed", run.Out);
        Assert.EndsWith("built\n", run.Error, StringComparison.Ordinal);
        Assert.Contains($"The engine at {road.Host} does not see ", run.Error, StringComparison.Ordinal);
        Assert.Equal("made\n", desk.Read("result.txt"));
        Assert.Contains($"{desk.Agent}:latest", status.Out, StringComparison.Ordinal);
        Assert.Equal("line 1\nline 2\nline 3\n", logs.Out);
        Assert.Equal("through", inside.Out);
        Assert.Contains($"Removing run {desk.Agent} ({id})... done", clean.Out, StringComparison.Ordinal);
        Assert.Empty(await desk.Containers());
        Assert.Null(await desk.Engine.ImageId(desk.Image));
        await Until.True(() => !Road.IsSshAtWork(desk), () => "no ssh to be left");
    }

    [Theory]
    [InlineData("context with tls")]
    [InlineData("context with ssh")]
    public async Task A_run_is_found_again_when_another_engine_is_current(string name)
    {
        await using var desk = Desk.Plain();
        var road = await Road.Take(desk, name);
        desk.Set("DOCKER_CONTEXT", null);
        var id = (await desk.Run("run", "-d", "--context", road.Context!, "--", "sh", "-c", "echo here; sleep 1000")).Expect(0).Out.Trim();
        desk.Set("DOCKER_HOST", $"unix://{desk.Folder}/nobody.sock");

        Assert.Equal("here\n", (await desk.Run("exec", id, "--", "echo", "here")).Expect(0).Out);
        (await desk.Run("stop", "--time", "1", id)).Expect(0);
        Assert.Equal("here\n", (await desk.Run("logs", id)).Expect(0).Out);
        (await desk.Run("list")).Expect(3);
        (await desk.Run("clean", "--force", "--runs", "--context", road.Context!)).Expect(0);
        Assert.Empty(await desk.Containers());
    }

    [Fact]
    public async Task A_Podman_is_reached_over_ssh_by_its_own_variable()
    {
        await using var desk = Desk.Plain();
        var road = await Road.Take(desk, "ssh");
        desk.Set("CONTAINER_HOST", road.Host + Given.RootsPodmanSocket);
        desk.Set("DOCKER_HOST", null);

        var run = (await desk.RunGiving("typed"u8.ToArray(), "run", "--", "sh", "-c", "cat; exit 3")).Expect(3);
        Assert.Contains("Runtime: podman", (await desk.Run("status")).Expect(0).Out, StringComparison.Ordinal);
        desk.Set("CONTAINER_HOST", null);
        Assert.Equal("typed", (await desk.Run("logs", Assert.Single(Directory.GetDirectories(Path.Combine(desk.State, "runs"))).Split('/')[^1])).Expect(0).Out);
        desk.Set("CONTAINER_HOST", road.Host + Given.RootsPodmanSocket);
        (await desk.Run("clean", "--force")).Expect(0);

        Assert.Equal("typed", run.Out);
        Assert.Empty(await desk.Runs());
    }

    [Fact]
    public async Task A_large_workspace_goes_in_and_comes_back_whole()
    {
        await using var desk = Desk.Plain();
        await Road.Take(desk, "tls");
        var bytes = new byte[20_000_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(Path.Combine(desk.Workspace, "large"), bytes, TestContext.Current.CancellationToken);
        var run = (await desk.Run("run", "-d", "--", "true")).Expect(0).Out.Trim();

        await Road.Take(desk, "ssh");
        (await desk.Run("cp", "--runtime", "docker", $"{run}:/workspace/large", "back")).Expect(0);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(desk.Workspace, "back"), TestContext.Current.CancellationToken));
        var output = (await desk.Run("run", "--", "cat", "large")).Expect(0);
        Assert.Equal(bytes, output.OutBytes);
    }

    [Fact]
    public async Task Ctrl_C_at_a_terminal_reaches_the_agent_over_ssh_and_leaves_no_ssh_behind()
    {
        await using var desk = Desk.Plain();
        await Road.Take(desk, "ssh");
        await using var screen = await Screen.Open(desk);
        await screen.Type($"agent run -- sh -c \"{Patient}\" < /dev/null > out; echo co\"\"de=$?");
        await Until.True(() => File.Exists(Path.Combine(desk.Workspace, "out")) && desk.Read("out").Contains("ready", StringComparison.Ordinal), () => "the run to be ready");
        await screen.Press("C-c");
        await screen.WaitFor("code=42");
        Assert.Equal("ready\ngot INT\n", desk.Read("out"));
        await Until.True(() => !Road.IsSshAtWork(desk), () => "no ssh to be left");

        var run = await desk.Detach("--", "sleep", "1000");
        await screen.Type($"agent logs -f {run}; echo en\"\"ded=$?");
        await Until.True(() => Road.IsSshAtWork(desk), () => "the logs to be followed");
        await screen.Press("C-c");
        await screen.WaitFor("ended=130");
        await Until.True(() => !Road.IsSshAtWork(desk), () => "no ssh to be left");
    }

    [Theory]
    [InlineData("DOCKER_TLS_VERIFY", null, "it speaks TLS, and was asked without")]
    [InlineData("DOCKER_CERT_PATH", "empty", "it wants a client certificate that it accepts")]
    [InlineData("DOCKER_CERT_PATH", "nowhere", "there is no ca.pem, cert.pem or key.pem")]
    public async Task What_lacks_for_TLS_is_told(string variable, string? value, string reason)
    {
        await using var desk = Desk.Plain();
        await Road.Take(desk, "tls");
        Directory.CreateDirectory(Path.Combine(desk.Workspace, "empty"));
        File.Copy(Path.Combine(Road.Certificates, "ca.pem"), Path.Combine(desk.Workspace, "empty", "ca.pem"));
        desk.Set(variable, value);

        Assert.Contains(reason, (await desk.Run("list")).Expect(3).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-o UserKnownHostsFile=/dev/null", "Host key verification failed.\nssh does not know that machine yet.")]
    [InlineData("-o PubkeyAuthentication=no", "Permission denied (publickey).\nssh can ask for nothing here")]
    [InlineData("-p 1", "port 1: Connection refused.\nDoes this work? ssh -p ")]
    public async Task What_keeps_ssh_out_is_told_and_tried_once(string option, string reason)
    {
        await using var desk = Desk.Plain();
        await Road.Take(desk, "ssh");
        var ssh = Path.Combine(desk.Folder, "bin", "ssh");
        await File.WriteAllTextAsync(ssh, (await File.ReadAllTextAsync(ssh, TestContext.Current.CancellationToken)).Replace("exec ", $"echo called >> {desk.Folder}/calls\nexec ", StringComparison.Ordinal).Replace("\"$@\"", $"{option} \"$@\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        Assert.Contains(reason, (await desk.Run("list")).Expect(3).Error, StringComparison.Ordinal);
        Assert.Equal("called\n", await File.ReadAllTextAsync(Path.Combine(desk.Folder, "calls"), TestContext.Current.CancellationToken));
    }
}
