namespace Agentops.EndToEnd;

public sealed class SignalSpecs
{
    // "sleep & wait": a shell takes a signal only between commands or in wait.
    private const string Patient = "trap 'echo got INT; exit 42' INT; trap 'echo got TERM; exit 43' TERM; echo ready; while :; do sleep 1000 & wait; done";

    [Theory]
    [InlineData(Signal.Interrupt, "got INT", 42)]
    [InlineData(Signal.Terminate, "got TERM", 43)]
    public async Task A_signal_without_a_terminal_is_passed_on_and_the_commands_answer_is_the_exit_code(int signal, string heard, int code)
    {
        await using var desk = Desk.Plain();
        await using var running = desk.Start("run", ".", "--", "sh", "-c", Patient);
        await running.WaitForOut("ready");
        running.Send(signal);
        var outcome = (await running.End(TimeSpan.FromSeconds(30))).Expect(code);
        Assert.Contains(heard, outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_ignores_the_signals_ends_at_the_third_interrupt()
    {
        await using var desk = Desk.Plain();
        await using var running = desk.Start("run", ".", "--", "sh", "-c", "trap '' INT TERM; echo ready; while :; do sleep 1; done");
        await running.WaitForOut("ready");
        for (var i = 0; i < 3; i++)
        {
            running.Send(Signal.Interrupt);
            await Task.Delay(300, TestContext.Current.CancellationToken);
        }

        (await running.End(TimeSpan.FromSeconds(40))).Expect(137);
    }

    [Fact]
    public async Task A_hang_up_without_a_terminal_leaves_the_run_running()
    {
        await using var desk = Desk.Plain();
        await using var running = desk.Start("run", ".", "--", "sh", "-c", Patient);
        await running.WaitForOut("ready");
        running.Send(Signal.Hangup);
        (await running.End()).Expect(129);
        Assert.Equal("running", await desk.OnlyState());
    }

    [Fact]
    public async Task An_interrupt_while_building_ends_with_130_and_leaves_nothing()
    {
        var number = Desk.RareNumber();
        await using var desk = Desk.WithOwnAgent($"setup:\n  - sleep {number}");
        await using var running = desk.Start("run", ".", "--", "true");
        await Until.True(() => HostProcesses.AnyWith($"sleep {number}"), () => $"the step to start\n{running.Error}");
        running.Send(Signal.Interrupt);
        (await running.End(TimeSpan.FromSeconds(30))).Expect(130);

        await Until.True(() => !HostProcesses.AnyWith($"sleep {number}"), () => "the step to end");
        await Until.True(async () => (await desk.Engine.ContainersLabelled($"agentops.agent={desk.Agent}")).Count == 0, () => "no container to be left");
        Assert.Null(await desk.Engine.ImageId(desk.Image));
        Assert.Empty(await desk.Runs());
    }
}
