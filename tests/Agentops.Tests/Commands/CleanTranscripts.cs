using System.Runtime.InteropServices;
using Agentops.Containers;

namespace Agentops.Tests.Commands;

public sealed class CleanTranscripts : IDisposable
{
    private readonly Screen screen = new();

    public CleanTranscripts()
    {
        // How long the machine takes is no part of a transcript.
        screen.Clock.HasTimers = false;
        screen.Settle();
    }

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task Clean_of_the_designs_own_population()
    {
        Design();
        await screen.Type("agent clean", answer: 'y');
        await screen.Type("agent status");
        screen.Matches("clean");
    }

    [Fact]
    public async Task A_dry_run_shows_what_goes_and_what_stays_and_changes_nothing()
    {
        Design();
        await screen.Type("agent clean --dry-run");
        await screen.Type("agent clean --dry-run --verbose");
        Assert.DoesNotContain(screen.Runtime.Calls, call => call.StartsWith("Remove", StringComparison.Ordinal) || call.StartsWith("Drop", StringComparison.Ordinal));
        screen.Matches("clean-dry-run");
    }

    [Fact]
    public async Task Clean_says_in_full_what_it_keeps_when_asked()
    {
        Design();
        await screen.Type("agent clean --verbose --force");
        screen.Matches("clean-verbose");
    }

    [Fact]
    public async Task Nothing_to_clean()
    {
        await screen.Type("agent clean");
        new Population(screen).Base("node:22");
        new Population(screen).Image("my-agent");
        new Population(screen).Run("a1b2c3d4", "my-agent", ContainerState.Running);
        await screen.Type("agent clean");
        await screen.Type("agent clean --force --json");
        screen.Matches("clean-nothing");
    }

    [Fact]
    public async Task Only_a_clear_yes_removes()
    {
        Design();
        await screen.Type("agent clean", answer: 'n');
        await screen.Type("agent clean", input: "\n");
        Assert.DoesNotContain(screen.Runtime.Calls, call => call.StartsWith("Remove", StringComparison.Ordinal));
        screen.Matches("clean-declined");
    }

    [Fact]
    public async Task Without_an_answer_nothing_is_removed()
    {
        Design();
        await screen.Type("agent clean");
        await screen.Type("agent clean --json");
        Assert.DoesNotContain(screen.Runtime.Calls, call => call.StartsWith("Remove", StringComparison.Ordinal));
        screen.Matches("clean-no-answer");
    }

    [Fact]
    public async Task With_force_nobody_is_asked()
    {
        Design();
        await screen.Type("agent clean --force");
        await screen.Type("agent clean --force");
        screen.Matches("clean-force");
    }

    [Fact]
    public async Task With_force_and_json_only_the_report_is_printed()
    {
        Design();
        await screen.Type("agent clean --force --json");
        screen.Matches("clean-json");
    }

    [Fact]
    public async Task The_plan_as_json()
    {
        Design();
        await screen.Type("agent clean --dry-run --json");
        screen.Matches("clean-dry-run-json");
    }

    [Fact]
    public async Task Options_choose_what_goes()
    {
        Population.OfTheDesign(screen);
        await screen.Type("agent clean --dry-run --older-than 2d");
        await screen.Type("agent clean --dry-run --runs");
        await screen.Type("agent clean --dry-run --images");
        await screen.Type("agent clean --dry-run --keep-last 1");
        screen.Matches("clean-options");
    }

    [Fact]
    public async Task The_last_runs_of_an_agent_and_pinned_agents_are_kept()
    {
        Config("clean:\n  keepLast: 1\n  pin: [scraper]\n");
        var population = Population.OfTheDesign(screen);
        population.Run("m3n4o5p6", "test-bot", ContainerState.Exited, Given.Now.AddDays(-2), disk: 5_000_000);
        population.Run("q7r8s9t0", "my-agent", ContainerState.Exited, Given.Now.AddDays(-4), disk: 6_000_000);
        await screen.Type("agent clean --dry-run");
        await screen.Type("agent clean --dry-run --keep-last 0");
        screen.Matches("clean-keep");
    }

