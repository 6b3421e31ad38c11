using Agentops.Containers;

namespace Agentops.Tests.Commands;

/// <summary>What people see in <c>agent why</c>, one situation a file. What the engine or the disk does to it is in <see cref="StatusTroubleTranscripts"/>.</summary>
public sealed class WhyTranscripts : IDisposable
{
    private const string Another = "ffffffffffffffffffffffffffffffff";
    private readonly Screen screen = new();
    private readonly Population population;

    public WhyTranscripts()
    {
        screen.Clock.HasTimers = false;
        population = Population.OfTheDesign(screen);
    }

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task A_run_that_runs()
    {
        await screen.Type("agent why my-agent");
        await Matches("why-run-running");
    }

    [Fact]
    public async Task A_run_that_has_ended_by_any_of_its_names()
    {
        await screen.Type("agent why scraper");
        var told = screen.Printed;
        await Matches("why-run-stopped");
        foreach (var name in new[] { "i9j0k1l2", "i9j", "agentops-i9j0k1l2", screen.Runtime.ContainerNamed("agentops-i9j0k1l2"), screen.Runtime.ContainerNamed("agentops-i9j0k1l2")[..12] })
        {
            await screen.Type($"agent why {name}");
            Assert.Equal(told, screen.Printed);
        }
    }

    [Fact]
    public async Task A_run_that_never_started()
    {
        population.Run("failed00", "test-bot", ContainerState.Created, record: record => record with { Failure = "exec: \"claude\": executable file not found in $PATH" });
        await screen.Type("agent why failed00");
        await Matches("why-run-failed");
    }

    [Fact]
    public async Task A_run_whose_container_was_removed_at_its_end()
    {
        population.Run("removed0", "test-bot", ContainerState.Exited, record: record => record with { RemoveAtEnd = true, EndedAt = Given.Now.AddMinutes(-30), ExitCode = 7 });
        screen.Runtime.Vanish("agentops-removed0");
        await screen.Type("agent why removed0");
        await Matches("why-run-removed");
    }

    [Fact]
    public async Task A_run_on_another_runtime()
    {
        population.Run("faraway0", "test-bot", ContainerState.Exited, record: record => record with { Endpoint = "ssh://build-host" });
        screen.Runtime.Vanish("agentops-faraway0");
        await screen.Type("agent why faraway0");
        await Matches("why-run-elsewhere");
    }

