using System.CommandLine;
using Agentops.Launching;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent finish</c>, hidden: waits in the background for the end of a detached <c>--rm</c> run, keeps its output and removes its container.</summary>
internal static class FinishCommand
{
    public static Command Create(World world)
    {
        var run = RunArgument.One();
        var command = new Command("finish", "Wait for a run's end and remove its container") { run };
        command.Hidden = true;
        command.SetAction((parse, cancellationToken) => Finish(world, parse, parse.GetValue(run)!, cancellationToken));
        return command;
    }

    private static async Task<int> Finish(World world, ParseResult parse, string text, CancellationToken cancellationToken)
    {
        if (!RunId.TryParse(text, out var id))
        {
            throw new UsageException($"'{text}' is not the id of a run");
        }

        Tty.Leave();
        await using var search = new RunSearch(world, parse.RuntimeRequest());
        var (runtime, _) = await search.Find(text, cancellationToken);
        await await runtime.WaitForExit(id.ContainerName, cancellationToken);
        await EndedRun.Remove(world, runtime, id, cancellationToken);
        return ExitCode.Done.Value;
    }
}
