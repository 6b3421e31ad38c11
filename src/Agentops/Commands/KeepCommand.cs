using System.CommandLine;
using System.Globalization;
using Agentops.Runtimes.Apple;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent keep</c>, hidden: starts a container of Apple's and stays with it to its end, in the background.</summary>
internal static class KeepCommand
{
    /// <summary>Starts one that keeps a container.</summary>
    /// <param name="container">Its name.</param>
    /// <param name="mode">How.</param>
    /// <returns>The arguments of <c>agent</c>.</returns>
    public static IReadOnlyList<string> Arguments(string container, KeeperMode mode)
    {
        List<string> arguments = ["keep", container];
        arguments.AddRange(mode.Input ? ["--input"] : []);
        arguments.AddRange(mode.Once ? ["--once"] : []);
        arguments.AddRange(mode.Terminal ? ["--terminal"] : []);
        arguments.AddRange(mode.StartedBefore is { } before ? ["--started-before", before.UtcTicks.ToString(CultureInfo.InvariantCulture)] : []);
        return arguments;
    }

    /// <summary>Declares it.</summary>
    /// <param name="world">The world.</param>
    /// <returns>The command.</returns>
    public static Command Create(World world)
    {
        var container = new Argument<string>("container") { Description = "Its name" };
        var input = new Option<bool>("--input") { Description = "Its standard input is open" };
        var once = new Option<bool>("--once") { Description = "Standard input ends when the first who wrote to it leaves" };
        var terminal = new Option<bool>("--terminal") { Description = "It has a terminal" };
        var before = new Option<long?>("--started-before") { Description = "When it was started the last time, in ticks" };
        var command = new Command("keep", "Start a container and stay with it to its end") { container, input, once, terminal, before };
        command.Hidden = true;
        command.SetAction((parse, cancellationToken) => Keep(
            world,
            parse.GetValue(container)!,
            new KeeperMode(
                parse.GetValue(input),
                parse.GetValue(once),
                parse.GetValue(terminal),
                parse.GetValue(before) is > 0 and var ticks && ticks <= DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null),
            cancellationToken));
        return command;
    }

    private static async Task<int> Keep(World world, string container, KeeperMode mode, CancellationToken cancellationToken)
    {
        if (KeptRun.Of(world.Surroundings.StateFolder, container) is not { } kept || AppleCommandLine.Find(world.Surroundings) is not { } program)
        {
            throw new UsageException($"'{container}' is no container that could be kept here");
        }

        Tty.Leave();
        using var keeper = new Keeper(new AppleCommandLine(program, world.Surroundings), kept, world.Clock);
        await keeper.Keep(mode, cancellationToken);
        return ExitCode.Done.Value;
    }
}