    [Fact]
    public async Task A_run_that_is_being_made()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        population.Run("making00", "test-bot", ContainerState.Created, record: record => record with { Creator = new(self.Id, self.StartTime.ToUniversalTime()) });
        await screen.Type("agent why making00");
        // The record names a process of this moment, in more digits or fewer.
        screen.Even(@"\d+ B of records", "460 B of records");
        await Matches("why-run-making");
    }

    [Fact]
    public async Task A_run_of_which_another_installation_wrote_the_record()
    {
        population.Run("copied00", "test-bot", ContainerState.Exited, record: record => record with { Installation = Another });
        await screen.Type("agent why copied00");
        await Matches("why-run-another-installation");
    }

    [Fact]
    public async Task A_run_that_was_made_from_an_image_that_has_lost_its_tag_since()
    {
        screen.Runtime.AddImage("agentops/scraper:latest", Population.Labels("scraper", (Labels.Base, "false")), 290_000_000, Given.Now.AddHours(-1), basedOn: "agentops/base-node:22");
        await screen.Type("agent why i9j0k1l2");
        await screen.Type($"agent why {screen.Runtime.IdOf("agentops/scraper:latest")["sha256:".Length..][..12]}");
        await Matches("why-run-old-image");
    }

    [Fact]
    public async Task Runs_that_config_yaml_keeps()
    {
        Config("clean:\n  keepLast: 1\n  pin: [scraper]\n");
        await screen.Type("agent why test-bot");
        await screen.Type("agent why scraper");
        await Matches("why-run-kept");
    }

    [Fact]
    public async Task Orphaned_containers()
    {
        population.Orphan("ended000", ContainerState.Exited, disk: 7_000_000);
        population.Orphan("busy0000", ContainerState.Running, disk: 8_000_000);
        population.Orphan("newborn0", ContainerState.Created, disk: 0, createdAt: Given.Now.AddSeconds(30));
        await screen.Type("agent why ended000");
        await screen.Type("agent why agentops-busy0000");
        await screen.Type("agent why newborn0");
        await Matches("why-orphans");
    }

    [Fact]
    public async Task Containers_that_are_not_ours_to_remove()
    {
        var labels = Population.Labels("their-bot", (Labels.Run, "theirs00"));
        labels[Labels.Installation] = Another;
        population.Container("agentops-theirs00", "agentops/test-bot:latest", ContainerState.Exited, labels: labels);
        population.Container("agentops-postgres", "agentops/test-bot:latest", ContainerState.Running);
        population.Container("web", "agentops/test-bot:latest", ContainerState.Running);
        await screen.Type("agent why agentops-theirs00");
        await screen.Type("agent why agentops-postgres");
        await screen.Type("agent why web");
        await Matches("why-containers");
    }

    [Fact]
    public async Task Images_that_are_used_and_images_that_are_not()
    {
        population.Image("retired", 150_000_000, Given.Now.AddDays(-30));
        population.Container("web", "agentops/test-bot:latest", ContainerState.Running);
        await screen.Type("agent why agentops/my-agent:latest");
        await screen.Type("agent why agentops/test-bot");
        await screen.Type("agent why agentops/scraper:latest");
        await screen.Type("agent why retired");
        await Matches("why-images");
    }

    [Fact]
    public async Task Bases()
    {
        population.Base("python:3.13", size: 180_000_000);
        population.Base("alpine:3", size: 8_000_000);
        screen.Runtime.AddImage("somebody/else:1", size: 300_000_000, basedOn: "agentops/base-python:3.13");
        await screen.Type("agent why base-node:22");
        await screen.Type("agent why base-python:3.13");
        await screen.Type("agent why agentops/base-alpine:3");
        await Matches("why-bases");
    }

    [Fact]
    public async Task A_dangling_image()
    {
        var id = screen.Runtime.AddImage(null, Population.Labels("scraper", (Labels.Base, "false")), 281_000_000, Given.Now.AddDays(-6), basedOn: "agentops/base-node:22");
        await screen.Type($"agent why {id["sha256:".Length..][..12]}");
        await screen.Type($"agent why {id[..19]}");
        await Matches("why-image-dangling");
    }

    [Fact]
    public async Task A_stale_image()
    {
        population.Base("node:22", createdAt: Given.Now.AddMinutes(-3));
        await screen.Type("agent why agentops/scraper:latest");
        await Matches("why-image-stale");
    }

    [Fact]
    public async Task Images_that_config_yaml_keeps()
    {
        Config("clean:\n  keepImagesUsedWithin: 90d\n  pin: [pinned]\n");
        population.Image("retired", 150_000_000, Given.Now.AddDays(-30));
        population.Image("pinned", 150_000_000, Given.Now.AddDays(-300));
        population.Image("forgotten", 150_000_000, Given.Now.AddDays(-300));
        await screen.Type("agent why retired");
        await screen.Type("agent why pinned");
        await screen.Type("agent why forgotten");
        await Matches("why-images-kept");
    }

    [Fact]
    public async Task Images_that_are_not_ours_to_remove()
    {
        population.Image("their-bot", 100_000_000, installation: Another);
        population.Image("mine", 260_000_000, tag: "keep-this:1");
        screen.Runtime.AddImage("agentops/by-hand:1", size: 5_000_000);
        await screen.Type("agent why their-bot");
        await screen.Type("agent why keep-this:1");
        await screen.Type("agent why by-hand:1");
        await Matches("why-images-not-ours");
    }

    [Fact]
    public async Task A_tag_of_the_users_beside_ours()
    {
        screen.Runtime.TagByHand("agentops/scraper:latest", "scraper:latest");
        screen.Runtime.Vanish("agentops-i9j0k1l2");
        screen.Store.Remove(Given.Id("i9j0k1l2"));
        await screen.Type("agent why scraper:latest");
        await screen.Type("agent why scraper");
        // The name of a run means the run.
        screen.Runtime.TagByHand("agentops/test-bot:latest", "test-bot:latest");
        await screen.Type("agent why test-bot");
        Assert.StartsWith("Run test-bot", screen.Printed, StringComparison.Ordinal);
        await Matches("why-image-user-tag");
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("agentops/nobody:latest")]
    [InlineData("''")]
    [InlineData("sha256:")]
    [InlineData("../../etc/passwd")]
    public async Task Nothing_of_that_name(string name)
    {
        Assert.Equal(ExitCode.NotFound, await screen.Type($"agent why {name}"));
        Assert.StartsWith($"agent: There is no run, image or container '{name.Trim('\'')}'", screen.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beginnings_and_names_that_mean_several_things()
    {
        population.Run("e5zzzzzz", "test-bot", ContainerState.Exited);
        population.Run("m3n4o5p6", "my-agent", ContainerState.Running);
        await screen.Type("agent why nobody");
        Assert.Equal(ExitCode.Usage, await screen.Type("agent why e5"));
        Assert.Equal(ExitCode.Usage, await screen.Type("agent why my-agent"));
        await screen.Type("agent why nobody --json");
        await Matches("why-ambiguous");
    }

    [Fact]
    public async Task A_name_that_is_the_beginning_of_a_containers_id_too()
    {
        var beginning = screen.Runtime.ContainerNamed("agentops-i9j0k1l2")[..6];
        population.Run("named000", "test-bot", ContainerState.Exited, name: beginning);
        await screen.Type($"agent why {beginning}");

        Assert.StartsWith($"Run {beginning} (named000)\n", screen.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_and_labels_from_anywhere_do_not_steer_the_terminal()
    {
        var id = screen.Runtime.AddImage("agentops/\e]0;title\a:latest", Population.Labels("\e[1m\nKept: forged", (Labels.Base, "false")), 5_000_000, Given.Now.AddDays(-2));
        screen.Runtime.AddContainer(new ContainerSpec("\e[2Jforged", id, new Dictionary<string, string> { [Labels.Run] = "\e[31m", [Labels.Version] = "\r\nRun" }), ContainerState.Exited, imageId: id);
        await screen.Type($"agent why {id[..19]}");
        await screen.Type($"agent why {screen.Runtime.ContainerNamed("\e[2Jforged")[..12]}");
        await screen.Type("agent why '\e[31mred'");
        Assert.DoesNotContain('\e', screen.Printed);
        await Matches("why-names");
    }

    [Fact]
    public async Task As_json()
    {
        await screen.Type("agent why scraper --json");
        await screen.Type("agent why base-node:22 --json");
        await Matches("why-json");
    }

    private void Config(string text) => File.WriteAllText(Path.Combine(screen.StateFolder, "config.yaml"), text);

    // The same as JSON is as its schema says, whatever there is to tell.
    private async Task Matches(string situation)
    {
        screen.Matches(situation);
        await screen.Type(screen.LastLine.Replace(" --json", "", StringComparison.Ordinal) + " --json");
        Schema.Check(screen.Printed.Contains("\n  \"error\": {", StringComparison.Ordinal) ? "error" : "why", screen.Printed);
    }
}
