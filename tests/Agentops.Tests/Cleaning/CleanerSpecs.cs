using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Runs;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Tests.Cleaning;

public sealed class CleanerSpecs : IDisposable
{
    private const string Base = "agentops/base-node:22";

    private readonly Screen screen = new();
    private readonly Signals signals = new();
    private readonly Population population;
    private World world;

    public CleanerSpecs()
    {
        screen.Settle();
        population = new Population(screen);
        world = screen.WorldOf(new Streams(Stream.Null, Stream.Null, Stream.Null, tty: null), signals);
    }

    public void Dispose()
    {
        signals.Dispose();
        screen.Dispose();
    }

    [Fact]
    public async Task A_base_stays_while_an_image_that_was_to_go_stays_by_a_new_tag_of_the_users()
    {
        population.Base("node:22", size: 245_000_000);
        population.Image("scraper", 282_000_000);
        screen.Runtime.Before("RemoveImage", tag =>
        {
            if (tag != Base)
            {
                screen.Runtime.TagByHand("agentops/scraper:latest", "mine:1");
            }
        });

        var report = await Clean();

        Assert.Equal([RemovalOutcome.Removed, RemovalOutcome.Skipped], report.Removals.Select(removal => removal.Outcome));
        Assert.Equal("mine:1, which is built on it, stays", report.Removals[1].Reason);
        Assert.Equal("0 B", report.Freed.ToString());
        Assert.NotEmpty(screen.Runtime.IdOf(Base));
    }

    [Fact]
    public async Task What_a_nameless_image_holds_that_came_meanwhile_is_not_freed()
    {
        population.Base("node:22", size: 245_000_000);
        screen.Runtime.Before("RemoveImage", _ => screen.Runtime.AddImage(null, size: 300_000_000, basedOn: Base));

        var report = await Clean();

        Assert.Equal(RemovalOutcome.Removed, Assert.Single(report.Removals).Outcome);
        Assert.Equal("~0 B", report.Freed.ToString());
    }

