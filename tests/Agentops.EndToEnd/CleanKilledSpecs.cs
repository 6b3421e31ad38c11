using System.Text.Json;

namespace Agentops.EndToEnd;

/// <summary><c>agent clean</c> killed at any point: the next command sees all that is left, and finishes the job.</summary>
public sealed class CleanKilledSpecs
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_at_each_step_the_rest_is_seen_and_the_next_clean_finishes(bool engineHasDoneIt)
    {
        for (var step = 0; ; step++)
        {
            await using var desk = Desk.WithOwnAgent("setup: [date +%s%N > /made]");
            await Populate(desk);
            await using var engine = new Proxy(desk);
            desk.Set("DOCKER_HOST", engine.Host);
            var held = engine.HoldNext(line => !line.StartsWith("GET ", StringComparison.Ordinal), engineHasDoneIt, after: step);
            await using var running = desk.Start("clean", "--force");
            var ended = running.End();
            var isHeld = await Task.WhenAny(held, ended) == held;
            if (isHeld)
            {
                running.Send(Signal.Kill);
            }

            await ended;
            desk.Set("DOCKER_HOST", desk.Engine.Host);
            await AssertAllIsSeen(desk);
            await Finish(desk);
            if (!isHeld)
            {
                // Two containers, two images: fewer steps would mean that nothing was held up.
                Assert.True(step >= 4, $"only {step} steps");
                return;
            }
        }
    }

    [Fact]
    public async Task Killed_at_random_again_and_again_nothing_is_lost_from_sight()
    {
        // AGENTOPS_TEST_SECONDS=300 goes on for minutes.
        var end = DateTime.UtcNow + TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("AGENTOPS_TEST_SECONDS"), out var seconds) ? seconds : 25);
        var chance = new Random(1);
        var cut = 0;
        while (DateTime.UtcNow < end || cut == 0)
        {
            await using var desk = Desk.WithOwnAgent("setup: [date +%s%N > /made]");
            await Populate(desk);
            while (true)
            {
                await using var running = desk.Start("clean", "--force");
                await Task.Delay(chance.Next(10, 350), TestContext.Current.CancellationToken);
                running.Send(Signal.Kill);
                var outcome = await running.End();
                await AssertAllIsSeen(desk);
                if (outcome.ExitCode == 0)
                {
                    break;
                }

                cut++;
            }

            await Finish(desk);
        }

        Assert.True(cut > 3, $"only {cut} were cut short");
    }

    // Two runs, one of which lost its record, on an image of each of two builds.
    private static async Task Populate(Desk desk)
    {
        (await desk.Run("run", "--name", "first", ".", "--", "true")).Expect(0);
        (await desk.Run("run", "--rebuild", "--name", "second", ".", "--", "sh", "-c", "echo x > /tmp/x")).Expect(0);
        var first = (await desk.Runs()).Single(run => run.GetProperty("name").GetString() == "first").GetProperty("id").GetString()!;
        Directory.Delete(Path.GetDirectoryName(desk.RecordOf(first))!, recursive: true);
    }

    // What really is there, of the engine and of the disk, against what status says.
    private static async Task AssertAllIsSeen(Desk desk)
    {
        var outcome = (await desk.Run("status", "--json")).Expect(0);
        var status = JsonDocument.Parse(outcome.Out).RootElement;
        var runs = status.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("id").GetString()!).ToHashSet();
        var orphans = status.GetProperty("orphans").EnumerateArray().Select(orphan => orphan.GetProperty("containerId").GetString()!).ToHashSet();
        var images = status.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("id").GetString()!).ToHashSet();
        var leftovers = status.GetProperty("health").EnumerateArray().Where(line => line.GetProperty("kind").GetString() == "leftovers").Sum(line => line.GetProperty("count").GetInt32());
        foreach (var id in await desk.Containers())
        {
            var name = (await desk.Engine.Container(id)).GetProperty("Name").GetString()!;
            Assert.True(orphans.Contains(id) || runs.Contains(name["/agentops-".Length..]), $"container {name} is not seen\n{outcome}");
        }

        Assert.All(await desk.Engine.ImagesLabelled($"agentops.agent={desk.Agent}"), id => Assert.True(images.Contains(id), $"image {id} is not seen\n{outcome}"));
        var folders = Directory.GetDirectories(Path.Combine(desk.State, "runs")).Select(folder => Path.GetFileName(folder)!).ToList();
        Assert.All(folders.Where(folder => !folder.StartsWith('.')), folder => Assert.True(runs.Contains(folder), $"folder {folder} is not seen\n{outcome}"));
        Assert.True(folders.Count(folder => folder.StartsWith('.')) == leftovers, $"{string.Join(' ', folders)}\n{outcome}");
    }

    private static async Task Finish(Desk desk)
    {
        var outcome = (await desk.Run("clean", "--force", "--verbose")).Expect(0);
        while (outcome.Out.Contains("(the runtime is removing", StringComparison.Ordinal))
        {
            // The engine is still busy with what the killed one asked for.
            outcome = (await desk.Run("clean", "--force", "--verbose")).Expect(0);
        }

        var left = (await desk.Containers()).Concat(await desk.Engine.ImagesLabelled($"agentops.agent={desk.Agent}")).Concat(Directory.GetFileSystemEntries(Path.Combine(desk.State, "runs"))).ToList();
        Assert.True(left is [], $"left: {string.Join(' ', left)}\n{outcome}");
        Assert.StartsWith("Nothing to clean.\n", (await desk.Run("clean", "--force")).Expect(0).Out, StringComparison.Ordinal);
    }
}
