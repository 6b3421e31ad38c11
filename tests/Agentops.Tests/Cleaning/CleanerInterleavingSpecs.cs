using System.Collections.Concurrent;
using Agentops.Cleaning;

namespace Agentops.Tests.Cleaning;

/// <summary>What holds of a removal while the world goes on: see <see cref="Interleaving"/>.</summary>
public sealed class CleanerInterleavingSpecs
{
    private const int Cases = 10_000;

    private static readonly Lazy<Task<Outcome>> Shared = new(Happen);

    [Fact]
    public Task No_container_is_removed_that_runs() => Hold("ran");

    [Fact]
    public Task No_container_is_removed_that_ran_again_since_it_was_shown() => Hold("ran again");

    [Fact]
    public Task No_tag_is_removed_that_names_another_image_than_was_shown() => Hold("moved");

    [Fact]
    public Task No_image_is_removed_that_something_uses_or_is_about_to() => Hold("used");

    [Fact]
    public Task No_base_is_removed_that_something_is_built_on() => Hold("built on");

    [Fact]
    public Task Nothing_is_removed_that_was_not_shown() => Hold("appeared");

    [Fact]
    public Task The_report_says_what_we_removed_and_nothing_else() => Hold("report");

    [Fact]
    public Task What_was_freed_is_what_went() => Hold("freed");

    [Fact]
    public Task It_fails_when_something_could_not_be_removed_and_only_then() => Hold("failures");

    [Fact]
    public Task Nothing_is_held_or_left_behind() => Hold("left");

    [Fact]
    public async Task Everything_happens_among_so_many()
    {
        var shared = await Shared.Value;
        Assert.Equal(
            ["announces", "builds", "cleans", "is-lost", "moves", "refuses", "removes-at-once", "removes-container", "removes-image", "reruns", "starts", "tags", "uses"],
            shared.Done.Order(StringComparer.Ordinal));
        Assert.Equal(Enum.GetValues<RemovalOutcome>(), shared.Outcomes.Order());
    }

    private static async Task Hold(string promise)
    {
        var broken = (await Shared.Value).Faults.Where(fault => fault.Promise == promise).ToList();
        Assert.True(broken.Count == 0, $"{broken.Count} times, such as {broken.Select(fault => fault.Fault).FirstOrDefault()}");
    }

    private static async Task<Outcome> Happen()
    {
        // Each holds threads while others wait for it.
        ThreadPool.SetMinThreads(32, 32);
        var faults = new ConcurrentBag<(string, string)>();
        var done = new ConcurrentDictionary<string, bool>();
        var outcomes = new ConcurrentDictionary<RemovalOutcome, bool>();
        var first = Random.Shared.Next();
        await Parallel.ForEachAsync(Enumerable.Range(0, Cases).Select(at => unchecked(first + at)), async (seed, _) =>
        {
            var it = await Interleaving.Of(seed);
            foreach (var (promise, fault) in it.Faults)
            {
                faults.Add((promise, $"seed {seed}: {fault}"));
            }

            foreach (var what in it.Done)
            {
                done[what] = true;
            }

            foreach (var outcome in it.Outcomes)
            {
                outcomes[outcome] = true;
            }
        });
        return new Outcome([.. faults], [.. done.Keys], [.. outcomes.Keys]);
    }

    private sealed record Outcome(IReadOnlyList<(string Promise, string Fault)> Faults, IReadOnlyList<string> Done, IReadOnlyList<RemovalOutcome> Outcomes);
}
