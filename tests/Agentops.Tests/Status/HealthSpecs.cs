using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Tests.Status;

public sealed class HealthSpecs
{
    private static readonly HealthKind[] Always = [HealthKind.StoppedRuns, HealthKind.OrphanedContainers, HealthKind.DanglingImages, HealthKind.StaleImages];

    [Fact]
    public void Of_nothing_the_first_four_kinds_say_that_all_is_fine()
    {
        var health = Of(Given.Inventory());

        Assert.Equal(Always, health.Select(line => line.Kind));
        Assert.All(health, line => Assert.Equal((true, 0, null, null), (line.IsFine, line.Count, line.Size, line.Command)));
        Assert.Equal(["No stopped runs", "No orphaned containers", "No dangling images", "No stale images"], health.Select(line => line.Message));
    }

    [Fact]
    public void Sizes_add_up()
    {
        var line = Of(Given.Inventory(runs: [Stopped("a", 89_000_000), Stopped("b", 201_000_000)]), HealthKind.StoppedRuns);

        Assert.Equal(new HealthLine(HealthKind.StoppedRuns, false, 2, new LayerBytes(new ByteSize(290_000_000), true), "2 stopped runs can be cleaned (290 MB)", "agent clean"), line);
    }

    [Fact]
    public void An_estimate_among_them_makes_an_estimate()
    {
        var runs = new[] { Stopped("a", 89_000_000), Stopped("b", 201_000_000) };
        runs[1] = runs[1] with { Disk = runs[1].Disk with { IsProven = false } };

        Assert.Equal("2 stopped runs can be cleaned (~290 MB)", Of(Given.Inventory(runs: runs), HealthKind.StoppedRuns).Message);
    }

    [Fact]
    public void What_is_not_known_of_one_is_not_known_of_all()
    {
        var line = Of(Given.Inventory(runs: [Stopped("a", 89_000_000), Stopped("b") with { Disk = DiskUse.Unknown }]), HealthKind.StoppedRuns);

        Assert.Equal((null, "2 stopped runs can be cleaned (?)"), (line.Size, line.Message));
    }

    [Fact]
    public void Runs_that_never_started_count_as_stopped_and_live_ones_do_not()
    {
        var line = Of(
            Given.Inventory(runs: [Stopped("a"), Given.Run("failed00", state: ContainerState.Created), Given.Run("running0"), Given.Run("paused00", state: ContainerState.Paused)]), HealthKind.StoppedRuns);

        Assert.Equal(2, line.Count);
    }

    [Fact]
    public void What_is_kept_is_counted_where_nothing_can_go()
    {
        var line = Of(Given.Inventory(runs: [Stopped("a"), Stopped("b")]), HealthKind.StoppedRuns, new CleanOptions { KeepLast = 5 });

        Assert.Equal((true, 2, "No stopped runs to clean (2 kept)"), (line.IsFine, line.Count, line.Message));
    }

    [Fact]
    public void Without_a_listing_of_containers_nothing_is_called_fine_that_depends_on_it()
    {
        var health = Of(Given.Inventory(images: [Given.OurImage()]) with { ContainersFault = "database is locked" });

        Assert.Equal(["Stopped runs: not known", "Orphaned containers: not known", "Dangling images: not known", "No stale images"], health.Select(line => line.Message));
        Assert.Equal([false, false, false, true], health.Select(line => line.IsFine));
    }

    [Fact]
    public void Without_a_listing_of_images_nothing_is_known_of_them()
    {
        var health = Of(Given.Inventory(runs: [Stopped("a")]) with { ImagesFault = "database is locked" });

        Assert.Equal(["1 stopped run can be cleaned (1.0 MB)", "No orphaned containers", "Dangling images: not known", "Stale images: not known"], health.Select(line => line.Message));
    }

    [Fact]
    public void Without_records_no_container_is_called_orphaned()
    {
        var health = Of(Given.Inventory(orphans: [Given.Orphan()]) with { RecordsFault = "permission denied" });

        Assert.Equal(["Stopped runs: not known", "Orphaned containers: not known"], health.Take(2).Select(line => line.Message));
    }

