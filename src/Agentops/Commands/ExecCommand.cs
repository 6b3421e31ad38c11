using System.CommandLine;
using Agentops.Containers;
using Agentops.Launching;
using Agentops.Runs;

namespace Agentops.Commands;

/// <summary><c>agent exec</c>: a command of the user's beside the agent.</summary>
internal static class ExecCommand
{
    public static Command Create(World world, IReadOnlyList<string>? inner)
    {
        var run = RunArgument.One();
        var command = new Command("exec", "Run a command inside a run that is running: agent exec <run> -- <command>…") { run };
        command.SetAction((parse, cancellationToken) => Exec(world, parse, parse.GetValue(run)!, inner, cancellationToken));
        return command;
    }

    private static async Task<int> Exec(World world, ParseResult parse, string address, IReadOnlyList<string>? inner, CancellationToken cancellationToken)
    {
        if (inner is null or [])
        {
            throw new UsageException($"no command given. For a shell: agent exec {address} -- sh");
        }

        await using var search = new RunSearch(world, parse.RuntimeRequest());
        var (runtime, run) = await search.Find(address, cancellationToken);
        if (run.State != RunState.Running || run.Container is null)
        {
            throw new AgentopsException($"Run {run.Id} is not running ({run.State.Word()}), so no command can run in it.", ExitCode.Failed, "notRunning");
        }

        var terminal = world.Streams.AreInteractive;
        var spec = new ExecSpec(inner, terminal, Input: true);
        var exec = await runtime.CreateExec(run.Container.Id, spec, cancellationToken);
        await using var io = await runtime.StartExec(exec, spec, cancellationToken);
        var end = await Session.Join(world, io, terminal, (size, token) => runtime.ResizeExec(exec, size, token), _ => true, CancellationToken.None);
        return (end switch
        {
            SessionEnd.Left => ExitCode.Interrupted,
            SessionEnd.HungUp => new ExitCode(129),
            SessionEnd.Unread => new ExitCode(141),
            _ => await ExitCodeOf(runtime, exec, cancellationToken),
        }).Value;
    }

    private static async Task<ExitCode> ExitCodeOf(Runtimes.IContainerRuntime runtime, string exec, CancellationToken cancellationToken)
    {
        // Its streams end a moment before the engine has noted its exit code.
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await runtime.ExecExitCode(exec, cancellationToken) is { } code)
            {
                return ExitCode.Of(code);
            }

            await Task.Delay(20, cancellationToken);
        }

        throw new AgentopsException("The command closed its output and still runs; its exit code is not known.", ExitCode.Failed, "exitCodeUnknown");
    }
}
