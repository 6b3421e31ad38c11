using Agentops.Runs;

namespace Agentops.Tests.Commands;

public sealed class RunTranscripts : IDisposable
{
    private const string Yaml = """
        name: my-agent
        base: node:22
        packages: [ripgrep]
        setup:
          - npm install -g left-pad
        command: [echo, at work]
        """;

    private readonly Screen screen = new();

    public RunTranscripts()
    {
        screen.Workspace("project", Yaml);
        screen.Runtime.AddImage("agentops/base-node:22");
    }

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task Run_builds_first_and_then_no_more()
    {
        await screen.Type("agent run");
        await screen.Type("agent run my-agent .");
        await screen.Type("agent list");

        Assert.Single(screen.Runtime.Calls, call => call.StartsWith("BuildImage", StringComparison.Ordinal));
        screen.Matches("run-first");
    }

    [Theory]
    [InlineData("packages", "packages: [ripgrep]", "packages: [ripgrep, jq]")]
    [InlineData("setup", "left-pad", "right-pad")]
    [InlineData("base", "node:22", "node:24")]
    public async Task Run_says_why_it_rebuilds(string what, string before, string after)
    {
        screen.Runtime.AddImage("agentops/base-node:24");
        await screen.Type("agent run");
        screen.Workspace("project", Yaml.Replace(before, after, StringComparison.Ordinal));
        await screen.Type("agent run");
        screen.Matches($"run-stale-{what}");
    }

    [Fact]
    public async Task Run_rebuilds_when_its_base_is_another_one()
    {
        await screen.Type("agent run");
        screen.Runtime.AddImage("agentops/base-node:22");
        await screen.Type("agent run");
        screen.Matches("run-stale-base-image");
    }