    [Fact]
    public void An_orphan_that_is_kept_says_why_and_several_say_who()
    {
        Assert.Equal(
            ("1 orphaned container is kept (it runs, or may run again by itself)", "agent why agentops-busy0000"),
            Told(Given.Inventory(orphans: [Given.Orphan("busy0000", ContainerState.Running)]), HealthKind.OrphanedContainers));
        Assert.Equal(
            ("2 orphaned containers are kept (agentops-busy0000, agentops-record00)", "agent why <container>"),
            Told(Given.Inventory(orphans: [Given.Orphan("busy0000", ContainerState.Running), Given.Orphan("record00", hasRecord: true)]), HealthKind.OrphanedContainers));
        Assert.Equal(
            ("1 orphaned container can be cleaned (1.0 MB)", "agent clean"),
            Told(Given.Inventory(orphans: [Given.Orphan("busy0000", ContainerState.Running), Given.Orphan("ended000")]), HealthKind.OrphanedContainers));
    }

    [Fact]
    public void A_stale_image_says_why_and_which_command_makes_it_anew()
    {
        Assert.Equal(
            ("1 stale image (300 MB), agentops/scraper:latest: packages changed in agent.yaml", "agent run scraper builds it anew"),
            Told(Given.Inventory(images: [Given.OurImage("scraper") with { Stale = "packages changed in agent.yaml" }]), HealthKind.StaleImages));
        Assert.Equal(
            ("2 stale images (500 MB), agentops/a:latest, agentops/b:latest", "agent run … builds each anew"),
            Told(Given.Inventory(images: [Given.OurImage("a") with { Stale = "x" }, Given.OurImage("b", '2', size: 200_000_000) with { Stale = "y" }]), HealthKind.StaleImages));
    }

    [Fact]
    public void An_unused_image_counts_once_however_many_tags_it_has()
    {
        var line = Of(Given.Inventory(images: [Given.OurImage("a", moreTags: ["agentops/a:v1", "agentops/a:v2"]), Given.OurImage("b", '2', size: 200_000_000)]), HealthKind.UnusedImages);

        Assert.Equal((2, "2 unused images can be cleaned (500 MB)"), (line.Count, line.Message));
    }

    [Fact]
    public void Images_that_go_along_with_their_runs_have_no_line_of_their_own() =>
        Assert.DoesNotContain(Of(Given.Inventory(runs: [Stopped("a")], images: [Given.OurImage()])), line => line.Kind == HealthKind.UnusedImages);

    [Fact]
    public void Unreadable_records_leftovers_and_other_runtimes_have_lines_when_there_are_any()
    {
        var inventory = Given.Inventory() with
        {
            UnreadableRecords = ["one"],
            Leftovers = [new Leftover(".removed-a", new ByteSize(12_000)), new Leftover(".removed-b", null)],
            Elsewhere =
            [
                new OtherRuntime(new RuntimeIdentity("podman", null, "unix:///podman.sock"), 1, 2),
                new OtherRuntime(new RuntimeIdentity("docker", null, "ssh://build-host"), 3, 0),
            ],
        };

        Assert.Equal(
            [
                ("1 record cannot be read and is kept", "agent list names it"),
                ("2 interrupted commands left something behind (?)", "agent clean"),
                ("1 run and 2 images on podman (unix:///podman.sock)", "agent status --runtime podman"),
                ("3 runs on docker (ssh://build-host)", "DOCKER_HOST=ssh://build-host agent status --runtime docker"),
            ],
            Of(inventory).Skip(4).Select(line => (line.Message, line.Command!)));
    }

    [Fact]
    public void Another_podman_is_reached_by_its_own_variable() =>
        Assert.Equal(
            "CONTAINER_HOST=unix:///other.sock agent status --runtime podman",
            Of(Given.Inventory() with { Runtime = new RuntimeIdentity("podman", null, "unix:///one.sock"), Elsewhere = [new OtherRuntime(new RuntimeIdentity("podman", null, "unix:///other.sock"), 1, 0)] })[^1].Command);

    private static Run Stopped(string letter, long disk = 1_000_000)
    {
        var id = letter.PadRight(8, '0');
        var run = Given.Run(id, state: ContainerState.Exited);
        return run with { Container = run.Container! with { Id = new string('c', 56) + id }, Disk = Given.Disk(disk) };
    }

    private static (string, string) Told(Inventory inventory, HealthKind kind) => Of(inventory, kind) is var line ? (line.Message, line.Command!) : default;

    private static HealthLine Of(Inventory inventory, HealthKind kind, CleanOptions? options = null) => Of(inventory, options).Single(line => line.Kind == kind);

    private static IReadOnlyList<HealthLine> Of(Inventory inventory, CleanOptions? options = null) => Health.Of(inventory, CleanPlan.For(inventory, options ?? new CleanOptions()));
}
