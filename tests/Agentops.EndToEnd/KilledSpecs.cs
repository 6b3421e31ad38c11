using System.Text.Json;

namespace Agentops.EndToEnd;

/// <summary><c>kill -9</c> at any point: the next command sees what is true, and nothing is lost from sight.</summary>
public sealed class KilledSpecs
{
    [Fact]
    public async Task Killed_while_it_builds_it_leaves_no_run_and_the_next_one_works()
    {
        var number = Desk.RareNumber();
        await using var desk = Desk.WithOwnAgent($"setup:\n  - sleep {number}");
        await using var running = desk.Start("run", ".", "--", "true");
        await Until.True(() => HostProcesses.AnyWith($"sleep {number}"), () => $"the step to start\n{running.Error}");
        running.Send(Signal.Kill);
        await running.End();

        Assert.Empty(await desk.Runs());
        await Until.True(() => !HostProcesses.AnyWith($"sleep {number}"), () => "the engine to stop the step");
        desk.Recipe("");
        (await desk.Run("run", ".", "--", "true")).Expect(0);
    }

    [Fact]
    public async Task Killed_between_record_and_container_the_run_is_shown_as_failed()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        await KillAt(desk, engine, "/containers/create", answer: false);
        Assert.Empty(await desk.Containers());
        await Shows(desk, "failed");
    }

    [Fact]
    public async Task Killed_when_the_container_is_just_created_the_run_is_shown_as_failed()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        await KillAt(desk, engine, "/containers/create", answer: true);
        Assert.Single(await desk.Containers());
        await Shows(desk, "failed");
    }

    [Fact]
    public async Task Killed_before_the_start_the_run_is_shown_as_failed()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        await KillAt(desk, engine, "/start", answer: false);
        Assert.Single(await desk.Containers());
        await Shows(desk, "failed");
    }

    [Fact]
    public async Task Killed_just_after_the_start_the_run_goes_on_and_is_shown_as_running()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        await KillAt(desk, engine, "/start", answer: true);
        await Shows(desk, "running");
    }

    [Fact]
    public async Task Killed_while_it_runs_the_container_goes_on_and_can_be_seen_and_stopped()
    {
        await using var desk = Desk.Plain();
        await using var running = desk.Start("run", "--name", "survivor", ".", "--", "sh", "-c", "echo before; while [ ! -e go ]; do sleep 0.1; done; echo after; sleep 1000");
        await running.WaitForOut("before\n");
        running.Send(Signal.Kill);
        await running.End();

        await Shows(desk, "running");
        desk.Write("go", "");
        await Until.True(async () => (await desk.Run("logs", "survivor")).Out == "before\nafter\n", () => "its output to go on");
        (await desk.Run("stop", "-t", "0", "survivor")).Expect(0);
        await Shows(desk, "stopped");
    }

    [Fact]
    public async Task Killed_while_it_creates_the_living_are_not_mistaken_for_the_dead()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        var held = engine.HoldNext("POST", "/containers/create", answer: false);
        desk.Set("DOCKER_HOST", engine.Host);
        await using var running = desk.Start("run", "--name", "slow", ".", "--", "true");
        await held;
        var run = (await desk.Runs()).Single(run => run.GetProperty("name").GetString() == "slow");
        Assert.Equal("creating", run.GetProperty("state").GetString());
    }

    private static async Task KillAt(Desk desk, Proxy engine, string path, bool answer)
    {
        // So that the image is there: this is not about building.
        (await desk.Run("run", "--rm", ".", "--", "true")).Expect(0);
        Directory.Delete(Path.Combine(desk.State, "runs"), recursive: true);

        var held = engine.HoldNext("POST", path, answer);
        desk.Set("DOCKER_HOST", engine.Host);
        await using var running = desk.Start("run", ".", "--", "sleep", "1000");
        await held;
        running.Send(Signal.Kill);
        await running.End();
    }

    private static async Task Shows(Desk desk, string state)
    {
        var list = (await desk.Run("list", "--json")).Expect(0);
        var run = Assert.Single(JsonDocument.Parse(list.Out).RootElement.GetProperty("runs").EnumerateArray());
        Assert.Equal(state, run.GetProperty("state").GetString());
    }
}
