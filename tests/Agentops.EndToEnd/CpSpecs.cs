namespace Agentops.EndToEnd;

public sealed class CpSpecs
{
    [Fact]
    public async Task Files_come_out_of_a_run_and_go_into_it_while_it_runs_and_after_it_ended()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach("--", "sh", "-c", "mkdir -p /tmp/d/sub; echo one > /tmp/d/f; echo two > /tmp/d/sub/tool; chmod 4755 /tmp/d/sub/tool; ln -s f /tmp/d/l; ln /tmp/d/f /tmp/d/same; mkfifo /tmp/d/pipe; touch ready; sleep 300");
        await Until.True(() => File.Exists(Path.Combine(desk.Workspace, "ready")), () => "the run to be ready");

        var running = (await desk.Run("cp", $"{run}:/tmp/d", "out")).Expect(0);
        desk.Write("mine.txt", "mine");
        (await desk.Run("cp", "mine.txt", $"{run}:/tmp/d")).Expect(0);
        Assert.Equal("mine", (await desk.Run("exec", run, "--", "cat", "/tmp/d/mine.txt")).Expect(0).Out);
        (await desk.Run("stop", run)).Expect(0);
        (await desk.Run("cp", "mine.txt", $"{run}:/tmp/late.txt")).Expect(0);
        (await desk.Run("cp", $"{run}:/tmp/late.txt", ".")).Expect(0);

        Assert.Contains("Left out: d/pipe: a device, pipe or socket", running.Error, StringComparison.Ordinal);
        Assert.Equal(("one\n", "one\n", "two\n", "mine"), (desk.Read("out/f"), desk.Read("out/same"), desk.Read("out/sub/tool"), desk.Read("late.txt")));
        Assert.Equal("f", new FileInfo(Path.Combine(desk.Workspace, "out/l")).LinkTarget);
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path.Combine(desk.Workspace, "out/sub/tool")));
    }

    [Fact]
    public async Task An_archive_goes_through_pipes()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", "--name", "first", "--", "sh", "-c", "mkdir /tmp/d; echo one > /tmp/d/f")).Expect(0);
        (await desk.Run("run", "--name", "second", "--", "true")).Expect(0);

        (await desk.Shell("agent cp first:/tmp/d - | tar -xf - && agent cp first:/tmp/d - | agent cp - second:/tmp && agent cp second:/tmp/d/f copy")).Expect(0);

        Assert.Equal(("one\n", "one\n"), (desk.Read("d/f"), desk.Read("copy")));
    }

    [Fact]
    public async Task What_is_not_there_is_told_and_leaves_nothing()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", "--name", "first", "--", "true")).Expect(0);

        Assert.Contains("There is no /tmp/nothing in run", (await desk.Run("cp", "first:/tmp/nothing", ".")).Expect(1).Error, StringComparison.Ordinal);
        (await desk.Run("cp", "nobody:/tmp", ".")).Expect(4);
        (await desk.Run("cp", "here", "there")).Expect(2);
        Assert.Equal(["agent.yaml"], Directory.GetFileSystemEntries(desk.Workspace).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_run_on_an_engine_of_another_machine_works_on_a_copy_and_cp_brings_the_results_back()
    {
        await using var desk = Desk.Plain();
        await using var gateway = new Gateway(desk.Engine);
        desk.Set("DOCKER_HOST", gateway.Host);
        desk.Write("given.txt", "from outside");
        desk.Write(".dockerignore", "given.txt\n");
        File.SetUnixFileMode(Path.Combine(desk.Workspace, "given.txt"), (UnixFileMode)0b110_000_000);

        var outcome = (await desk.RunGiving("typed"u8.ToArray(), "run", "--", "sh", "-c", "pwd; cat given.txt; cat; stat -c %u:%g given.txt . > owner; echo made > made.txt; exit 3")).Expect(3);
        var id = Assert.Single(await desk.Runs());
        (await desk.Run("cp", $"{id.GetProperty("id").GetString()}:/workspace", "result")).Expect(0);

        Assert.Equal("/workspace\nfrom outsidetyped", outcome.Out);
        Assert.Contains($"to get at its results: agent cp {id.GetProperty("id").GetString()}:/workspace DEST", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(desk.Workspace, "made.txt")));
        Assert.Equal(("made\n", "from outside"), (desk.Read("result/made.txt"), desk.Read("result/given.txt")));
        var me = (await RunningProgram.Run("/bin/sh", ["-c", "echo $(id -u):$(id -g)"])).Expect(0).Out;
        Assert.Equal(me + me, desk.Read("result/owner"));
        Assert.True(id.GetProperty("workspaceCopied").GetBoolean());
        desk.Set("DOCKER_HOST", desk.Engine.Host);
    }

    [Fact]
    public async Task A_folder_of_this_machine_is_not_mounted_on_another_one()
    {
        await using var desk = Desk.Plain();
        await using var gateway = new Gateway(desk.Engine);
        desk.Set("DOCKER_HOST", gateway.Host);

        var outcome = (await desk.Run("run", "--mount", ".:/data", "--", "true")).Expect(2);

        Assert.Contains("does not see files of this machine", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(await desk.Containers());
    }
}
