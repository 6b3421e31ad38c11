using System.Text;
using Agentops.Containers;
using Agentops.Runtimes;
using Agentops.Tests.Fakes;

namespace Agentops.Tests.Commands;

/// <summary>What people see in <c>agent status</c>, one situation a file. What goes wrong is in <see cref="StatusTroubleTranscripts"/>.</summary>
public sealed class StatusTranscripts : IDisposable
{
    private readonly Screen screen = new();

    // How long the machine takes is no part of a transcript: time is up where a test says so.
    public StatusTranscripts() => screen.Clock.HasTimers = false;

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task Status_of_the_designs_own_population()
    {
        Population.OfTheDesign(screen);
        await screen.Type("agent status");
        await Matches("status");
    }

    [Fact]
    public async Task Status_before_the_first_run()
    {
        await screen.Type("agent status");

        Assert.False(Directory.Exists(screen.StateFolder));
        await Matches("status-nothing");
    }

    [Fact]
    public async Task Status_while_all_runs_run()
    {
        var population = new Population(screen);
        population.Base("node:22");
        population.Image("my-agent", 312_000_000, Given.Now.AddHours(-2));
        population.Run("a1b2c3d4", "my-agent", ContainerState.Running, Given.Now.AddHours(-2), disk: 124_000_000);
        population.Run("e5f6g7h8", "my-agent", ContainerState.Paused, Given.Now.AddMinutes(-10), disk: 1_500);
        population.Run("i9j0k1l2", "my-agent", ContainerState.Restarting, Given.Now, disk: 2_000);
        await screen.Type("agent status");
        await Matches("status-running");
    }

    [Fact]
    public async Task Each_line_of_Health_when_there_is_something_to_do()
    {
        var population = Population.OfTheDesign(screen);
        population.Orphan("lost0000", ContainerState.Exited, disk: 7_000_000);
        population.Image("retired", 150_000_000, Given.Now.AddDays(-30));
        screen.Runtime.AddImage(null, Population.Labels("scraper", (Labels.Base, "false")), 281_000_000, Given.Now.AddDays(-6), basedOn: "agentops/base-node:22");
        population.Base("python:3.13", createdAt: Given.Now.AddDays(-9));
        population.Image("notebook", 500_000_000, Given.Now.AddDays(-8), on: "python:3.13");
        population.Base("python:3.13", createdAt: Given.Now.AddDays(-1));
        population.Run("failed00", "notebook", ContainerState.Created, Given.Now.AddDays(-8), disk: 1_000, record: record => record with { Failure = "no such device" });
        Unreadable("broken00");
        Leftover(".removed-e5f6g7h8-0123456789abcdef0123456789abcdef", 12_000);
        Leftover(".creating-m3n4o5p6-0123456789abcdef0123456789abcdef", 700);
        screen.Others.Add(Other("podman", "unix:///run/user/1000/podman/podman.sock", containers: 1, images: 2));
        await screen.Type("agent status");
        await Matches("status-health");
    }

    [Fact]
    public async Task What_is_kept_is_counted_and_no_fault()
    {
        Config("clean:\n  keepLast: 5\n  keepImagesUsedWithin: 90d\n");
        var population = Population.OfTheDesign(screen);
        var old = screen.Runtime.AddImage(null, Population.Labels("scraper", (Labels.Base, "false")), 281_000_000, Given.Now.AddDays(-6), basedOn: "agentops/base-node:22");
        screen.Runtime.AddContainer(new ContainerSpec("by-hand", old, new Dictionary<string, string>()), ContainerState.Running, imageId: old);
        population.Orphan("busy0000", ContainerState.Running, disk: 7_000_000);
        await screen.Type("agent status");
        await Matches("status-kept");
    }

