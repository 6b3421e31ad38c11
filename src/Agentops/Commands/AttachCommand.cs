using System.CommandLine;
using Agentops.Launching;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent attach</c>: back to a run that goes on.</summary>
internal static class AttachCommand
{
    private static readonly TimeSpan LastOutput = TimeSpan.FromSeconds(2);

    public static Command Create(World world)
    {
        var run = RunArgument.One();
        var command = new Command("attach", "Connect to a run that is running; leave it with Ctrl+P Ctrl+Q") { run };
        command.SetAction((parse, cancellationToken) => Attach(world, parse, parse.GetValue(run)!, cancellationToken));
        return command;
    }

    private static async Task<int> Attach(World world, ParseResult parse, string address, CancellationToken cancellationToken)
    {
        await using var search = new RunSearch(world, parse.RuntimeRequest());
        var (runtime, run) = await search.Find(address, cancellationToken);
        if (run.State != RunState.Running || run.Container is null || await runtime.FindContainer(run.Container.Id, cancellationToken) is not { } container)
        {
            throw new AgentopsException($"Run {run.Id} is not running ({run.State.Word()}). What it printed: agent logs {run.Id}", ExitCode.Failed, "notRunning");
        }

        var id = container.Container.Id;
        var terminal = container.HasTerminal && world.Streams.AreInteractive;
        var exit = await runtime.WaitForExit(id, cancellationToken);
        await using var io = await runtime.AttachContainer(id, container.HasTerminal, container.TakesInput, cancellationToken);
        await Redraw(world, runtime, id, terminal, cancellationToken);

        // An engine joins whoever comes just after the end to the next start, which may never be: what there is comes at once.
        using var tooLate = new CancellationTokenSource();
        if (await runtime.FindContainer(id, cancellationToken) is not { Container.HasEnded: false })
        {
            tooLate.CancelAfter(LastOutput);
        }

        // Leaving is safe here: unlike the run's own terminal, Ctrl+C without one does not reach the agent.
        var end = await Session.Join(world, io, terminal, (size, token) => runtime.ResizeContainer(id, size, token), _ => true, tooLate.Token);
        if ((end == SessionEnd.OutputEnded || tooLate.IsCancellationRequested) && !await Session.GoesOn(runtime, id, exit))
        {
            return ExitCode.Of(await exit).Value;
        }

        await world.Streams.Error.WriteLineAsync($"\nLeft run {run.Id}; it goes on. Stop it: agent stop {run.Id}");
        return (end switch { SessionEnd.HungUp => new ExitCode(129), SessionEnd.Left => ExitCode.Interrupted, _ => ExitCode.Done }).Value;
    }

    // A full-screen program draws itself anew when its terminal changes size: what it drew before went to another terminal.
    private static async Task Redraw(World world, Runtimes.IContainerRuntime runtime, string id, bool terminal, CancellationToken cancellationToken)
    {
        if (terminal && world.Streams.Tty?.Size is { Columns: > 1, Rows: > 1 } size)
        {
            await runtime.ResizeContainer(id, new TerminalSize(size.Columns, size.Rows - 1), cancellationToken);
        }
    }
}
