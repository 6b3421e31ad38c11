using Agentops.Runtimes;
using Agentops.Tests.Fakes;

namespace Agentops.Tests.Commands;

public sealed class ElsewhereTranscripts : IDisposable
{
    private readonly Screen screen = new();
    private readonly FakeRuntime lab;

    public ElsewhereTranscripts()
    {
        lab = new FakeRuntime(screen.Clock) { Identity = new RuntimeIdentity("docker", "26.1.5", "ssh://root@lab") { Context = "lab" } };
        screen.Places.Add(lab);
        screen.Workspace("project", "name: my-agent\nbase: node:22\n");
        foreach (var runtime in new[] { screen.Runtime, lab })
        {
            runtime.AddImage("agentops/base-node:22");
        }
    }

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task A_run_is_found_where_it_lives_by_every_command_that_names_it()
    {
        await screen.Type("agent run -d --context lab --name far -- sh -c 'echo here; sleep 600'");
        await screen.Type("agent logs a1b2c3d4");
        await screen.Type("agent exec far -- echo inside");
        await screen.Type("agent cp far:/workspace/agent.yaml copy.yaml");
        await screen.Type("agent why a1b2");
        await screen.Type("agent list");
        await screen.Type("agent stop far");
        await screen.Type("agent list --context lab");

        var record = screen.Store.Read(Given.Id())!.Record!;
        Assert.Equal(("docker", "ssh://root@lab", "lab"), (record.Runtime, record.Endpoint, record.Context));
        Assert.DoesNotContain(screen.Runtime.Calls, call => call.StartsWith("Create", StringComparison.Ordinal) || call.StartsWith("ReadLogs", StringComparison.Ordinal));
        // The record names a process of this moment, in more digits or fewer.
        screen.Even(@"\b[56]\d\d B", "600 B");
        screen.Matches("elsewhere");
    }

    [Fact]
    public async Task Runs_of_several_places_are_stopped_together_and_a_typo_stops_none()
    {
        await screen.Type("agent run -d --context lab --name far -- sleep 600");
        await screen.Type("agent run -d --name near -- sleep 600");
        await screen.Type("agent stop far near nobody");
        await screen.Type("agent stop near far");

        screen.Matches("elsewhere-stop");
    }

    [Fact]
    public async Task A_place_that_does_not_answer_holds_up_no_other_and_is_told()
    {
        await screen.Type("agent run -d --context lab --name far -- sleep 600");
        await screen.Type("agent run -d --name near -- sleep 600");
        screen.Places.Clear();
        await screen.Type("agent logs far");
        await screen.Type("agent why far");
        await screen.Type("agent logs far --runtime docker");
        await screen.Type("agent stop far near");

        // The record names a process of this moment, in more digits or fewer.
        screen.Even(@"\b[56]\d\d B", "600 B");
        screen.Matches("elsewhere-silent");
    }

    [Fact]
    public async Task An_engine_that_moved_to_another_socket_still_has_its_runs()
    {
        await screen.Type("agent run -d -- sh -c 'echo here; sleep 600'");
        var record = screen.Store.Read(Given.Id())!.Record!;
        screen.Store.Save(Given.Id(), record with { Endpoint = "unix:///before.sock" });

        Assert.Equal(ExitCode.Done, await screen.Type("agent logs my-agent"));
        Assert.Equal("here\n", screen.Printed);
        Assert.Equal(ExitCode.Done, await screen.Type("agent stop my-agent"));
    }

    [Fact]
    public async Task Of_two_runs_of_one_name_each_is_reached_by_its_id()
    {
        await screen.Type("agent run -d --context lab -- echo far");
        await screen.Type("agent run -d -- echo near");

        await screen.Type("agent logs a1b2c3d4");
        Assert.Equal("far\n", screen.Printed);
        await screen.Type("agent logs e5f6");
        Assert.Equal("near\n", screen.Printed);
        await screen.Type("agent logs my-agent");
        Assert.Equal("near\n", screen.Printed);
    }

    [Fact]
    public async Task What_waits_for_the_end_of_a_run_finds_it_by_its_record()
    {
        await screen.Type("agent run -d --rm --context lab -- echo far");
        Assert.Equal(["finish a1b2c3d4"], screen.StartedAgents);

        Assert.Equal(ExitCode.Done, await screen.Type("agent finish a1b2c3d4"));
        Assert.Empty(await lab.ListContainers(TestContext.Current.CancellationToken));
        Assert.Equal(0, screen.Store.Read(Given.Id())!.Record!.ExitCode);
    }
}