    [Fact]
    public async Task An_image_that_was_used_lately_stays_when_the_run_that_used_it_is_gone()
    {
        Config("clean:\n  keepImagesUsedWithin: 48h\n");
        var population = new Population(screen);
        population.Base("node:22");
        population.Image("scraper", 282_000_000, Given.Now.AddDays(-9));
        population.Run("e5f6g7h8", "scraper", ContainerState.Exited, Given.Now.AddDays(-1), disk: 89_000_000);
        await screen.Type("agent clean --force");
        await screen.Type("agent clean --force --verbose");
        screen.Clock.Now += TimeSpan.FromDays(2);
        await screen.Type("agent clean --force");
        Assert.Empty(Directory.GetFiles(Path.Combine(screen.StateFolder, "uses")));
        screen.Matches("clean-used-lately");
    }

    [Fact]
    public async Task Options_that_make_no_sense_touch_nothing()
    {
        Design();
        foreach (var options in new[] { "--older-than yesterday", "--older-than -1d", "--keep-last -1", "--keep-last many", "--dry-run --force", "--interactive", "--interactive --force", "--plan a --apply b", "--plan a --force", "--apply a --runs", "everything" })
        {
            Assert.Equal(ExitCode.Usage, await screen.Type($"agent clean {options}"));
        }

        Config("clean:\n  keeplast: 3\n");
        Assert.Equal(ExitCode.Usage, await screen.Type("agent clean --force"));
        Assert.Empty(screen.Runtime.Calls);
        screen.Matches("clean-usage");
    }

    [Fact]
    public async Task Orphans_go_when_they_do_not_run_and_are_provably_nobody_elses()
    {
        var population = new Population(screen);
        population.Base("node:22");
        population.Orphan("ended000", ContainerState.Exited, disk: 7_000_000);
        population.Orphan("running0", ContainerState.Running);
        population.Orphan("paused00", ContainerState.Paused);
        population.Orphan("restart0", ContainerState.Restarting);
        population.Orphan("created0", ContainerState.Created, disk: 1_000, createdAt: Given.Now.AddMinutes(-5));
        population.Orphan("newborn0", ContainerState.Created, createdAt: Given.Now.AddSeconds(30));
        population.Container("agentops-nolabel0", "agentops/base-node:22", ContainerState.Exited);
        population.Container("stranger", "agentops/base-node:22", ContainerState.Exited);
        population.Container("agentops-another0", "agentops/base-node:22", ContainerState.Exited, labels: new Dictionary<string, string> { [Labels.Ours] = "true", [Labels.Installation] = "ffffffffffffffffffffffffffffffff" });
        population.Run("unreadab", "lost", ContainerState.Exited, record: record => record with { Image = "agentops/base-node:22" });
        File.WriteAllText(Path.Combine(screen.Store.FolderOf(Given.Id("unreadab")), "run.json"), "{");
        await screen.Type("agent clean --force --verbose");
        screen.Matches("clean-orphans");
    }

    [Fact]
    public async Task An_image_goes_before_its_base_and_a_dangling_one_too()
    {
        var population = new Population(screen);
        population.Base("node:22", size: 245_000_000);
        population.Image("scraper", 282_000_000);
        screen.Runtime.AddImage(null, Population.Labels("scraper", (Labels.Base, "false")), 300_000_000, Given.Now.AddDays(-6), basedOn: "agentops/base-node:22");
        await screen.Type("agent clean --force");
        screen.Matches("clean-base");
    }

    [Fact]
    public async Task A_base_stays_while_an_image_that_stays_needs_it()
    {
        var population = new Population(screen);
        population.Base("node:22", size: 245_000_000);
        population.Base("python:3", size: 180_000_000);
        population.Image("scraper", 282_000_000);
        population.Image("mine", 260_000_000, tag: "mine:1");
        await screen.Type("agent clean --force --verbose");
        await screen.Type("agent system images");
        screen.Matches("clean-base-needed");
    }

