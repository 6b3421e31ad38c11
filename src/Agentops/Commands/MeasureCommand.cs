using System.CommandLine;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent measure</c>, hidden: measures in the background what <c>agent status</c> did not wait for, and remembers it.</summary>
internal static class MeasureCommand
{
    public static Command Create(World world)
    {
        var command = new Command("measure", "Measure ended runs and remember their sizes") { Hidden = true };
        command.SetAction((parse, cancellationToken) => Measure(world, parse, cancellationToken));
        return command;
    }

    private static async Task<int> Measure(World world, ParseResult parse, CancellationToken cancellationToken)
    {
        // One is enough, whoever looks how often.
        using var mine = world.Runs.TryLock("measure");
        if (mine is null)
        {
            return ExitCode.Done.Value;
        }

        Tty.Leave();
        await using var runtime = await world.ConnectRuntime(parse.RuntimeRequest(), cancellationToken);
        await InventoryTaking.Take(world, runtime, InventoryDepth.Removal, cancellationToken);
        return ExitCode.Done.Value;
    }
}
