using System.CommandLine;
using Agentops.Containers;
using Agentops.Runs;

namespace Agentops.Commands;

/// <summary><c>agent logs</c>: what a run printed, while it runs and after.</summary>
internal static class LogsCommand
{
    public static Command Create(World world)
    {
        var run = RunArgument.One();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the run ends" };
        var tail = new Option<int?>("--tail", "-n")
        {
            Description = "Only the last N lines",
            HelpName = "N",
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, out var lines) && lines >= 0)
                {
                    return lines;
                }

                result.AddError($"--tail takes a number of lines, got '{result.Tokens[0].Value}'");
                return null;
            },
        };
        var command = new Command("logs", "Show what a run printed") { run, follow, tail };
        command.SetAction((parse, cancellationToken) => Logs(world, parse, parse.GetValue(run)!, parse.GetValue(follow), parse.GetValue(tail), cancellationToken));
        return command;
    }

    private static async Task<int> Logs(World world, ParseResult parse, string address, bool follow, int? tail, CancellationToken cancellationToken)
    {
        await using var search = new RunSearch(world, parse.RuntimeRequest());
        var (runtime, run) = await search.Find(address, cancellationToken);
        var container = run.Container is null ? null : await runtime.FindContainer(run.Container.Id, cancellationToken);
        var saved = world.Runs.OutputOf(run.Id);
        var output =
            container is not null ? runtime.ReadLogs(container.Container.Id, container.HasTerminal, follow, tail, cancellationToken)
            : File.Exists(saved) ? SavedOutput.Read(saved, tail, cancellationToken)
            : throw new AgentopsException(Why(run), ExitCode.Failed, "noOutput");

        await foreach (var chunk in output)
        {
            (chunk.Channel == OutputChannel.Error ? world.Streams.ErrorBytes : world.Streams.OutBytes).Write(chunk.Bytes.Span);
        }

        return ExitCode.Done.Value;
    }

    private static string Why(Run run) => run.State switch
    {
        RunState.Failed => $"Run {run.Id} never started{(run.Record?.Failure is { } failure ? $": {failure}" : ", so it printed nothing.")}",
        RunState.Creating => $"Run {run.Id} has not started yet.",
        RunState.Unknown => $"Run {run.Id} lives on another runtime ({run.Record?.Endpoint}).",
        _ => $"The container of run {run.Id} was removed by something else, and its output with it.",
    };
}
