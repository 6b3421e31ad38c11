using System.CommandLine;
using System.Runtime.InteropServices;
using Agentops.Launching;
using Agentops.Runs;

namespace Agentops.Commands;

/// <summary><c>agent finish</c>, hidden: waits in the background for the end of a detached <c>--rm</c> run, keeps its output and removes its container.</summary>
internal static partial class FinishCommand
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

        if (!OperatingSystem.IsWindows())
        {
            // Away from the terminal that started it, whose end would end it too.
            _ = NewSession();
        }

        await using var runtime = await world.ConnectRuntime(parse.RuntimeRequest(), cancellationToken);
        await await runtime.WaitForExit(id.ContainerName, cancellationToken);
        await EndedRun.Remove(world, runtime, id, cancellationToken);
        return ExitCode.Done.Value;
    }

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int NewSession();
}
