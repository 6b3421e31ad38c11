using Agentops.Containers;
using Agentops.Runtimes;
using Agentops.Tests.Fakes;

namespace Agentops.Tests.Commands;

/// <summary>What people see in <c>agent status --all</c>, one situation a file.</summary>
public sealed class StatusAllTranscripts : IDisposable
{
    private readonly Screen screen = new();
    private readonly FakeRuntime lab;
    private readonly FakeRuntime podman;

    public StatusAllTranscripts()
    {
        // How long the machine takes is no part of a transcript.
        screen.Clock.HasTimers = false;
        lab = new FakeRuntime(screen.Clock) { Identity = new RuntimeIdentity("docker", "26.1.5", "ssh://root@lab") };
        podman = new FakeRuntime(screen.Clock) { Identity = new RuntimeIdentity("podman", "5.4.2", "unix:///run/user/1000/podman/podman.sock") };
        screen.AllPlaces =
        [
            Screen.Answering("lab", lab, PlaceOrigin.Context),
            Screen.Silent("old-lab", "tcp://10.0.0.3:2375", "nobody listens\nStart the engine there, or choose another context: docker context ls"),
            Screen.Silent("attic", null, "it has no address in /home/user/.docker/contexts/meta/0123/meta.json\nMake the context anew: docker context rm attic, then docker context create"),
            Screen.Answering("docker", screen.Runtime),
            Screen.Answering("podman", podman),
        ];
    }

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task All_runtimes_and_contexts_in_one_view_with_those_that_do_not_answer()
    {
        Populate();
        await screen.Type("agent status --all");
        screen.Matches("status-all");
    }

    [Fact]
    public async Task The_same_as_one_document()
    {
        Populate();
        await screen.Type("agent status --all --json");
        Schema.Check("status-all", screen.Printed);
        screen.Matches("status-all-json");
    }

    [Fact]
    public async Task Runs_that_live_where_nothing_answers_or_nowhere_and_records_that_cannot_be_read()
    {
        Populate();
        screen.Store.TryCreate(Given.Id("faraway0"), Given.Record("faraway0", "builder", endpoint: "tcp://10.0.0.3:2375"));
        screen.Store.TryCreate(Given.Id("nowhere0"), Given.Record("nowhere0", "lost", endpoint: "ssh://gone"));
        // Gone with its container (--rm): the record alone is left, and it was made on podman.
        screen.Store.TryCreate(Given.Id("removed0"), Given.Record("removed0", "quick", started: Given.Now.AddHours(-1), ended: Given.Now, exitCode: 0, endpoint: podman.Identity.Endpoint, removeAtEnd: true));
        screen.Store.TryCreate(Given.Id("broken00"), Given.Record("another0"));
        await screen.Type("agent status --all");
        await screen.Type("agent status --all --json");
        Schema.Check("status-all", screen.Printed);
        screen.Matches("status-all-elsewhere");
    }

    [Fact]
    public async Task What_one_cannot_list_is_its_own_trouble_and_an_exit_code()
    {
        Populate();
        lab.Fail("ListContainers", new RuntimeRefusalException(RuntimeRefusal.Other, "layer does not exist"));
        podman.Fail("ListStoredImages", new RuntimeRefusalException(RuntimeRefusal.Other, "image not known"));
        Assert.Equal(ExitCode.Failed, await screen.Type("agent status --all"));
        screen.Matches("status-all-faults");
    }

    [Fact]
    public async Task One_runtime_that_is_empty()
    {
        screen.AllPlaces = null;
        await screen.Type("agent status --all");
        screen.Matches("status-all-one");
    }

    [Fact]
    public async Task When_none_answers_each_is_told_with_its_reason()
    {
        screen.NoRuntime = new RuntimeUnavailableException("No container runtime answers.");
        screen.AllPlaces = [.. screen.AllPlaces!.Where(place => place.Name is "old-lab" or "attic")];
        Assert.Equal(ExitCode.RuntimeUnavailable, await screen.Type("agent status --all"));
        Assert.Equal(ExitCode.RuntimeUnavailable, await screen.Type("agent status --all --json"));
        Schema.Check("status-all", screen.Printed);
        screen.AllPlaces = [];
        await screen.Type("agent status --all");
        await screen.Type("agent status --all --json");
        screen.Matches("status-all-none");
    }

    [Fact]
    public async Task What_it_does_not_go_with()
    {
        await screen.Type("agent status --all --exact");
        await screen.Type("agent status --all --watch");
        await screen.Type("agent status --all --runtime podman");
        await screen.Type("agent status --all --context lab");
        screen.Matches("status-all-usage");
    }

    [Fact]
    public async Task On_a_narrow_terminal_names_are_cut_and_figures_are_not()
    {
        Populate();
        screen.See("agent status --all   (on a terminal of 80 columns)", await screen.DescribeAll(80));
        screen.Matches("status-all-80-columns");
    }

    [Fact]
    public async Task Looking_at_all_only_reads()
    {
        Populate();
        await screen.Type("agent status --all");

        foreach (var runtime in new[] { screen.Runtime, lab, podman })
        {
            Assert.NotEmpty(runtime.Calls);
            Assert.All(runtime.Calls, call => Assert.Matches("^(List|Find|Read|Measure|ImageSize)", call));
        }
    }

    private void Populate()
    {
        Population.OfTheDesign(screen);
        var far = new Population(screen, lab);
        far.Base("node:22");
        far.Image("trainer", 512_000_000, Given.Now.AddDays(-6));
        far.Run("t1a2b3c4", "trainer", ContainerState.Running, Given.Now.AddHours(-5), disk: 3_400_000_000);
        far.Run("t5d6e7f8", "trainer", ContainerState.Exited, Given.Now.AddDays(-2), disk: 77_000_000);
        var own = new Population(screen, podman);
        own.Base("node:22");
        own.Image("claude", 420_000_000, Given.Now.AddMinutes(-50));
        own.Run("c1c2c3c4", "claude", ContainerState.Running, Given.Now.AddMinutes(-40), disk: 12_000_000);
    }
}
