using System.CommandLine;
using System.Text.Json;
using Agentops.Runs;

namespace Agentops.Commands;

/// <summary><c>agent list</c>: the runs.</summary>
internal static class ListCommand
{
    public static Command Create(World world)
    {
        var all = new Option<bool>("--all", "-a") { Description = "All runs, ended ones too (the default)" };
        var running = new Option<bool>("--running") { Description = "Only runs that have not ended" };
        var agent = new Option<string?>("--agent") { Description = "Only runs of this agent", HelpName = "agent" };
        var command = new Command("list", "List runs, newest first") { all, running, agent, GlobalOptions.Json };
        command.Aliases.Add("ls");
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) && result.GetValue(running))
            {
                result.AddError("--all and --running exclude each other");
            }
        });
        command.SetAction((parse, cancellationToken) => List(world, parse, parse.GetValue(running), parse.GetValue(agent), cancellationToken));
        return command;
    }

    private static async Task<int> List(World world, ParseResult parse, bool running, string? agent, CancellationToken cancellationToken)
    {
        await using var runtime = await world.ConnectRuntime(parse.RuntimeRequest(), cancellationToken);
        var list = await RunList.Take(world, runtime, cancellationToken);
        var runs = list.Runs.Where(run => (!running || run.IsLive) && (agent is null || run.Agent == agent)).ToList();

        if (parse.GetValue(GlobalOptions.Json))
        {
            await world.Streams.Out.WriteLineAsync(JsonSerializer.Serialize(ListJson.Of(runtime.Identity, runs, list), OutputJson.Default.ListJson));
            return ExitCode.Done.Value;
        }

        await world.Streams.Out.WriteAsync(runs.Count == 0 ? "No runs.\n" : RunTable.Describe(runs, world.Surroundings.Home, list.TakenAt));
        await world.Streams.Error.WriteAsync(RunTable.DescribeFaults(list));
        return ExitCode.Done.Value;
    }
}
