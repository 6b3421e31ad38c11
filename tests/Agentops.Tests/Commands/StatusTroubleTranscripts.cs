using System.Runtime.InteropServices;
using Agentops.Containers;
using Agentops.Terminal;

namespace Agentops.Tests.Commands;

/// <summary>What people see in <c>agent status</c> when something is wrong: on disk, on the engine, in what others left there.</summary>
public sealed class StatusTroubleTranscripts : IDisposable
{
    private readonly Screen screen = new();

    public StatusTroubleTranscripts() => screen.Clock.HasTimers = false;

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task No_runtime_answers()
    {
        screen.NoRuntime = new RuntimeUnavailableException("No container runtime answers. Start Docker or Podman, or name one: --runtime docker|podman|apple");
        Assert.Equal(ExitCode.RuntimeUnavailable, await screen.Type("agent status"));
        Assert.Equal(ExitCode.RuntimeUnavailable, await screen.Type("agent status --json"));
        Assert.Equal(ExitCode.RuntimeUnavailable, await screen.Type("agent why my-agent"));
        Assert.Equal(ExitCode.RuntimeUnavailable, await screen.Type("agent system images"));
        screen.Matches("status-no-runtime");
    }

    [Theory]
    [InlineData("ListContainers", "status-containers-unlisted")]
    [InlineData("ListStoredImages", "status-images-unlisted")]
    public async Task A_listing_that_fails_is_told_in_its_section_and_the_rest_is_shown(string listing, string situation)
    {
        var population = Population.OfTheDesign(screen);
        population.Orphan("lost0000", ContainerState.Exited);
        screen.Runtime.AddImage(null, Population.Labels("scraper", (Labels.Base, "false")), 281_000_000, Given.Now.AddDays(-6), basedOn: "agentops/base-node:22");
        screen.Runtime.Fail(listing, new RuntimeRefusalException(RuntimeRefusal.Other, "database is locked\nand more"));
        Assert.Equal(ExitCode.Failed, await screen.Type("agent status"));
        await screen.Type("agent why scraper");
        screen.Matches(situation);
    }

    [Fact]
    public async Task An_engine_that_stops_answering_in_the_middle()
    {
        Population.OfTheDesign(screen);
        var hanging = new RuntimeUnavailableException("Docker at unix:///run/fake.sock did not answer within 30 s.");
        screen.Runtime.Fail("ListContainers", hanging);
        await screen.Type("agent status");
        screen.Runtime.Fail("ListStoredImages", hanging);
        await screen.Type("agent status");
        await screen.Type("agent why my-agent");
        screen.Matches("status-hanging");
    }

    [Fact]
    public async Task An_engine_that_is_lost_after_the_listings()
    {
        Population.OfTheDesign(screen);
        var lost = new RuntimeUnavailableException("The connection to Docker at unix:///run/fake.sock was lost.");
        screen.Runtime.Fail("ReadLayers", lost);
        screen.Runtime.Fail("MeasureContainer", lost);
        await screen.Type("agent status");
        screen.Matches("status-lost");
    }

    [Fact]
    public async Task Containers_that_the_engine_refuses_to_measure()
    {
        Population.OfTheDesign(screen);
        screen.Runtime.Fail("MeasureContainer", new RuntimeRefusalException(RuntimeRefusal.Other, "no such file or directory"));
        await screen.Type("agent status");
        await screen.Type("agent status --exact");
        screen.Matches("status-unmeasurable");
    }

    [Theory]
    [InlineData("agent status --exact")]
    [InlineData("agent status")]
    [InlineData("agent why my-agent")]
    [InlineData("agent clean --force")]
    public async Task Interrupted_while_it_measures_it_ends_without_a_word(string line)
    {
        Population.OfTheDesign(screen);
        Signals? pressed = null;
        screen.OnStart = signals => pressed = signals;
        screen.Runtime.WhileMeasuring = token =>
        {
            pressed!.Raise(PosixSignal.SIGINT);
            return Task.Delay(Timeout.Infinite, token);
        };

        Assert.Equal(ExitCode.Interrupted, await screen.Type(line));
        Assert.Equal(line.StartsWith("agent clean", StringComparison.Ordinal) ? "Scanning for resources to clean...\n\n" : "", screen.Printed);
        Assert.DoesNotContain(screen.Runtime.Calls, call => call.StartsWith("Remove", StringComparison.Ordinal));
        Assert.Empty(screen.StartedAgents);
    }

