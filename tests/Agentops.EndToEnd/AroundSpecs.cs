namespace Agentops.EndToEnd;

/// <summary><c>agent list</c>, <c>logs</c>, <c>stop</c>, <c>attach</c>, <c>exec</c>, and how a run is named.</summary>
public sealed class AroundSpecs
{
    [Fact]
    public async Task List_shows_what_the_runtime_says_now()
    {
        await using var desk = Desk.Plain();
        Assert.Equal("No runs.\n", (await desk.Run("list")).Expect(0).Out);
        (await desk.Run("run", "--name", "ended", ".", "--", "sh", "-c", "exit 3")).Expect(3);
        var live = await desk.Detach("--name", "live", ".", "--", "sleep", "1000");

        var lines = (await desk.Run("list")).Expect(0).Out.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches("^NAME +RUN ID +STATE +AGE", lines[0]);
        Assert.Matches($"^live +{live} +running +just now", lines[1]);
        Assert.Matches("^ended +[a-z0-9]{8} +stopped +just now +3 ", lines[2]);

        var running = (await desk.Run("list", "--running")).Expect(0).Out;
        Assert.Contains(live, running, StringComparison.Ordinal);
        Assert.DoesNotContain("ended", running, StringComparison.Ordinal);
        Assert.Equal("No runs.\n", (await desk.Run("list", "--agent", "nobody")).Expect(0).Out);
    }

    [Fact]
    public async Task A_container_removed_behind_our_back_is_not_shown_as_running()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach(".", "--", "sleep", "1000");
        await desk.Engine.RemoveContainer($"agentops-{run}");
        Assert.Equal("stopped", await desk.OnlyState());
    }

    [Fact]
    public async Task Logs_show_both_streams_and_tail_the_last_lines()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", "--name", "talker", ".", "--", "sh", "-c", "for i in 1 2 3 4 5; do echo line $i; done; echo bad >&2")).Expect(0);
        var all = (await desk.Run("logs", "talker")).Expect(0);
        Assert.Equal("line 1\nline 2\nline 3\nline 4\nline 5\n", all.Out);
        Assert.Equal("bad\n", all.Error);
        var tail = (await desk.Run("logs", "--tail", "2", "talker")).Expect(0);
        Assert.Equal(2, (tail.Out + tail.Error).Count(letter => letter == '\n'));
    }

    [Fact]
    public async Task Logs_follow_until_the_run_ends()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach(".", "--", "sh", "-c", "echo one; while [ ! -e go ]; do sleep 0.1; done; echo two");
        await using var logs = desk.Start("logs", "-f", run);
        await logs.WaitForOut("one\n");
        desk.Write("go", "");
        var outcome = (await logs.End()).Expect(0);
        Assert.Equal("one\ntwo\n", outcome.Out);
    }

    [Fact]
    public async Task An_interrupted_follow_leaves_the_run_alone()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach(".", "--", "sh", "-c", "echo one; sleep 1000");
        await using var logs = desk.Start("logs", "-f", run);
        await logs.WaitForOut("one\n");
        logs.Send(Signal.Interrupt);
        (await logs.End(TimeSpan.FromSeconds(10))).Expect(130);
        Assert.Equal("running", await desk.OnlyState());
    }

    [Fact]
    public async Task Stop_asks_first_and_the_commands_answer_is_kept()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach(".", "--", "sh", "-c", "trap 'echo bye; exit 11' TERM; echo ready; while :; do sleep 1000 & wait; done");
        await Until.True(async () => (await desk.Run("logs", run)).Out.Contains("ready", StringComparison.Ordinal), () => "the command to be ready");
        var outcome = (await desk.Run("stop", run)).Expect(0);
        Assert.Contains($"({run})... done", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(11, Assert.Single(await desk.Runs()).GetProperty("exitCode").GetInt32());
        Assert.Equal("ready\nbye\n", (await desk.Run("logs", run)).Out);
        Assert.Contains("ended already", (await desk.Run("stop", run)).Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_runs_beside_the_agent_as_the_same_user_in_the_same_folder()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach("-e", "A=of the run", ".", "--", "sleep", "1000");
        var outcome = await desk.RunGiving("piped"u8.ToArray(), "exec", run, "--", "sh", "-c", "pwd; echo $A; cat; echo err >&2; exit 12");
        outcome.Expect(12);
        Assert.Equal("/workspace\nof the run\npiped", outcome.Out);
        Assert.Equal("err\n", outcome.Error);
        (await desk.Run("exec", run)).Expect(2);
    }

    [Fact]
    public async Task Attach_without_a_terminal_shows_the_output_and_ends_with_the_run()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach(".", "--", "sh", "-c", "while [ ! -e go ]; do sleep 0.1; done; echo done; exit 13");
        await using var attached = desk.Start("attach", run);
        await Task.Delay(500, TestContext.Current.CancellationToken);
        desk.Write("go", "");
        var outcome = (await attached.End()).Expect(13);
        Assert.Contains("done\n", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_attaches_as_the_run_ends_is_not_left_waiting_and_has_its_code()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);
        var run = await desk.Detach(".", "--", "sh", "-c", "while [ ! -e go ]; do sleep 0.1; done; exit 13");
        var held = engine.HoldNext("POST", "/attach", answer: false);
        await using var attached = desk.Start("attach", run);
        await held;
        desk.Write("go", "");
        await Until.True(async () => await desk.OnlyState() == "stopped", () => "it to end");

        engine.Release();

        (await attached.End()).Expect(13);
    }

    [Fact]
    public async Task A_run_that_has_ended_can_neither_be_attached_to_nor_executed_in()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", "--name", "over", ".", "--", "true")).Expect(0);
        Assert.Contains("not running", (await desk.Run("attach", "over")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("not running", (await desk.Run("exec", "over", "--", "true")).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_named_by_id_by_a_unique_prefix_or_by_name()
    {
        await using var desk = Desk.Plain();
        var older = await desk.Detach("--name", "same", ".", "--", "echo", "older");
        var newer = await desk.Detach("--name", "same", ".", "--", "echo", "newer");
        await Until.True(async () => (await desk.Runs()).All(run => run.GetProperty("state").GetString() == "stopped"), () => "both to end");

        Assert.Equal("older\n", (await desk.Run("logs", older)).Expect(0).Out);
        Assert.Equal("newer\n", (await desk.Run("logs", "same")).Expect(0).Out);
        var shared = newer.Zip(older).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Equal("newer\n", (await desk.Run("logs", newer[..(shared + 1)])).Expect(0).Out);
        var none = (await desk.Run("logs", "nobody")).Expect(4);
        Assert.Contains("nobody", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_ambiguous_only_if_several_run()
    {
        await using var desk = Desk.Plain();
        var first = await desk.Detach("--name", "twin", ".", "--", "sleep", "1000");
        var second = await desk.Detach("--name", "twin", ".", "--", "sleep", "1000");
        var outcome = await desk.Run("stop", "-t", "0", "twin");
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(first, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(second, outcome.Error, StringComparison.Ordinal);
        (await desk.Run("stop", "-t", "0", first)).Expect(0);
        (await desk.Run("stop", "-t", "0", "twin")).Expect(0);
    }
}