    [Fact]
    public async Task What_is_gone_already_is_neither_a_failure_nor_freed()
    {
        var container = population.Orphan("orphan00", ContainerState.Exited, disk: 5_000_000, image: "agentops/x:latest");
        screen.Runtime.AddImage("agentops/a:latest", Population.Labels("a"), 7_000_000);
        screen.Runtime.AddImage("agentops/b:latest", Population.Labels("b"), 9_000_000);
        // Just before each is looked at, and just before it is removed.
        screen.Runtime.Before("FindContainer", _ => screen.Runtime.Vanish(container));
        screen.Runtime.Before("FindImage", tag => Vanish(tag!, "agentops/a:latest"));
        screen.Runtime.Before("RemoveImage", tag => Vanish(tag!, "agentops/b:latest"));

        var report = await Clean();

        Assert.All(report.Removals, removal => Assert.Equal(RemovalOutcome.Gone, removal.Outcome));
        Assert.Equal((0, "0 B", false), (report.Removed, report.Freed.ToString(), report.HasFailures));
        Assert.Equal("Cleaned 0 resources, freed 0 B (3 already gone)\n", CleanText.Describe(report));

        void Vanish(string tag, string which)
        {
            if (tag == which)
            {
                using var somebody = screen.Runtime.As("somebody");
                screen.Runtime.RemoveImage(tag, CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_removed_is_told_and_the_rest_goes_on()
    {
        // Not even an administrator renames a folder to what is longer than a path may be.
        var longest = OperatingSystem.IsMacOS() ? 1023 : 4095;
        var deep = Path.Combine(screen.Home, string.Join('/', Enumerable.Repeat(new string('d', 99), (longest - screen.Home.Length - 160) / 100)));
        deep = Path.Combine(deep, new string('d', longest - deep.Length - 54));
        population.Run("e5f6g7h8", "gone", ContainerState.Exited, disk: 5_000_000);
        population.Orphan("orphan00", ContainerState.Exited, disk: 2_000_000, image: "agentops/gone:latest");
        Directory.CreateDirectory(Path.GetDirectoryName(deep)!);
        Directory.Move(screen.StateFolder, deep);
        world = world with { Runs = new RunStore(deep) };

        var report = await Clean();

        Assert.Equal([RemovalOutcome.Failed, RemovalOutcome.Removed], report.Removals.Select(removal => removal.Outcome));
        Assert.StartsWith(world.Runs.FolderOf(Given.Id("e5f6g7h8")), report.Removals[0].Reason, StringComparison.Ordinal);
        Assert.True(report.HasFailures);
        // The container went, and its record did not.
        Assert.Equal(7_000_000 - world.Runs.FolderSize(Given.Id("e5f6g7h8"))!.Value.Bytes, report.Freed.Bytes.Bytes);
        Assert.NotNull(world.Runs.Read(Given.Id("e5f6g7h8"))!.Record);
    }

    [Fact]
    public async Task A_link_that_was_planted_in_the_folder_of_a_run_is_removed_and_never_followed()
    {
        var precious = Directory.CreateDirectory(Path.Combine(screen.Home, "precious"));
        File.WriteAllText(Path.Combine(precious.FullName, "file"), "precious");
        population.Run("e5f6g7h8", "gone", ContainerState.Exited, disk: 5_000_000);
        Directory.CreateSymbolicLink(Path.Combine(screen.Store.FolderOf(Given.Id("e5f6g7h8")), "link"), precious.FullName);

        var report = await Clean();

        Assert.Equal("5.0 MB", report.Freed.ToString());
        Assert.False(Directory.Exists(screen.Store.FolderOf(Given.Id("e5f6g7h8"))));
        Assert.Equal("precious", File.ReadAllText(Path.Combine(precious.FullName, "file")));
    }

    [Fact]
    public async Task When_the_runtime_is_lost_nothing_more_is_begun_and_the_rest_is_left_as_it_is()
    {
        population.Orphan("orphan00", ContainerState.Exited, image: "agentops/x:latest");
        screen.Runtime.AddImage("agentops/a:latest", Population.Labels("a"), 7_000_000);
        screen.Runtime.AddImage("agentops/b:latest", Population.Labels("b"), 9_000_000);
        screen.Runtime.Before("RemoveImage", _ => throw new RuntimeUnavailableException("The connection was lost.\nIs Docker running?"));

        var report = await Clean();

        Assert.Equal([RemovalOutcome.Removed, RemovalOutcome.Failed, RemovalOutcome.NotTried], report.Removals.Select(removal => removal.Outcome));
        Assert.Equal([null, "The connection was lost.", "The connection was lost."], report.Removals.Select(removal => removal.Reason));
        Assert.Single(screen.Runtime.Calls, call => call.StartsWith("RemoveImage", StringComparison.Ordinal));
        Assert.EndsWith("(1 failed, 1 not tried)\n", CleanText.Describe(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_whose_end_was_never_known_is_left_as_it_is()
    {
        var container = population.Orphan("orphan00", ContainerState.Exited, image: "agentops/x:latest");
        screen.Runtime.Become(container, ContainerState.Exited, finishedAt: null);
        screen.Runtime.Before("FindContainer", _ => screen.Runtime.Become(container, ContainerState.Exited, Given.Now));

        Assert.Equal("when it ended was not known, and nothing proves that it has not run since", Assert.Single((await Clean()).Removals).Reason);
        Assert.Equal(container, screen.Runtime.ContainerNamed("agentops-orphan00"));
    }

    [Fact]
    public async Task A_record_that_appeared_for_an_orphan_keeps_it()
    {
        population.Orphan("orphan00", ContainerState.Exited, image: "agentops/x:latest");
        var inventory = await InventoryTaking.Take(world, screen.Runtime, InventoryDepth.Removal, CancellationToken.None);
        population.Record(Given.Record("orphan00"));

        Assert.Equal("a record of its run has appeared since", Assert.Single((await Clean(inventory)).Removals).Reason);
    }

    [Fact]
    public async Task A_container_that_appeared_for_a_run_without_one_keeps_its_record()
    {
        population.Record(Given.Record("e5f6g7h8", ended: Given.Now));
        var inventory = await InventoryTaking.Take(world, screen.Runtime, InventoryDepth.Removal, CancellationToken.None);
        population.Container("agentops-e5f6g7h8", "agentops/x:latest", ContainerState.Exited);

        Assert.Equal("a container of it has appeared since", Assert.Single((await Clean(inventory)).Removals).Reason);
        Assert.NotNull(screen.Store.Read(Given.Id("e5f6g7h8")));
    }

    [Fact]
    public async Task No_removal_is_forced_and_only_what_was_planned_is_asked_for()
    {
        Population.OfTheDesign(screen);
        var report = await Clean();

        Assert.Equal(
            report.Removals.Select(removal => removal.Item switch
            {
                CleanItem.OfRun { Run.Container.Id: var id } => $"RemoveContainer {id}",
                CleanItem.OfImage { Reference: var reference } => $"RemoveImage {reference}",
                _ => "",
            }).Order(),
            screen.Runtime.Calls.Where(call => call.StartsWith("Remove", StringComparison.Ordinal) || call.StartsWith("Drop", StringComparison.Ordinal)).Order());
    }

    private async Task<CleanReport> Clean() => await Clean(await InventoryTaking.Take(world, screen.Runtime, InventoryDepth.Removal, CancellationToken.None));

    private Task<CleanReport> Clean(Inventory inventory) =>
        new Cleaner(world, screen.Runtime, inventory).CarryOut(CleanPlan.For(inventory, new CleanOptions()), _ => { }, _ => { }, CancellationToken.None);
}
