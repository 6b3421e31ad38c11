using System.Diagnostics;
using Agentops.Containers;
using Agentops.Runtimes;

namespace Agentops.Tests.Runtimes;

public sealed class MisbehavingContainerSpecs : IDisposable
{
    private const string Down = "Error: interrupted: \"XPC connection error: Connection invalid\"\nEnsure container system service has been started with `container system start`.\n";

    private readonly ScriptedContainer container = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => container.Dispose();

    [Theory]
    [InlineData("""{"apiServerVersion":"","status":"unregistered"}""", 1, "Apple's container is installed, and its services do not run.\nStart them: container system start")]
    [InlineData("""{"status":"unregistered"}""", 1, "Apple's container is installed, and its services do not run.\nStart them: container system start")]
    [InlineData("""{"status":"not running"}""", 1, "Apple's container does not answer: its services are there and silent.\nStart them anew: container system stop, then container system start")]
    [InlineData("""{"status":null}""", 0, "Apple's container is installed, and its services do not run.\nStart them: container system start")]
    [InlineData("""{"status":"run""", 0, "The answer to 'container system status' is not JSON that agent understands, or was cut short.")]
    [InlineData("", 0, "The answer to 'container system status' is not JSON that agent understands, or was cut short.")]
    public async Task Services_that_do_not_run_are_named_with_what_starts_them(string answer, int status, string message)
    {
        container.Say("system status", answer, status);

        Assert.Equal(message, (await Unavailable(() => container.Connect())).Message);
    }

    [Theory]
    [InlineData("""{"apiServerVersion":"container-apiserver version 0.10.0 (build: release)","appRoot":"\/x","status":"running"}""")]
    [InlineData("""{"status":"running","client":{"version":"1.4.1"},"server":{"version":"1.4.1"},"resources":{"images":3},"paths":{"appRoot":"/x"}}""")]
    [InlineData("""{"status":"running","server":null,"new":[[]]}""")]
    public async Task A_status_of_any_release_is_understood(string answer)
    {
        container.Say("system status", answer);

        await using var runtime = await container.Connect();

        Assert.Equal(new RuntimeIdentity("apple", "1.2.2", "xpc:com.apple.container.apiserver"), runtime.Identity);
    }

    [Fact]
    public async Task A_release_never_seen_is_taken_for_the_newest()
    {
        using var future = new ScriptedContainer("container CLI version 17.0.1 (build: release, commit: abcdef1)");

        await using var runtime = await future.Connect();

        Assert.Equal("17.0.1", runtime.Identity.Version);
    }