    [Fact]
    public async Task Without_evidence_nothing_goes()
    {
        Population.OfTheDesign(screen);
        screen.Runtime.Fail("MeasureContainer", new RuntimeRefusalException(RuntimeRefusal.Other, "no such file"));
        await screen.Type("agent clean --force --runs");
        screen.Matches("clean-no-evidence");
    }

    [Fact]
    public async Task A_base_stays_while_what_may_be_built_on_it_cannot_be_looked_at()
    {
        new Population(screen).Base("node:22", size: 245_000_000);
        screen.Runtime.Fail("ReadLayers", new RuntimeRefusalException(RuntimeRefusal.Other, "no such layer"));
        await screen.Type("agent clean --force");
        screen.Runtime.Mend("ReadLayers");
        screen.Runtime.Before("FindImage", _ =>
        {
            screen.Runtime.AddImage("somebody/else:1", size: 300_000_000, basedOn: "agentops/base-node:22");
            screen.Runtime.Fail("ReadLayers", new RuntimeRefusalException(RuntimeRefusal.Other, "no such layer"));
        });
        await screen.Type("agent clean --force");
        screen.Runtime.Mend("ReadLayers");
        screen.Runtime.Before("FindImage", _ => { });
        await screen.Type("agent clean --force");
        screen.Matches("clean-base-unread");
    }

    [Fact]
    public async Task A_base_that_something_is_built_on_meanwhile_stays()
    {
        new Population(screen).Base("node:22", size: 245_000_000);
        screen.Runtime.Before("FindImage", _ => screen.Runtime.AddImage("somebody/else:1", size: 300_000_000, basedOn: "agentops/base-node:22"));
        await screen.Type("agent clean --force");
        Assert.DoesNotContain(screen.Runtime.Calls, call => call.StartsWith("RemoveImage", StringComparison.Ordinal));
        screen.Matches("clean-base-built-on");
    }

    [Fact]
    public async Task What_is_built_on_an_image_goes_before_it_whatever_they_are()
    {
        var population = new Population(screen);
        population.Base("node:22", size: 245_000_000);
        population.Image("tools", 300_000_000);
        screen.Runtime.AddImage("agentops/base-python:3.13", Population.Labels(null, (Labels.Base, "true")), 310_000_000, Given.Now.AddDays(-1), basedOn: "agentops/tools:latest");
        await screen.Type("agent clean --force");
        screen.Matches("clean-order");
    }

    [Fact]
    public async Task A_users_own_tag_keeps_its_image()
    {
        var population = new Population(screen);
        population.Base("node:22", size: 245_000_000);
        population.Image("scraper", 282_000_000);
        var id = screen.Runtime.IdOf("agentops/scraper:latest");
        screen.Runtime.TagByHand(id, "keep-this:1");
        await screen.Type("agent clean --force --verbose");
        Assert.Equal(id, screen.Runtime.IdOf("keep-this:1"));
        await screen.Type("agent clean --force --verbose");
        screen.Matches("clean-own-tag");
    }

    [Fact]
    public async Task What_a_killed_command_left_goes_too()
    {
        var population = new Population(screen);
        population.Base("node:22");
        population.Image("my-agent");
        population.Run("a1b2c3d4", "my-agent", ContainerState.Running);
        var left = Directory.CreateDirectory(Path.Combine(screen.StateFolder, "runs", ".removed-e5f6g7h8-0123456789abcdef0123456789abcdef"));
        File.WriteAllBytes(Path.Combine(left.FullName, "output.log"), new byte[12_000]);
        left.LastWriteTimeUtc = Given.Now.AddMinutes(-10).UtcDateTime;
        await screen.Type("agent clean --force");
        Assert.False(Directory.Exists(left.FullName));
        screen.Matches("clean-leftovers");
    }