    [Fact]
    public async Task An_image_that_vanishes_between_the_listing_and_the_look_at_it()
    {
        Population.OfTheDesign(screen);
        new Population(screen).Image("retired", 150_000_000, Given.Now.AddDays(-30));
        var retired = screen.Runtime.IdOf("agentops/retired:latest");
        screen.Runtime.Before("ReadLayers", image =>
        {
            if (image == retired)
            {
                screen.Runtime.VanishImage(retired);
            }
        });
        await screen.Type("agent status");
        await screen.Type("agent status");
        screen.Matches("status-image-vanishes");
    }

    [Fact]
    public async Task A_container_that_vanishes_between_the_listing_and_the_look_at_it()
    {
        Population.OfTheDesign(screen);
        var scraper = screen.Runtime.ContainerNamed("agentops-i9j0k1l2");
        screen.Runtime.Before("MeasureContainer", container =>
        {
            if (container == scraper)
            {
                screen.Runtime.Vanish(scraper);
            }
        });
        await screen.Type("agent status");
        await screen.Type("agent status");
        screen.Matches("status-container-vanishes");
    }

    [Fact]
    public async Task Containers_that_only_claim_to_be_of_a_run()
    {
        var population = Population.OfTheDesign(screen);
        population.Container("looks-like-a-run", "agentops/base-node:22", ContainerState.Exited, labels: Population.Labels("x", (Labels.Run, "../../etc")));
        population.Container("agentops-i9j0k1l3", "agentops/base-node:22", ContainerState.Exited, labels: Population.Labels("x", (Labels.Run, "../../etc")));
        population.Container("agentops-postgres", "agentops/base-node:22", ContainerState.Exited);
        population.Container("agentops-postgresql", "agentops/base-node:22", ContainerState.Exited);
        await screen.Type("agent status");
        await screen.Type("agent why looks-like-a-run");
        await screen.Type("agent why agentops-postgres");
        await screen.Type("agent why agentops-postgresql");
        await screen.Type("agent why ../../etc");
        screen.Matches("status-claims");
    }

    [Fact]
    public async Task Records_that_cannot_be_read()
    {
        var population = Population.OfTheDesign(screen);
        foreach (var id in new[] { "cutshort", "islink00", "isfolder", "newer000", "norecord" })
        {
            population.Run(id, "my-agent", ContainerState.Exited);
        }

        string Record(string id) => Path.Combine(screen.Store.FolderOf(Given.Id(id)), "run.json");
        File.WriteAllText(Record("cutshort"), "{");
        File.WriteAllText(Record("newer000"), """{"schemaVersion": 2}""");
        File.Delete(Record("norecord"));
        File.Delete(Record("isfolder"));
        Directory.CreateDirectory(Record("isfolder"));
        Directory.Delete(screen.Store.FolderOf(Given.Id("islink00")), recursive: true);
        Directory.CreateSymbolicLink(screen.Store.FolderOf(Given.Id("islink00")), screen.Home);
        await screen.Type("agent status");
        await screen.Type("agent why cutshort");
        screen.Matches("status-records");
    }

    [Fact]
    public async Task The_folder_of_all_records_cannot_be_read()
    {
        Population.OfTheDesign(screen);
        Directory.Delete(Path.Combine(screen.StateFolder, "runs"), recursive: true);
        File.WriteAllText(Path.Combine(screen.StateFolder, "runs"), "");
        Assert.Equal(ExitCode.Failed, await screen.Type("agent status"));
        await screen.Type("agent why a1b2c3d4");
        await screen.Type("agent why agentops/scraper:latest");
        screen.Matches("status-records-unlisted");
    }

