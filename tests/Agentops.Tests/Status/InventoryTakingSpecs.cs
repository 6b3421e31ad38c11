using Agentops.Containers;
using Agentops.Runs;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Tests.Status;

public sealed class InventoryTakingSpecs : IDisposable
{
    private readonly Screen screen = new();

    public InventoryTakingSpecs() => screen.Clock.HasTimers = false;

    private string Sizes => Path.Combine(screen.StateFolder, "sizes.json");

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task Each_thing_is_asked_for_once_and_what_is_remembered_not_again()
    {
        Population.OfTheDesign(screen);
        for (var number = 0; number < 50; number++)
        {
            new Population(screen).Run($"more{number:d4}", "scraper", ContainerState.Exited, volume: 10);
        }

        await screen.Take();
        Assert.Equal(
            new Dictionary<string, int> { ["ListContainers"] = 1, ["ListStoredImages"] = 1, ["MeasureContainer"] = 53, ["MeasureVolumes"] = 1, ["ReadLayers"] = 4 }, Calls());

        // Only what runs takes another size now.
        await screen.Take();
        Assert.Equal(new Dictionary<string, int> { ["ListContainers"] = 2, ["ListStoredImages"] = 2, ["MeasureContainer"] = 54, ["MeasureVolumes"] = 1, ["ReadLayers"] = 4 }, Calls());
    }

    [Fact]
    public async Task The_folder_of_an_ended_run_is_counted_once_and_again_when_something_in_it_came_or_was_replaced()
    {
        new Population(screen).Run("ended000", "scraper", ContainerState.Exited);
        var folder = screen.Store.FolderOf(Given.Id("ended000"));
        Directory.SetLastWriteTimeUtc(folder, Given.Now.UtcDateTime.AddDays(-1));
        async Task<long?> Size(InventoryDepth? depth = null) => (await screen.Take(depth)).Runs.Single().Disk.Folder?.Bytes;
        var counted = await Size();

        // Nobody writes into a file of an ended run: it is replaced, or new.
        await File.AppendAllTextAsync(Path.Combine(folder, "run.json"), " ", TestContext.Current.CancellationToken);
        Assert.Equal(counted, await Size());
        Assert.Equal(counted + 1, await Size(InventoryDepth.Exact));
        await File.WriteAllTextAsync(Path.Combine(folder, "output.log"), "12345", TestContext.Current.CancellationToken);
        Assert.Equal(counted + 6, await Size());
    }

    [Fact]
    public async Task The_folder_of_a_run_that_goes_on_is_counted_at_each_look()
    {
        new Population(screen).Run("going000", "scraper", ContainerState.Running);
        var folder = screen.Store.FolderOf(Given.Id("going000"));
        Directory.SetLastWriteTimeUtc(folder, Given.Now.UtcDateTime.AddDays(-1));
        var counted = (await screen.Take()).Runs.Single().Disk.Folder!.Value.Bytes;

        await File.AppendAllTextAsync(Path.Combine(folder, "run.json"), " ", TestContext.Current.CancellationToken);

        Assert.Equal(counted + 1, (await screen.Take()).Runs.Single().Disk.Folder!.Value.Bytes);
    }

    [Fact]
    public async Task For_what_is_to_be_removed_running_ones_are_not_measured_nor_others_asked()
    {
        Population.OfTheDesign(screen);
        screen.Others.Add(new() { Identity = new("podman", "5", "unix:///podman.sock") });
        var inventory = await screen.Take(InventoryDepth.Removal);

        Assert.Equal(2, Calls()["MeasureContainer"]);
        Assert.Empty(screen.Others[0].Calls);
        Assert.Null(inventory.Runs.Single(run => run.IsLive).Disk.Total);
        Assert.All(inventory.Runs.Where(run => !run.IsLive), run => Assert.True(run.Disk.Total!.Value.IsExact));
    }

    [Fact]
    public async Task Looking_only_looks()
    {
        Population.OfTheDesign(screen);
        var before = Files();
        await screen.Take(InventoryDepth.Exact);

        Assert.All(Calls().Keys, call => Assert.Matches("^(List|Read|Find|Measure)", call));
        Assert.Equal([.. before, Sizes], Files());
    }