    [Fact]
    public async Task One_failure_does_not_stop_the_rest()
    {
        Design();
        screen.Runtime.Before("RemoveContainer", container =>
        {
            if (container == screen.Runtime.ContainerNamed("agentops-e5f6g7h8"))
            {
                throw new RuntimeRefusalException(RuntimeRefusal.Other, "container e5f6: driver \"overlay2\" failed to remove root filesystem: device or resource busy");
            }
        });
        await screen.Type("agent clean --force");
        await screen.Type("agent clean --force --json");
        screen.Matches("clean-fails");
    }

    [Fact]
    public async Task What_changed_since_it_was_shown_is_left_as_it_is()
    {
        var population = new Population(screen);
        population.Base("node:22", size: 245_000_000);
        foreach (var agent in new[] { "moved", "used", "built", "plain" })
        {
            population.Image(agent, 300_000_000);
        }

        population.Run("restart0", "plain", ContainerState.Exited, disk: 1_000_000);
        population.Run("again000", "plain", ContainerState.Exited, disk: 2_000_000);
        population.Run("vanished", "plain", ContainerState.Exited, disk: 3_000_000);
        population.Run("nofolder", "plain", ContainerState.Exited, disk: 4_000_000);
        var isDone = false;
        screen.Runtime.Before("FindContainer", _ => Once(() =>
        {
            screen.Runtime.Become("agentops-restart0", ContainerState.Running);
            screen.Runtime.Become("agentops-again000", ContainerState.Exited, Given.Now);
            screen.Runtime.Vanish("agentops-vanished");
            screen.Store.Remove(Given.Id("nofolder"));
            screen.Runtime.AddImage("agentops/moved:latest", Population.Labels("moved"), basedOn: "agentops/base-node:22");
            screen.Runtime.AddContainer(new ContainerSpec("by-hand", "agentops/used:latest", new Dictionary<string, string>()), ContainerState.Running);
            screen.Runtime.AddImage("somebody/elses:1", basedOn: "agentops/base-node:22", size: 300_000_000);
        }));
        await screen.Type("agent clean --force");
        screen.Matches("clean-drift");

        void Once(Action change)
        {
            // Several are looked at at once, and each asks first.
            lock (population)
            {
                if (!isDone)
                {
                    isDone = true;
                    change();
                }
            }
        }
    }

    [Fact]
    public async Task What_was_done_is_told_when_the_engine_is_lost_halfway()
    {
        Design();
        screen.Runtime.Before("RemoveImage", _ => throw new RuntimeUnavailableException("The connection to Docker at unix:///run/fake.sock was lost."));
        new Population(screen).Image("old-bot", 100_000_000, Given.Now.AddDays(-9));
        await screen.Type("agent clean --force");
        screen.Matches("clean-engine-lost");
    }

    [Fact]
    public async Task Ctrl_C_stops_after_the_item_in_hand()
    {
        Design();
        new Population(screen).Image("old-bot", 100_000_000, Given.Now.AddDays(-9));
        screen.OnStart = signals => screen.Runtime.Before("RemoveImage", _ => signals.Raise(PosixSignal.SIGINT));
        Assert.Equal(ExitCode.Interrupted, await screen.Type("agent clean --force"));
        screen.Matches("clean-interrupted");
    }

    [Fact]
    public async Task A_plan_is_written_reviewed_and_applied()
    {
        Design();
        await screen.Type("agent clean --plan plan.json");
        await screen.Type("agent clean --apply plan.json --dry-run");
        await screen.Type("agent clean --apply plan.json --force");
        await screen.Type("agent clean --apply plan.json --force");
        screen.Matches("clean-plan");
    }

