using System.CommandLine;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent stop</c>: ends runs; what they did stays.</summary>
internal static class StopCommand
{
    public static Command Create(World world)
    {
        var runs = RunArgument.Several();
        var time = new Option<int>("--time", "-t") { Description = "Seconds to wait before it is killed", HelpName = "seconds", DefaultValueFactory = _ => 10 };
        time.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValue(time) < 0)
            {
                result.AddError("--time takes a number of seconds, 0 or more");
            }
        });
        var command = new Command("stop", "Stop runs; their output and files stay") { runs, time };
        command.SetAction((parse, cancellationToken) => Stop(world, parse, parse.GetValue(runs)!, TimeSpan.FromSeconds(parse.GetValue(time)), cancellationToken));
        return command;
    }

    private static async Task<int> Stop(World world, ParseResult parse, IReadOnlyList<string> addresses, TimeSpan grace, CancellationToken cancellationToken)
    {
        await using var search = new RunSearch(world, parse.RuntimeRequest());
        var found = new List<(IContainerRuntime Runtime, Run Run)>();
        RuntimeUnavailableException? unreachable = null;

        // All are found before the first is stopped: a typo in the last stops none.
        foreach (var address in addresses)
        {
            try
            {
                found.Add(await search.Find(address, cancellationToken));
            }
            catch (RuntimeUnavailableException failure) when (addresses.Count > 1)
            {
                // The others may live elsewhere.
                unreachable = failure;
                await world.Streams.Error.WriteLineAsync($"agent: '{SafeText.Escape(address)}' cannot be stopped: {SafeText.EscapeLines(failure.Message)}");
            }
        }

        if (found.Count == 0 && unreachable is not null)
        {
            return unreachable.ExitCode.Value;
        }

        var failed = unreachable is not null;
        foreach (var (runtime, run) in found.DistinctBy(one => one.Run.Id))
        {
            failed |= !await StopOne(world, runtime, run, grace, cancellationToken);
        }

        return (failed ? ExitCode.Failed : ExitCode.Done).Value;
    }

    private static async Task<bool> StopOne(World world, IContainerRuntime runtime, Run run, TimeSpan grace, CancellationToken cancellationToken)
    {
        var name = $"{SafeText.Escape(run.Name)} ({run.Id})";
        if (run.Container is null || !run.IsLive)
        {
            var isElsewhere = run.State is RunState.Unknown or RunState.Creating;
            await world.Streams.Out.WriteLineAsync(isElsewhere ? $"Run {name} cannot be stopped: it {(run.State == RunState.Creating ? "is being made" : "lives on another runtime")}." : $"Run {name} has ended already.");
            return !isElsewhere;
        }

        await world.Streams.Out.WriteAsync($"Stopping run {name}... ");
        try
        {
            await runtime.StopContainer(run.Container.Id, grace, cancellationToken);
            await world.Streams.Out.WriteLineAsync("done");
            return true;
        }
        catch (RuntimeRefusalException refusal)
        {
            await world.Streams.Out.WriteLineAsync(SafeText.Escape(refusal.Message));
            return false;
        }
    }
}