    [Fact]
    public async Task Several_orphans_that_are_kept_for_several_reasons()
    {
        var population = new Population(screen);
        population.Base("node:22");
        population.Orphan("busy0000", ContainerState.Running);
        population.Orphan("paused00", ContainerState.Paused);
        population.Container("agentops-postgres", "agentops/base-node:22", ContainerState.Exited);
        await screen.Type("agent status");
        await Matches("status-orphans-kept");
    }

    [Theory]
    [InlineData("status-stale-packages", "name: scraper\nbase: node:22\npackages: [jq]\n")]
    [InlineData("status-stale-base", "name: scraper\nbase: node:24\n")]
    [InlineData("status-stale-faulty", "name: scraper\nbse: node:24\n")]
    public async Task An_image_is_stale_when_its_recipe_changed_where_it_last_ran(string situation, string recipe)
    {
        Population.OfTheDesign(screen);
        var workspace = screen.Workspace("scraper", recipe);
        new Population(screen).Run("m3n4o5p6", "scraper", ContainerState.Running, Given.Now.AddMinutes(-5), record: record => record with { Workspace = workspace });
        await screen.Type("agent status");
        await Matches(situation);
    }

    [Fact]
    public async Task Several_stale_images()
    {
        var population = new Population(screen);
        population.Base("node:22");
        foreach (var agent in new[] { "one", "two", "three", "four" })
        {
            population.Image(agent, 100_000_000);
        }

        population.Base("node:22");
        await screen.Type("agent status");
        await Matches("status-stale-several");
    }

    [Fact]
    public async Task Layers_that_images_share_count_once()
    {
        var population = new Population(screen);
        population.Base("node:22", size: 245_000_000, Given.Now.AddDays(-5));
        population.Image("my-agent", 312_000_000, Given.Now.AddHours(-2));
        population.Image("test-bot", 298_000_000, Given.Now.AddDays(-1));
        population.Run("a1b2c3d4", "my-agent", ContainerState.Running, Given.Now.AddHours(-2), disk: 124_000_000);
        // 245 of the base, 67 and 53 on it.
        await screen.Type("agent status");
        Assert.Contains("Images (3 total, 365 MB)", screen.Printed, StringComparison.Ordinal);
        await Matches("status-shared-layers");
    }

    [Fact]
    public async Task Figures_that_the_engine_does_not_vouch_for_are_marked()
    {
        screen.Runtime.SizesAreExact = false;
        var population = Population.OfTheDesign(screen);
        population.Image("retired", 150_000_000, Given.Now.AddDays(-30));
        await screen.Type("agent status");
        await Matches("status-estimates");
    }

    [Fact]
    public async Task Sizes_that_the_engine_does_not_know()
    {
        Population.OfTheDesign(screen);
        screen.Runtime.HideOfImage("agentops/scraper:latest", size: true);
        screen.Runtime.HideOfContainer("agentops-e5f6g7h8", size: true);
        await screen.Type("agent status");
        await screen.Type("agent status --exact");
        Assert.Empty(screen.StartedAgents);
        await Matches("status-sizes-unknown");
    }

    [Fact]
    public async Task Sizes_that_are_not_there_in_time_are_measured_in_the_background()
    {
        Population.OfTheDesign(screen);
        // Layers are known from an earlier look, so that only runs are left to be measured.
        await screen.Take();
        File.Delete(Path.Combine(screen.StateFolder, "sizes.json"));
        screen.Runtime.WhileMeasuring = async late =>
        {
            screen.Clock.TimeIsUp();
            await Task.Delay(Timeout.Infinite, late);
        };
        await screen.Type("agent status");
        Assert.Equal(["measure --runtime docker"], screen.StartedAgents);

        screen.Runtime.WhileMeasuring = _ => Task.CompletedTask;
        await screen.Type("agent measure");
        await screen.Type("agent status");
        Assert.Single(screen.StartedAgents);
        await Matches("status-sizes-later");
    }