    [Fact]
    public async Task A_plan_removes_nothing_that_changed_since_nor_what_came_since()
    {
        Design();
        await screen.Type("agent clean --plan plan.json");
        screen.Runtime.Become("agentops-e5f6g7h8", ContainerState.Running);
        screen.Runtime.AddImage("agentops/scraper:latest", Population.Labels("scraper", (Labels.Base, "false")), 290_000_000, Given.Now.AddDays(-3), basedOn: "agentops/base-node:22");
        new Population(screen).Run("m3n4o5p6", "my-agent", ContainerState.Exited);
        await screen.Type("agent clean --apply plan.json --force");
        screen.Matches("clean-plan-drift");
    }

    [Fact]
    public async Task A_plan_that_is_not_for_here_is_refused()
    {
        Design();
        await screen.Type("agent clean --plan plan.json");
        var file = Path.Combine(screen.Folder, "plan.json");
        var plan = File.ReadAllText(file);
        foreach (var (from, to) in new[] { (Given.Installation, "ffffffffffffffffffffffffffffffff"), (Given.Endpoint, "ssh://build-host"), ("\"docker\"", "\"podman\"") })
        {
            File.WriteAllText(file, plan.Replace(from, to, StringComparison.Ordinal));
            Assert.Equal(ExitCode.Refused, await screen.Type("agent clean --apply plan.json --force"));
        }

        foreach (var bad in new[]
        {
            plan[..(plan.Length / 2)], "", "null", "[]", "{}", plan.Replace("\"schemaVersion\": 1", "\"schemaVersion\": 2", StringComparison.Ordinal),
            plan.Replace("\"key\"", "\"clue\"", StringComparison.Ordinal), plan.Replace("\"conditions\"", "\"conditional\"", StringComparison.Ordinal),
        })
        {
            File.WriteAllText(file, bad);
            Assert.Equal(ExitCode.Usage, await screen.Type("agent clean --apply plan.json --force"));
        }

        File.Delete(file);
        Assert.Equal(ExitCode.Usage, await screen.Type("agent clean --apply plan.json --force"));
        Assert.DoesNotContain(screen.Runtime.Calls, call => call.StartsWith("Remove", StringComparison.Ordinal));
        screen.Matches("clean-plan-refused");
    }

    [Fact]
    public async Task A_plan_that_cannot_be_written_fails()
    {
        Design();
        await screen.Type("agent clean --plan no/such/folder/plan.json");
        screen.Matches("clean-plan-unwritable");
    }

    [Theory]
    [InlineData("ListContainers", "clean-containers-unlisted")]
    [InlineData("ListStoredImages", "clean-images-unlisted")]
    public async Task What_cannot_be_looked_at_is_kept(string listing, string situation)
    {
        Design();
        screen.Runtime.Fail(listing, new RuntimeRefusalException(RuntimeRefusal.Other, "database is locked"));
        await screen.Type("agent clean --force");
        screen.Matches(situation);
    }

    [Fact]
    public async Task What_a_build_cache_that_cannot_be_looked_at_may_hold_is_not_counted_as_freed()
    {
        Design();
        screen.Runtime.HoldsDeletedLayers = true;
        screen.Runtime.Fail("ListBuildCache", new RuntimeRefusalException(RuntimeRefusal.Other, "database is locked"));
        await screen.Type("agent clean --force");

        Assert.EndsWith("Cleaned 3 resources, freed ~290 MB\n", screen.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clean_without_a_runtime()
    {
        screen.NoRuntime = new RuntimeUnavailableException("No container runtime answers.");
        await screen.Type("agent clean --force");
        screen.Matches("clean-no-runtime");
    }

    // With what config.yaml needs so that test-bot's image, used a day ago, stays as in the design.
    private void Design()
    {
        Config("clean:\n  keepImagesUsedWithin: 48h\n");
        Population.OfTheDesign(screen);
    }

    private void Config(string text)
    {
        screen.Settle();
        File.WriteAllText(Path.Combine(screen.StateFolder, "config.yaml"), text);
    }
}