    [Fact]
    public async Task The_two_listings_are_asked_for_at_once()
    {
        Population.OfTheDesign(screen);
        var (waiting, both) = (0, new TaskCompletionSource());
        screen.Runtime.WhileListing = token =>
        {
            if (Interlocked.Increment(ref waiting) == 2)
            {
                both.SetResult();
            }

            return both.Task.WaitAsync(TimeSpan.FromSeconds(30), token);
        };

        Assert.Equal(3, (await screen.Take()).Runs.Count);
    }

    [Fact]
    public async Task Other_runtimes_are_asked_meanwhile_and_not_waited_for_long()
    {
        Population.OfTheDesign(screen);
        var silent = new Fakes.FakeRuntime { Identity = new("podman", "5", "unix:///podman.sock"), WhileListing = token => Task.Delay(Timeout.Infinite, token) };
        screen.Others.Add(silent);
        // The time is up once both runtimes were asked.
        screen.Runtime.WhileListing = async token =>
        {
            for (var waited = 0; silent.Calls.Count == 0; waited++)
            {
                Assert.True(waited < 3000, "the other runtime was not asked meanwhile");
                await Task.Delay(10, token);
            }

            screen.Clock.TimeIsUp();
        };

        var inventory = await screen.Take();

        Assert.Empty(inventory.Elsewhere);
        Assert.Equal(3, inventory.Runs.Count);
    }

    [Fact]
    public async Task Another_runtime_that_fails_is_none()
    {
        screen.Others.Add(new() { Identity = new("podman", "5", "unix:///podman.sock") });
        screen.Others[0].Fail("ListImages", new RuntimeUnavailableException("gone"));

        Assert.Empty((await screen.Take()).Elsewhere);
    }

    [Fact]
    public async Task A_listing_that_fails_takes_nothing_else_away()
    {
        Population.OfTheDesign(screen);
        screen.Runtime.Fail("ListContainers", new RuntimeRefusalException(RuntimeRefusal.Other, "database is locked\nreally"));
        var inventory = await screen.Take();

        Assert.Equal("database is locked", inventory.ContainersFault);
        Assert.Equal(4, inventory.Images.Count);
        Assert.All(inventory.Runs, run => Assert.Equal(RunState.Unknown, run.State));
        Assert.Empty(inventory.Orphans);

        screen.Runtime.Mend("ListContainers");
        screen.Runtime.Fail("ListStoredImages", new RuntimeUnavailableException("no answer"));
        inventory = await screen.Take();

        Assert.Equal("no answer", inventory.ImagesFault);
        Assert.Null(inventory.ContainersFault);
        Assert.Equal([RunState.Running, RunState.Stopped, RunState.Stopped], inventory.Runs.Select(run => run.State));
    }

    [Fact]
    public async Task Nothing_is_forgotten_for_a_listing_that_failed()
    {
        Population.OfTheDesign(screen);
        await screen.Take();
        var remembered = File.ReadAllText(Sizes);
        screen.Runtime.Fail("ListContainers", new RuntimeRefusalException(RuntimeRefusal.Other, "no"));
        await screen.Take();

        Assert.Equal(remembered, File.ReadAllText(Sizes));
    }

    [Fact]
    public async Task What_brings_nothing_new_writes_nothing()
    {
        Population.OfTheDesign(screen);
        await screen.Take();
        var written = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Sizes, written);
        await screen.Take();
        await screen.Take(InventoryDepth.Exact);