    [Fact]
    public async Task What_only_matters_to_a_run_rebuilds_nothing()
    {
        await screen.Type("agent run");
        screen.Workspace("project", Yaml.Replace("at work", "still at work", StringComparison.Ordinal) + "\nenv: {A: b}\nresources: {memory: 1GB}\nnetwork: none\n");
        await screen.Type("agent run");

        Assert.Single(screen.Runtime.Calls, call => call.StartsWith("BuildImage", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rebuild_removes_the_image_and_builds_without_cache()
    {
        await screen.Type("agent run --rm");
        await screen.Type("agent run --rebuild my-agent .");
        screen.Matches("rebuild");
    }

    [Fact]
    public async Task Rebuild_without_an_image_just_builds()
    {
        await screen.Type("agent run --rebuild my-agent .");
        screen.Matches("rebuild-without-image");
    }

    [Fact]
    public async Task Rebuild_keeps_an_image_in_use_until_its_run_is_cleaned()
    {
        await screen.Type("agent run");
        await screen.Type("agent run --rebuild my-agent .");
        screen.Matches("rebuild-in-use");
    }

    [Fact]
    public async Task Rebuild_that_fails_shows_the_step_and_makes_no_run()
    {
        await screen.Type("agent run");
        screen.Runtime.FailBuildStep(5, "exit code: 1", "npm ERR! 404 Not Found");
        await screen.Type("agent run --rebuild my-agent .");
        await screen.Type("agent list");
        screen.Matches("rebuild-fails");
    }

    [Fact]
    public async Task A_failing_step_shows_its_command_and_its_last_30_lines()
    {
        screen.Runtime.FailBuildStep(5, "exit code: 1", [.. Enumerable.Range(1, 40).Select(line => $"npm ERR! line {line}")]);
        var code = await screen.Type("agent run");

        Assert.Equal(ExitCode.RunFailed, code);
        Assert.DoesNotContain(screen.Runtime.Calls, call => call.StartsWith("CreateContainer", StringComparison.Ordinal));
        screen.Matches("run-build-fails");
    }

    [Fact]
    public async Task Run_makes_a_base_that_is_missing()
    {
        screen.Workspace("project", Yaml.Replace("node:22", "python:3.13", StringComparison.Ordinal));
        screen.Runtime.AddToRegistry("python:3.13-slim");
        await screen.Type("agent run");
        screen.Matches("run-base");
    }

    [Fact]
    public async Task Run_says_when_a_base_is_not_to_be_had()
    {
        screen.Workspace("project", Yaml.Replace("node:22", "python:3.13", StringComparison.Ordinal));
        screen.Runtime.FailPull("python:3.13-slim", new RuntimeRefusalException(RuntimeRefusal.Other, "dial tcp: lookup registry: no such host"));
        await screen.Type("agent run");
        screen.Matches("run-base-unavailable");
    }

    [Fact]
    public async Task Run_says_when_a_registry_wants_a_login()
    {
        screen.Workspace("project", "image: registry.example/private:1\ncommand: [\"true\"]\n");
        screen.Runtime.FailPull("registry.example/private:1", new RuntimeRefusalException(RuntimeRefusal.LoginRequired, "registry.example wants a login. Log in first: docker login registry.example, then docker pull registry.example/private:1"));
        await screen.Type("agent run");
        screen.Matches("run-login-required");
    }

    [Fact]
    public async Task A_recipe_that_is_wrong_is_told_with_its_place()
    {
        string[] recipes =
        [
            "base: node:22\nresources:\n  memory: lots\n",
            "base: node:22\npakages: [jq]\n",
            "base: node:22\nimage: node:22\n",
            "base: nodejs:22\n",
            "base: busybox:1\npackages: [jq]\n",
            "base: [node\n",
            "",
        ];
        foreach (var recipe in recipes)
        {
            screen.Workspace("project", recipe);
            Assert.Equal(ExitCode.Usage, await screen.Type("agent run"));
        }

        Assert.Empty(screen.Runtime.Calls);
        screen.Matches("run-recipe-faults");
    }

    [Fact]
    public async Task Run_detached_prints_the_id_and_nothing_else()
    {
        await screen.Type("agent run");
        await screen.Type("agent run -d -- sleep 600");
        await screen.Type("agent list --running");
        await screen.Type("agent stop my-agent");
        await screen.Type("agent stop my-agent");
        screen.Matches("run-detached");
    }

    [Fact]
    public async Task A_removed_run_keeps_its_output()
    {
        await screen.Type("agent run --rm -- sh -c 'echo one; echo two >&2; exit 3'");
        await screen.Type("agent logs my-agent");
        await screen.Type("agent logs my-agent --tail 1");
        await screen.Type("agent list");

        Assert.Empty(await screen.Runtime.ListContainers(TestContext.Current.CancellationToken));
        screen.Matches("run-rm");
    }

    [Fact]
    public async Task A_detached_run_that_removes_itself_is_finished_by_another_agent()
    {
        await screen.Type("agent run -d --rm -- echo done");
        Assert.Equal(["finish a1b2c3d4"], screen.StartedAgents);

        await screen.Type("agent finish a1b2c3d4");
        await screen.Type("agent logs a1b2c3d4");
        await screen.Type("agent list");
        screen.Matches("run-detached-rm");
    }

    [Fact]
    public async Task Piped_input_reaches_the_agent_and_so_does_its_end()
    {
        await screen.Type("agent run -- cat", input: "from the pipe\n");
        screen.Matches("run-piped");
    }

    [Fact]
    public async Task A_command_that_cannot_be_started_leaves_a_failed_run()
    {
        await screen.Type("agent run -- no-such-program");
        await screen.Type("agent list");
        await screen.Type("agent logs my-agent");
        screen.Matches("run-cannot-start");
    }

    [Fact]
    public async Task An_id_that_is_taken_is_not_given_again()
    {
        screen.Ids = ["a1b2c3d4", "a1b2c3d4", "e5f6g7h8"];
        await screen.Type("agent run");
        await screen.Type("agent run");

        Assert.Equal(["a1b2c3d4", "e5f6g7h8"], screen.Store.ReadAll().Select(entry => entry.Id.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_id_that_another_installation_s_container_has_is_not_given_again()
    {
        await screen.Type("agent run");
        Directory.Delete(screen.Store.FolderOf(Given.Id("a1b2c3d4")), recursive: true);
        screen.Ids = ["a1b2c3d4", "a1b2c3d4", "e5f6g7h8"];
        await screen.Type("agent run");

        Assert.Equal(["e5f6g7h8"], screen.Store.ReadAll().Select(entry => entry.Id.ToString()));
    }

    [Fact]
    public async Task Run_refuses_to_hand_over_the_runtime_s_socket()
    {
        Directory.CreateDirectory("/tmp/agentops-socket-test");
        var code = await screen.Type("agent run --mount /run:/host-run -- true");

        Assert.Equal(ExitCode.RunFailed, code);
        screen.Matches("run-socket");
    }

    [Fact]
    public async Task Run_when_no_runtime_answers()
    {
        screen.NoRuntime = new RuntimeUnavailableException("No container runtime answers. Tried: unix:///var/run/docker.sock (missing).\nStart Docker or Podman, or say where it is: DOCKER_HOST.");
        await screen.Type("agent run");
        screen.Matches("run-no-runtime");
    }

    [Fact]
    public async Task An_engine_lost_while_the_container_is_made_leaves_a_run_that_can_be_named()
    {
        screen.Runtime.Fail("CreateContainer", new RuntimeUnavailableException("The engine went away."));
        await screen.Type("agent run");
        screen.Runtime.Mend("CreateContainer");
        await screen.Type("agent list");
        screen.Matches("run-engine-lost");
    }

    [Fact]
    public async Task Run_says_in_words_that_memory_was_short()
    {
        var running = screen.Type("agent run --memory 64MB -- sleep 600");
        while (!running.IsCompleted && screen.Runtime.Calls.All(call => !call.StartsWith("StartContainer", StringComparison.Ordinal)))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        screen.Runtime.KillByMemory("agentops-a1b2c3d4");
        Assert.Equal(137, (await running).Value);
        screen.Matches("run-out-of-memory");
    }

    [Fact]
    public async Task Exec_and_attach_need_a_run_that_runs()
    {
        await screen.Type("agent run");
        await screen.Type("agent exec my-agent -- true");
        await screen.Type("agent attach my-agent");
        await screen.Type("agent logs nobody");
        await screen.Type("agent run -d --name second -- sleep 600");
        await screen.Type("agent exec second -- echo inside");
        await screen.Type("agent exec second -- sh -c 'exit 7'");
        await screen.Type("agent logs e5f6");
        screen.Matches("exec-attach");
    }

    [Fact]
    public async Task A_run_whose_container_was_removed_says_that_its_output_is_gone()
    {
        await screen.Type("agent run");
        await screen.Runtime.RemoveContainer("agentops-a1b2c3d4", TestContext.Current.CancellationToken);
        screen.Clock.Now += TimeSpan.FromHours(2);
        await screen.Type("agent list");
        await screen.Type("agent logs my-agent");

        Assert.Equal(RunState.Stopped, RunStates.Of(screen.Store.Read(Given.Id())!.Record!, null, creatorLives: true, Given.Endpoint));
        screen.Matches("logs-container-gone");
    }
}