    [Fact]
    public async Task Things_of_ours_on_other_runtimes()
    {
        Population.OfTheDesign(screen);
        screen.Others.Add(Other("docker", "ssh://build-host", containers: 2, images: 0));
        screen.Others.Add(Other("podman", "unix:///run/podman/podman.sock", containers: 0, images: 1));
        screen.Others.Add(Other("apple", "container", containers: 1, images: 1));
        screen.Others.Add(Other("podman", "unix:///run/user/1000/podman/podman.sock", containers: 0, images: 0));
        await screen.Type("agent status");
        await Matches("status-elsewhere");
    }

    [Fact]
    public async Task A_run_that_lives_on_another_runtime()
    {
        var population = Population.OfTheDesign(screen);
        population.Run("m3n4o5p6", "far-away", ContainerState.Exited, record: record => record with { Endpoint = "ssh://build-host" });
        screen.Runtime.Vanish("agentops-m3n4o5p6");
        await screen.Type("agent status");
        await Matches("status-run-elsewhere");
    }

    [Fact]
    public async Task What_another_installation_made_is_shown_and_marked()
    {
        var population = Population.OfTheDesign(screen);
        var labels = Population.Labels("their-bot", (Labels.Run, "theirs00"));
        labels[Labels.Installation] = "ffffffffffffffffffffffffffffffff";
        population.Image("their-bot", 100_000_000, installation: "ffffffffffffffffffffffffffffffff");
        population.Image("idle-bot", 110_000_000, installation: "ffffffffffffffffffffffffffffffff");
        population.Container("agentops-theirs00", "agentops/their-bot:latest", ContainerState.Exited, labels: labels);
        await screen.Type("agent status");
        await Matches("status-another-installation");
    }

    [Fact]
    public async Task An_image_of_many_tags_of_none_and_one_with_a_tag_of_the_users()
    {
        var population = new Population(screen);
        population.Base("node:22");
        var many = population.Image("my-agent", 312_000_000, Given.Now.AddHours(-2));
        foreach (var number in Enumerable.Range(1, 9))
        {
            screen.Runtime.TagByHand(many, $"agentops/my-agent:v{number}");
        }

        var shared = population.Image("test-bot", 298_000_000, Given.Now.AddDays(-1));
        screen.Runtime.TagByHand(shared, "a-copy:1");
        population.Image("mine", 260_000_000, Given.Now.AddDays(-2), tag: "keep-this:1");
        screen.Runtime.AddImage(null, Population.Labels("scraper", (Labels.Base, "false")), 281_000_000, Given.Now.AddDays(-6), basedOn: "agentops/base-node:22");
        await screen.Type("agent status");
        await Matches("status-tags");
    }

    [Fact]
    public async Task An_image_that_many_runs_use()
    {
        var population = new Population(screen);
        population.Base("node:22");
        population.Image("my-agent", 312_000_000, Given.Now.AddHours(-20));
        for (var number = 0; number < 6; number++)
        {
            population.Run($"run0000{number}", "my-agent", number == 4 ? ContainerState.Running : ContainerState.Exited, Given.Now.AddHours(-1 - number), name: $"try-{number}");
        }

        population.Container("by-hand", "agentops/my-agent:latest", ContainerState.Exited);
        await screen.Type("agent status");
        await Matches("status-many-users");
    }

    [Fact]
    public async Task Dates_in_the_future_and_missing_ones()
    {
        var population = new Population(screen);
        population.Base("node:22", createdAt: Given.Now.AddYears(3));
        population.Image("future", 100_000_000, Given.Now.AddDays(400));
        population.Image("undated", 110_000_000);
        screen.Runtime.HideOfImage("agentops/undated:latest", creation: true);
        population.Run("future00", "future", ContainerState.Exited, Given.Now.AddHours(5));
        population.Run("undated0", "undated", ContainerState.Exited, Given.Now.AddHours(-1), record: record => record with { CreatedAt = default });
        population.Orphan("orphan00", ContainerState.Created, createdAt: Given.Now.AddDays(-1));
        screen.Runtime.HideOfContainer("agentops-undated0", creation: true);
        screen.Runtime.HideOfContainer("agentops-orphan00", creation: true);
        await screen.Type("agent status");
        await screen.Type("agent why agentops-orphan00");
        await screen.Type("agent why undated0");
        await Matches("status-dates");
    }

