using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agentops.EndToEnd;

/// <summary>Runs, rebuilds, stops, changes by hand and two cleanings all at once, for minutes; the engine's own events tell what was done to whom.</summary>
public sealed partial class CleanChaosSpecs
{
    // AGENTOPS_TEST_SECONDS=N goes on for longer.
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("AGENTOPS_TEST_SECONDS"), out var seconds) ? seconds : 180);

    private readonly ConcurrentQueue<string> faults = new();
    private readonly ConcurrentQueue<(Outcome Outcome, DateTimeOffset ShownAt)> cleans = new();
    private readonly ConcurrentDictionary<string, byte> removedByHand = new();
    private readonly ConcurrentDictionary<string, byte> tagsByHand = new();
    private int runs;
    private int restarts;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_happens_meanwhile_clean_takes_only_what_it_showed_and_what_it_says_is_true()
    {
        await using var desk = Desk.WithOwnAgent("setup: [date +%s%N > /made]", Engine.Other);
        (await desk.Run("run", "--name", "first", ".", "--", "true")).Expect(0);
        var events = new List<JsonElement>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var watching = desk.Engine.Watch(events.Add, enough.Token);

        var end = DateTime.UtcNow + Duration;
        await Task.WhenAll(
            Loop(end, 1, chance => Run(desk, chance)),
            Loop(end, 2, chance => Run(desk, chance)),
            Loop(end, 3, chance => Rebuild(desk, chance)),
            Loop(end, 4, chance => Stop(desk, chance)),
            Loop(end, 5, chance => ByHand(desk, chance)),
            Loop(end, 6, chance => Clean(desk, chance)),
            Loop(end, 7, chance => Clean(desk, chance)));

        await Settle(desk);
        // The last events are on their way.
        await Task.Delay(2000, Cancel);
        await enough.CancelAsync();
        await watching;
        // Others have containers on this engine too.
        Check([.. events.Where(seen => seen.GetProperty("Actor").GetProperty("Attributes").TryGetProperty("agentops.agent", out var agent) && agent.GetString() == desk.Agent)]);
        Assert.True(faults.IsEmpty, string.Join("\n\n", faults.Take(10)));
        var removed = cleans.Sum(clean => Removed().Count(clean.Outcome.Out));
        Assert.True(runs > 10 && restarts > 5 && removed > 20 && tagsByHand.Count > 2, $"too little happened: {runs} runs, {restarts} restarts, {removed} removed, {tagsByHand.Count} tags");
    }

    private static string Story(IEnumerable<JsonElement> events, string run) => string.Join(", ", events
        .Where(seen => seen.GetProperty("Actor").GetProperty("Attributes").TryGetProperty("name", out var name) && name.GetString() == "agentops-" + run)
        .Select(seen => $"{seen.GetProperty("Action").GetString()} {DateTimeOffset.UnixEpoch.AddTicks(seen.GetProperty("timeNano").GetInt64() / 100):ss.fff}"));

    private async Task Loop(DateTime end, int seed, Func<Random, Task> act)
    {
        var chance = new Random(seed);
        while (DateTime.UtcNow < end)
        {
            await act(chance);
            await Task.Delay(chance.Next(300), Cancel);
        }
    }

    // However many images are removed around it, a run starts, and ends with its own code.
    private async Task Run(Desk desk, Random chance)
    {
        var code = chance.Next(3, 90);
        var outcome = await desk.Run("run", "--name", $"run{Interlocked.Increment(ref runs)}", ".", "--", "sh", "-c", $"echo here > /tmp/here; sleep 0.{chance.Next(4, 10)}; exit {code}");
        // Stopped or restarted by one of the others.
        if (outcome.ExitCode != code && outcome.ExitCode is not (137 or 143))
        {
            faults.Enqueue($"a run failed\n{outcome}");
        }

        if (chance.Next(3) == 0)
        {
            (await desk.Run("run", "-d", "--name", "long", ".", "--", "sleep", "1000")).Expect(0);
        }
    }

    private async Task Rebuild(Desk desk, Random chance)
    {
        var outcome = await desk.Run("run", "--rebuild", "--name", "rebuilt", ".", "--", "sh", "-c", "sleep 0.5; exit 5");
        if (outcome.ExitCode is not (5 or 137 or 143))
        {
            faults.Enqueue($"a rebuild failed\n{outcome}");
        }

        await Task.Delay(chance.Next(3000), Cancel);
    }

    private static async Task Stop(Desk desk, Random chance)
    {
        var running = (await desk.Runs()).Where(run => run.GetProperty("state").GetString() == "running").Select(run => run.GetProperty("id").GetString()!).ToList();
        if (running.Count > 0)
        {
            // It may have ended, or been cleaned, meanwhile.
            await desk.Run("stop", "-t", "0", running[chance.Next(running.Count)]);
        }
    }

    // docker restart, docker rm, docker tag: with containers of ours. None ends at once: no engine has a removal on condition that a container has not
    // run since it was looked at, so one that starts and ends between look and removal goes. One that still runs does not.
    private async Task ByHand(Desk desk, Random chance)
    {
        // Not one that is being made: whoever takes that away by hand does make its run fail.
        var containers = await desk.EndedContainers();
        if (containers.Count == 0)
        {
            return;
        }

        var id = containers[chance.Next(containers.Count)];
        switch (chance.Next(4))
        {
            case 0:
                if (await desk.Engine.RemoveEnded(id))
                {
                    removedByHand[id] = 0;
                }

                break;
            case 1:
                var tag = $"kept{chance.Next(1_000_000).ToString(CultureInfo.InvariantCulture)}";
                if (await desk.Engine.ImageId(desk.Image) is { } image && await desk.Engine.TryTag(image, $"mine/{desk.Agent}", tag))
                {
                    tagsByHand[tag] = 0;
                }

                break;
            default:
                if (await desk.Engine.Restart(id))
                {
                    Interlocked.Increment(ref restarts);
                }

                break;
        }
    }

    private async Task Clean(Desk desk, Random chance)
    {
        string[] words = ["clean", "--force", .. chance.Next(4) == 0 ? new[] { "--keep-last", "2" } : []];
        await using var clean = desk.Start(words);
        await Until.True(() => clean.Out.Length > 0 || clean.HasExited, () => "the list");
        var shownAt = DateTimeOffset.UtcNow;
        var outcome = await clean.End();
        if (outcome.ExitCode is not (0 or 1))
        {
            faults.Enqueue($"a clean failed\n{outcome}");
        }

        var (promised, done, removed) = (Plan().Match(outcome.Out), Done().Match(outcome.Out), Removed().Count(outcome.Out));
        if (promised.Success && !(done.Success && done.Groups["count"].Value == removed.ToString(CultureInfo.InvariantCulture) && Tried().Count(outcome.Out).ToString(CultureInfo.InvariantCulture) == promised.Groups["count"].Value))
        {
            faults.Enqueue($"the lines do not add up\n{outcome}");
        }

        cleans.Enqueue((outcome, shownAt));
    }

    // All runs end, and all that is ours goes: nothing was leaked.
    private async Task Settle(Desk desk)
    {
        var running = (await desk.Runs()).Where(run => run.GetProperty("state").GetString() == "running").Select(run => run.GetProperty("id").GetString()!).ToList();
        if (running.Count > 0)
        {
            (await desk.Run(["stop", "-t", "0", .. running])).Expect(0);
        }

        await Clean(desk, new Random(0));
        cleans.Last().Outcome.Expect(0);
        (await desk.Run("clean", "--force")).Expect(0);
        var left = await desk.Containers();
        Assert.True(left is [], $"containers are left: {string.Join(' ', left)}\n{(await desk.Run("status")).Out}");
        Assert.Equal([], Directory.GetFileSystemEntries(Path.Combine(desk.State, "runs")));
        foreach (var tag in tagsByHand.Keys)
        {
            Assert.True(await desk.Engine.ImageId($"mine/{desk.Agent}:{tag}") is not null, $"the user's tag {tag} is gone");
            await desk.Engine.RemoveTag($"mine/{desk.Agent}:{tag}");
        }

        (await desk.Run("clean", "--force")).Expect(0);
        Assert.Empty(await desk.Engine.ImagesLabelled($"agentops.agent={desk.Agent}"));
    }

    /// <summary>What the engine saw against what was said.</summary>
    private void Check(IReadOnlyList<JsonElement> events)
    {
        var lastStart = new Dictionary<string, DateTimeOffset>();
        var running = new HashSet<string>();
        var destroyed = new HashSet<string>();
        var names = new Dictionary<string, string>();
        foreach (var seen in events.Where(seen => seen.GetProperty("Type").GetString() == "container"))
        {
            var id = seen.GetProperty("Actor").GetProperty("ID").GetString()!;
            names[id] = seen.GetProperty("Actor").GetProperty("Attributes").GetProperty("name").GetString()!;
            switch (seen.GetProperty("Action").GetString())
            {
                case "start":
                    running.Add(id);
                    lastStart[names[id]] = DateTimeOffset.UnixEpoch.AddTicks(seen.GetProperty("timeNano").GetInt64() / 100);
                    break;
                case "die":
                    running.Remove(id);
                    break;
                case "destroy":
                    if (running.Contains(id))
                    {
                        faults.Enqueue($"container {names[id]} was removed while it ran");
                    }

                    destroyed.Add(id);
                    break;
                default:
                    break;
            }
        }

        // Each container went once, by exactly the hand that says so.
        var told = cleans.SelectMany(clean => Removed().Matches(clean.Outcome.Out).Where(line => line.Groups["run"].Success).Select(line => (Run: line.Groups["run"].Value, clean.ShownAt, clean.Outcome))).ToList();
        foreach (var (run, shownAt, outcome) in told)
        {
            if (lastStart.TryGetValue("agentops-" + run, out var started) && started > shownAt)
            {
                faults.Enqueue($"run {run} was started after the list was shown ({shownAt:ss.fff}), and removed: {Story(events, run)}\n{outcome}");
            }
        }

        foreach (var twice in told.GroupBy(item => item.Run).Where(group => group.Count() > 1))
        {
            faults.Enqueue($"run {twice.Key} was removed {twice.Count()} times\n{string.Join("\n", twice.Select(item => item.Outcome))}");
        }

        var ours = destroyed.Where(id => names[id].StartsWith("agentops-", StringComparison.Ordinal) && !removedByHand.ContainsKey(id)).Select(id => names[id]["agentops-".Length..]).ToHashSet();
        foreach (var run in ours.Except(told.Select(item => item.Run)))
        {
            faults.Enqueue($"the container of run {run} went, and no report says so: {Story(events, run)}\n{string.Join("\n", cleans.Select(clean => clean.Outcome.ToString()).Where(said => said.Contains(run, StringComparison.Ordinal)))}");
        }
    }

    [GeneratedRegex(@"^Total: (?<count>\d+) resource", RegexOptions.Multiline)]
    private static partial Regex Plan();

    [GeneratedRegex(@"^Cleaned (?<count>\d+) resource", RegexOptions.Multiline)]
    private static partial Regex Done();

    [GeneratedRegex(@"^Removing .*\.\.\. ", RegexOptions.Multiline)]
    private static partial Regex Tried();

    [GeneratedRegex(@"^Removing (run .* \((?<run>[a-z0-9]{8})\)|.*)\.\.\. done$", RegexOptions.Multiline)]
    private static partial Regex Removed();
}
