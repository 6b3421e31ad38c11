using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Agentops.EndToEnd;

public sealed partial class DetachSpecs
{
    [Fact]
    public async Task A_detached_run_prints_its_id_and_nothing_else_on_standard_output()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", "--detach", ".", "--", "sleep", "1000")).Expect(0);
        Assert.Matches(IdLine(), outcome.Out);
        Assert.Equal("running", await desk.OnlyState());
    }

    [Fact]
    public async Task A_caller_that_takes_the_id_does_not_wait_for_the_run()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        var watch = Stopwatch.StartNew();
        var outcome = (await desk.Shell("id=$(agent run -d --rm . -- sleep 30); echo \"<$id>\"")).Expect(0);
        Assert.Matches("^<[a-z0-9]{8}>\n$", outcome.Out);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task After_rm_no_container_is_left_and_the_output_is()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", "--rm", "--name", "brief", ".", "--", "sh", "-c", "echo out; echo err >&2; exit 3")).Expect(3);
        Assert.Empty(await desk.Containers());

        var logs = (await desk.Run("logs", "brief")).Expect(0);
        Assert.Equal("out\n", logs.Out);
        Assert.Equal("err\n", logs.Error);
        var run = Assert.Single(await desk.Runs());
        Assert.Equal("stopped", run.GetProperty("state").GetString());
        Assert.Equal(3, run.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task A_detached_run_with_rm_cleans_up_after_itself_too()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach("--rm", ".", "--", "sh", "-c", "sleep 1; echo late; exit 4");
        await Until.True(async () => (await desk.Containers()).Count == 0, () => "its container to go");
        var logs = (await desk.Run("logs", run)).Expect(0);
        Assert.Equal("late\n", logs.Out);
        await Until.True(async () => (await desk.Runs())[0].GetProperty("exitCode").GetInt32() == 4, () => "its exit code to be known");
    }

    [Fact]
    public async Task Without_rm_the_container_stays()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        Assert.Single(await desk.Containers());
        Assert.Equal("stopped", await desk.OnlyState());
    }

    [GeneratedRegex("^[a-z0-9]{8}\n$")]
    private static partial Regex IdLine();
}