    [Fact]
    public async Task A_run_folder_with_more_files_than_are_counted_while_somebody_waits()
    {
        Population.OfTheDesign(screen);
        var folder = Directory.CreateDirectory(Path.Combine(screen.Store.FolderOf(Given.Id("i9j0k1l2")), "accident")).FullName;
        for (var number = 0; number < 10_001; number++)
        {
            File.Create(Path.Combine(folder, number.ToString(System.Globalization.CultureInfo.InvariantCulture))).Dispose();
        }

        await screen.Type("agent status");
        await screen.Type("agent status --exact");
        screen.Matches("status-many-files");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"schemaVersion\":99,\"runtimes\":\"of a later form\"}")]
    [InlineData("{\"schemaVersion\":1,\"runtimes\":{\"unix:///run/fake.sock\":{\"containers\":7}}}")]
    public async Task A_memory_of_sizes_that_cannot_be_read_is_none(string memory)
    {
        Population.OfTheDesign(screen);
        var path = Path.Combine(screen.StateFolder, "sizes.json");
        File.WriteAllText(path, memory);
        await screen.Type("agent status");

        screen.Matches("status");
        Assert.StartsWith("{\"schemaVersion\":1,\"runtimes\":{\"unix:///run/fake.sock\":{\"layers\":[\"", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_memory_of_sizes_that_cannot_be_written_is_no_fault_and_leaves_nothing_behind()
    {
        Population.OfTheDesign(screen);
        Directory.CreateDirectory(Path.Combine(screen.StateFolder, "sizes.json"));
        await screen.Type("agent status");

        screen.Matches("status");
        Assert.Equal(["installation", "runs", "sizes.json"], Directory.EnumerateFileSystemEntries(screen.StateFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Labels_of_a_hundred_kilobytes()
    {
        var population = new Population(screen);
        population.Base("node:22");
        var large = new string('x', 100_000);
        screen.Runtime.AddImage(
            "agentops/large:latest",
            new Dictionary<string, string>
            {
                [Labels.Ours] = "true",
                [Labels.Agent] = large,
                [Labels.Version] = large,
                [Labels.Installation] = large,
                [Labels.Recipe] = $"1;total=0;on=base;ref={large};image=sha256%3A00",
            },
            5_000_000,
            Given.Now.AddDays(-2));
        population.Container("agentops-large000", "agentops/large:latest", ContainerState.Exited, labels: new Dictionary<string, string> { [Labels.Run] = large, [Labels.Agent] = large, [Labels.Version] = large });
        await screen.Type("agent status");
        await screen.Type("agent why agentops/large:latest");
        await screen.Type("agent why agentops-large000");
        await screen.Type("agent system images");
        screen.Matches("status-large-labels");
    }

    [Fact]
    public async Task Two_thousand_runs_stay_in_their_columns()
    {
        var population = new Population(screen);
        population.Base("node:22");
        population.Image("my-agent", 312_000_000);
        population.Runs("my-agent", 2000, number => number == 7 ? ContainerState.Running : ContainerState.Exited, number => $"{(number % 3 == 0 ? "名前" : "name")}-{number % 100}");

        await screen.Type("agent status");
        var lines = screen.Printed.Split('\n');
        var rows = lines[4..2004];

        Assert.Equal("Runs (2000 total, 1 running)", lines[2]);
        Assert.All(rows, row => Assert.Equal(lines[3].IndexOf("RUN ID", StringComparison.Ordinal), Table.Width(row[..row.IndexOf(" r0", StringComparison.Ordinal)]) + 1));
        Assert.All(rows, row => Assert.Contains(" ago", row, StringComparison.Ordinal));
        Assert.Equal(2000, rows.Select(row => row[(row.IndexOf(" r0", StringComparison.Ordinal) + 1)..][..8]).Distinct().Count());
        Assert.Equal("  agentops/my-agent:latest     1d ago      312 MB    name-7, 名前-0, name-1, … (200)", lines[2007]);

        // With all sizes known, two thousand runs cost no more calls than three.
        var calls = screen.Runtime.Calls.Count;
        await screen.Type("agent status");
        Assert.Equal(["ListContainers", "ListStoredImages", $"MeasureContainer {screen.Runtime.ContainerNamed("agentops-r0000007")}"], screen.Runtime.Calls.Skip(calls).Order(StringComparer.Ordinal));
    }
}