        Assert.Equal(written, File.GetLastWriteTimeUtc(Sizes));
    }

    [Fact]
    public async Task Before_the_first_run_nothing_is_written_at_all()
    {
        screen.Runtime.AddImage("agentops/somebody:1");
        await screen.Take();

        Assert.False(Directory.Exists(screen.StateFolder));
    }

    [Fact]
    public async Task A_run_that_was_started_again_is_measured_anew()
    {
        Population.OfTheDesign(screen);
        await screen.Take();
        screen.Runtime.Become("agentops-i9j0k1l2", ContainerState.Exited, Given.Now.AddMinutes(5));
        screen.Runtime.Write("agentops-i9j0k1l2", 500_000_000);
        screen.Clock.Now += TimeSpan.FromMinutes(10);

        Assert.Equal("500 MB", (await screen.Take()).Runs[2].Disk.Total.ToString());
    }

    [Fact]
    public async Task A_size_that_could_not_be_proven_in_time_is_an_estimate()
    {
        Population.OfTheDesign(screen);
        await screen.Take();
        screen.Runtime.Become("agentops-i9j0k1l2", ContainerState.Exited, Given.Now.AddMinutes(5));
        screen.Runtime.Before("FindContainer", _ => screen.Clock.TimeIsUp());
        screen.Runtime.WhileMeasuring = token => Task.Delay(Timeout.Infinite, token);
        screen.Clock.Now += TimeSpan.FromMinutes(10);

        Assert.Equal(["~201 MB", "89 MB"], (await screen.Take()).Runs.Where(run => !run.IsLive).Select(run => run.Disk.Total.ToString()).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public async Task A_command_that_is_interrupted_ends_at_once()
    {
        Population.OfTheDesign(screen);
        using var interrupted = new CancellationTokenSource();
        screen.Runtime.WhileMeasuring = async token =>
        {
            await interrupted.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => screen.Take(InventoryDepth.Exact, interrupted.Token));
    }

    [Fact]
    public async Task Interrupted_in_the_listings_it_ends_too()
    {
        using var interrupted = new CancellationTokenSource();
        screen.Runtime.WhileListing = token => Task.Delay(Timeout.Infinite, token);
        var taking = screen.Take(InventoryDepth.Quick, interrupted.Token);
        await interrupted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
    }

    [Fact]
    public async Task A_run_that_came_to_be_between_the_two_looks_is_neither_an_orphan_nor_lost()
    {
        var population = Population.OfTheDesign(screen);
        screen.Runtime.WhileListing = async _ =>
        {
            screen.Runtime.WhileListing = _ => Task.CompletedTask;
            // The records are read by now, or at this moment.
            await Task.Delay(50, CancellationToken.None);
            population.Run("newborn0", "scraper", ContainerState.Running, Given.Now);
        };
        var inventory = await screen.Take();

        Assert.Equal(RunState.Running, inventory.Runs.Single(run => run.Id == Given.Id("newborn0")).State);
        Assert.Empty(inventory.Orphans);
    }

    [Fact]
    public async Task Layers_that_there_was_no_time_to_read_are_read_in_the_background()
    {
        Population.OfTheDesign(screen);
        screen.Runtime.Before("ReadLayers", _ =>
        {
            screen.Clock.TimeIsUp();
            throw new OperationCanceledException();
        });
        var inventory = await screen.Take();

        Assert.Null(inventory.ImagesTotal);
        Assert.Null(inventory.LayersFault);
        Assert.True(inventory.LayersAreLate);
        Assert.True(inventory.Unmeasured >= 4);
    }

    [Fact]
    public async Task What_a_record_says_of_its_size_is_its_folder_and_what_a_container_wrote()
    {
        var population = new Population(screen);
        population.Base("node:22");
        population.Image("my-agent");
        population.Run("a1b2c3d4", "my-agent", ContainerState.Exited, disk: 5_000_000, volume: 1_000_000);
        File.WriteAllBytes(screen.Store.OutputOf(Given.Id("a1b2c3d4")), new byte[250_000]);
        var disk = (await screen.Take()).Runs[0].Disk;

        Assert.Equal(new ByteSize(5_250_000), disk.Total!.Value.Bytes);
        Assert.Equal(new ByteSize(1_000_000), disk.Volumes);
        Assert.Equal(screen.Store.FolderSize(Given.Id("a1b2c3d4")), disk.Folder);
    }

    [Fact]
    public async Task Ended_ones_are_measured_before_running_ones()
    {
        var population = new Population(screen);
        population.Base("node:22");
        population.Image("my-agent");
        for (var number = 0; number < 20; number++)
        {
            population.Run($"running{number % 10}".PadRight(8, (char)('a' + (number / 10))), "my-agent", ContainerState.Running, Given.Now.AddMinutes(number));
        }

        population.Run("ended000", "my-agent", ContainerState.Exited, Given.Now.AddDays(-9));
        await screen.Take();

        var measured = screen.Runtime.Calls.Where(call => call.StartsWith("MeasureContainer", StringComparison.Ordinal)).ToList();
        // Of eight at a time.
        Assert.InRange(measured.IndexOf($"MeasureContainer {screen.Runtime.ContainerNamed("agentops-ended000")}"), 0, 7);
    }

    private Dictionary<string, int> Calls() => screen.Runtime.Calls.GroupBy(call => call.Split(' ')[0]).OrderBy(calls => calls.Key, StringComparer.Ordinal).ToDictionary(calls => calls.Key, calls => calls.Count());

    private IReadOnlyList<string> Files() => [.. Directory.EnumerateFiles(screen.StateFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
}