    [Fact]
    public async Task Names_from_anywhere_stay_in_their_columns()
    {
        Strange();
        await screen.Type("agent status");
        Assert.DoesNotContain('\e', screen.Printed);
        Assert.DoesNotContain('\u202e', screen.Printed);
        await Matches("status-names");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(20)]
    public async Task On_a_narrow_terminal_names_are_cut_and_ids_are_not(int columns)
    {
        Population.OfTheDesign(screen);
        Strange();
        var text = await screen.Describe(columns);
        screen.See($"agent status   (on a terminal of {columns} columns)", text);
        Assert.All(text.Split("Health")[0].Split('\n'), line => Assert.True(columns < 60 || Agentops.Terminal.Table.Width(line) <= columns, line));
        Assert.Contains("i9j0k1l2", text, StringComparison.Ordinal);
        await Matches($"status-{columns}-columns");
    }

    private void Strange()
    {
        var population = new Population(screen);
        population.Base("python:3.13");
        population.Image("wide", 100_000_000, on: "python:3.13");
        var names = new[]
        {
            "名前の長いエージェントの名前の長いエージェント", "агент", "e\u0301te\u0301", "👩‍💻 dev", "\e[2J\e[31mred\a\r\nnext", "safe\u202egnp.exe", "✅ done ⚡", new string('x', 100), "",
        };
        foreach (var (number, name) in names.Index())
        {
            population.Run($"strange{number}", "wide", ContainerState.Exited, Given.Now.AddDays(-number - 1), name: name);
        }

        screen.Runtime.AddImage("agentops/\e]0;title\a:latest", Population.Labels("\e[1m", (Labels.Base, "false")), 5_000_000, Given.Now.AddDays(-2));
        population.Container("\e[5mblink", "agentops/\e]0;title\a:latest", ContainerState.Running);
    }

    private static FakeRuntime Other(string name, string endpoint, int containers, int images)
    {
        var other = new FakeRuntime { Identity = new RuntimeIdentity(name, "1.0", endpoint) };
        for (var number = 0; number < images; number++)
        {
            other.AddImage($"agentops/agent-{number}:latest");
        }

        other.AddImage("somebody/else:1");
        for (var number = 0; number < containers; number++)
        {
            other.AddContainer(new ContainerSpec($"agentops-elsewhe{number}", "somebody/else:1", new Dictionary<string, string> { [Labels.Run] = $"elsewhe{number}" }), ContainerState.Exited);
        }

        other.AddContainer(new ContainerSpec("stranger", "somebody/else:1", new Dictionary<string, string>()), ContainerState.Exited);
        return other;
    }

    private void Unreadable(string id)
    {
        screen.Settle();
        screen.Store.TryCreate(Given.Id(id), Given.Record(id));
        File.WriteAllText(Path.Combine(screen.Store.FolderOf(Given.Id(id)), "run.json"), "{");
    }

    private void Leftover(string name, int bytes)
    {
        var left = Directory.CreateDirectory(Path.Combine(screen.StateFolder, "runs", name));
        File.WriteAllText(Path.Combine(left.FullName, "output.log"), new StringBuilder().Append('x', bytes).ToString());
        left.LastWriteTimeUtc = Given.Now.AddMinutes(-10).UtcDateTime;
    }

    private void Config(string text)
    {
        screen.Settle();
        File.WriteAllText(Path.Combine(screen.StateFolder, "config.yaml"), text);
    }

    // The same as JSON is as its schema says, whatever there is to tell.
    private async Task Matches(string situation)
    {
        screen.Matches(situation);
        var code = await screen.Type("agent status --json");
        Schema.Check(code == ExitCode.Done || code == ExitCode.Failed ? "status" : "error", screen.Printed);
    }
}