    [Fact]
    public async Task A_release_too_old_is_told_the_oldest_that_works()
    {
        using var old = new ScriptedContainer("container CLI version 0.9.0 (build: release, commit: abcdef1)");
        old.Say("system status", "", 64, "Error: Unknown option '--format'\n");

        Assert.StartsWith("Apple's container 0.9.0 is too old: 0.10 is the oldest that works.\n", (await Unavailable(() => old.Connect())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_program_of_the_same_name_is_not_taken_for_it()
    {
        using var other = new ScriptedContainer("A box for things, version 3");

        Assert.Contains("is not Apple's container", (await Unavailable(() => other.Connect())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_hangs_is_given_up_in_time_and_ended()
    {
        await using var runtime = await container.Connect(timeout: "1");
        container.Script("list", "echo $$ > \"$0.pid\"; exec sleep 600");
        var clock = Stopwatch.StartNew();

        var failure = await Unavailable(() => runtime.ListContainers(Cancel));

        Assert.StartsWith("'container list' gave no answer within 1 s.\n", failure.Message, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_status_that_hangs_is_given_up_in_time()
    {
        container.Script("system status", "exec sleep 600");

        Assert.StartsWith("'container system status' gave no answer within 1 s.\n", (await Unavailable(() => container.Connect(timeout: "1"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("image list")]
    public async Task Services_that_went_away_are_no_empty_list(string command)
    {
        await using var runtime = await container.Connect();
        container.Say(command, "", 1, Down);

        Assert.Contains("its services do not run", (await Unavailable(() => Listing(runtime, command))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("[{\"id\":\"web\",\"configu", "")]
    [InlineData("null", "")]
    [InlineData("{}", "")]
    [InlineData("The services are taking a rest.", "")]
    [InlineData("A new version is available.\n[]", "")]
    [InlineData("", "Warning! Something is odd.")]
    public async Task An_answer_that_is_none_is_no_empty_list(string answer, string error)
    {
        await using var runtime = await container.Connect();
        foreach (var command in (string[])["list", "image list"])
        {
            container.Say(command, answer, 0, error);

            var failure = await Unavailable(() => Listing(runtime, command));

            Assert.Equal($"The answer to 'container {command}' is not JSON that agent understands, or was cut short.{(error.Length > 0 ? $"\nIt said: {error.TrimEnd('.')}" : "")}", failure.Message);
        }
    }

    [Fact]
    public async Task Fifty_megabytes_are_read_and_much_said_on_both_sides_does_not_hold_it_up()
    {
        await using var runtime = await container.Connect();
        container.Script("list", "head -c 3000000 /dev/zero | tr '\\0' 'e' >&2; printf '[{\"filler\":\"'; head -c 50000000 /dev/zero | tr '\\0' 'x'; printf '\",\"id\":\"web\",\"status\":{\"state\":\"running\"}}]\\n'");

        var listed = Assert.Single(await runtime.ListContainers(Cancel));

        Assert.Equal(("web", ContainerState.Running), (listed.Id, listed.State));
    }

    [Fact]
    public async Task The_builder_is_not_listed_and_neither_is_what_has_no_id()
    {
        await using var runtime = await container.Connect();
        container.Say("list", """[null,{"id":null},{"id":"buildkit","configuration":{"labels":{"com.apple.container.resource.role":"builder"}},"status":{"state":"running"}},{"id":"web","status":"stopped"}]""");

        Assert.Equal(["web"], (await runtime.ListContainers(Cancel)).Select(listed => listed.Id));
    }

    [Theory]
    [InlineData("[]", 0, "")]
    [InlineData("", 1, "Error: container not found: web\n")]
    public async Task A_container_that_is_not_there_is_not_found_in_either_era(string answer, int status, string error)
    {
        await using var runtime = await container.Connect();
        container.Say("inspect", answer, status, error);

        Assert.Null(await runtime.FindContainer("web", Cancel));
        Assert.Null(await runtime.FindContainer("../../etc", Cancel));
        Assert.DoesNotContain(container.Asked, asked => asked.Contains("etc", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_did_nothing_and_says_it_went_well_is_not_believed()
    {
        await using var runtime = await container.Connect();
        container.Say("inspect", """[{"id":"web","status":{"state":"running","startedDate":"2026-08-07T22:17:56Z"}}]""");
        container.Say("list", "[]");
        container.Say("image list", """[{"id":"28bd","configuration":{"name":"x:1"},"variants":[]}]""");
        container.Say("image inspect", """[{"id":"28bd","configuration":{"name":"x:1"},"variants":[]}]""");
        container.Say("delete", "");
        container.Say("stop", "");
        container.Say("image delete", "");

        foreach (var act in (Func<Task>[])[() => runtime.RemoveContainer("web", Cancel), () => runtime.StopContainer("web", TimeSpan.Zero, Cancel), () => runtime.RemoveImage("x:1", Cancel)])
        {
            Assert.EndsWith("did nothing, and does not say why", (await Assert.ThrowsAsync<RuntimeRefusalException>(act)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nothing_that_is_removed_is_removed_by_force()
    {
        await using var runtime = await container.Connect();
        container.Say("list", "[]");
        container.Say("image list", """[{"id":"28bd","configuration":{"name":"x:1"},"variants":[]}]""");
        container.Say("delete", "web\n");
        container.Say("image delete", "x:1\n");

        await runtime.RemoveContainer("web", Cancel);
        var removal = await runtime.RemoveImage("x:1", Cancel);

        Assert.Equal(["x:1"], removal.Untagged);
        Assert.Equal(["sha256:28bd"], removal.Deleted);
        Assert.Equal(["delete web", "image delete x:1"], container.Asked.Where(asked => asked.Contains("delete", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_image_whose_users_cannot_be_listed_is_not_removed()
    {
        await using var runtime = await container.Connect();
        container.Say("list", "", 1, Down);
        container.Say("image list", """[{"id":"28bd","configuration":{"name":"x:1"},"variants":[]}]""");

        await Unavailable(() => runtime.RemoveImage("x:1", Cancel));

        Assert.DoesNotContain(container.Asked, asked => asked.StartsWith("image delete", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Before_1_0_an_image_that_goes_between_two_calls_leaves_the_others_listed()
    {
        await using var runtime = await container.Connect();
        container.Say("image list", """[{"reference":"a:1","descriptor":{"digest":"sha256:1"},"fullSize":"4,2 MB"},{"reference":"b:1","descriptor":{"digest":"sha256:2"}}]""");
        container.Say(
            "image inspect",
            """[{"name":"a:1","index":{"digest":"sha256:1"},"variants":[{"size":5,"platform":{"os":"linux","architecture":"arm64"}}]}]""",
            1,
            "image inspect failed: [\"name\": b:1, \"error\": Image not found]\nError: InspectError(succeeded: [], failed: [(\"b:1\", notFound: \"Image not found\")])\n");

        var image = Assert.Single(await runtime.ListStoredImages(Cancel));

        Assert.Equal(("sha256:1", 5L), (image.Image.Id, image.Image.Size!.Value.Bytes));
    }

    [Fact]
    public async Task A_start_is_refused_in_its_own_words_and_services_that_went_away_are_no_refusal()
    {
        await using var runtime = await container.Connect();
        container.Say("inspect", """[{"id":"web","status":{"state":"stopped"}}]""");
        container.Say("start", "", 1, "Error: failed to start container (cause: \"internalError: \"failed to find target executable nosuch\"\")\n");
        var refusal = await Assert.ThrowsAsync<RuntimeRefusalException>(() => runtime.StartContainer("web", Cancel));

        container.Say("start", "", 1, Down);
        var failure = await Unavailable(() => runtime.StartContainer("web", Cancel));

        Assert.Equal((RuntimeRefusal.CannotStart, "failed to start container (cause: \"internalError: \"failed to find target executable nosuch\"\")"), (refusal.Refusal, refusal.Message));
        Assert.Contains("its services do not run", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ContainerState.Created, (await runtime.FindContainer("web", Cancel))!.Container.State);
    }

    [Fact]
    public async Task A_process_that_says_Error_and_ends_with_1_has_run_all_the_same()
    {
        await using var runtime = await container.Connect();
        container.Script("inspect", $"if [ -f \"$0.started\" ]; then echo '[{{\"id\":\"web\",\"status\":{{\"state\":\"stopped\",\"startedDate\":\"2026-08-07T22:17:56Z\"}}}}]'; else echo '[{{\"id\":\"web\",\"status\":{{\"state\":\"stopped\"}}}}]'; fi");
        container.Script("start", "touch \"$0.started\"; echo 'Error: mine' >&2; exit 1");

        await runtime.StartContainer("web", Cancel);

        Assert.Equal(1, await await runtime.WaitForExit("web", Cancel));
    }

    [Fact]
    public async Task Without_an_agent_to_look_after_it_nothing_is_started()
    {
        await using var runtime = await container.Connect(agent: "no-such-agent");
        container.Say("inspect", """[{"id":"web","status":{"state":"stopped"}}]""");

        Assert.Contains("no-such-agent cannot be started to look after web", (await Unavailable(() => runtime.StartContainer("web", Cancel))).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(container.Asked, asked => asked.StartsWith("start", StringComparison.Ordinal));
    }

    [Fact]
    public async Task On_its_own_machine_it_comes_first_when_its_services_run_and_else_the_engines_are_asked()
    {
        await using (var runtime = await container.Connect(name: null, isAppleSilicon: true))
        {
            Assert.Equal("apple", runtime.Identity.Name);
        }

        container.Say("system status", """{"status":"unregistered"}""", 1);

        var failure = await Record.ExceptionAsync(async () => await (await container.Connect(name: null, isAppleSilicon: true)).DisposeAsync());
        Assert.True(failure is null || failure.Message.EndsWith("Apple's container is installed; its services start with: container system start", StringComparison.Ordinal), failure?.Message);
    }

    private static Task Listing(IContainerRuntime runtime, string command) => command == "list" ? runtime.ListContainers(Cancel) : runtime.ListStoredImages(Cancel);

    private static Task<RuntimeUnavailableException> Unavailable(Func<Task> act) => Assert.ThrowsAsync<RuntimeUnavailableException>(act);
}
