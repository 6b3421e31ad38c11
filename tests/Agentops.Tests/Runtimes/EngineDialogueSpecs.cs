using Agentops.Building;
using Agentops.Runtimes;

namespace Agentops.Tests.Runtimes;

/// <summary>What is asked of an engine, and in which order, where the contract cannot see it.</summary>
public sealed class EngineDialogueSpecs
{
    private const string Docker = "Api-Version: 1.45\r\nServer: Docker/26.1.5 (linux)";
    private const string Podman = "Api-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\nServer: Libpod/4.3.1 (linux)";

    private const string ClassicAnswer = """
        {"stream":"Step 1/2 : FROM x"}
        {"stream":"Step 2/2 : LABEL agentops=true"}
        {"aux":{"ID":"sha256:0123"}}
        {"stream":"Successfully built 0123\n"}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private const string Tripped =
        """{"errorDetail":{"message":"buildkit scheduler error: return leaving incoming open. Please report this with BUILDKIT_SCHEDULER_DEBUG=1"},"error":"buildkit scheduler error"}""";

    [Fact]
    public async Task Connecting_costs_one_request_and_one_connection_serves_the_next()
    {
        using var engine = new ScriptedEngine(Docker, _ => "[]");
        await using var runtime = await engine.Connect();
        await runtime.ListContainers(Cancel);
        await runtime.ListImages(Cancel);

        Assert.Equal(["GET /_ping", "GET /v1.45/containers/json?all=1", "GET /v1.45/images/json"], engine.Requests);
        Assert.Equal(1, engine.Connections);
        Assert.Equal(new RuntimeIdentity("docker", "26.1.5", engine.Address), runtime.Identity);
    }

    [Fact]
    public async Task Where_BuildKit_cannot_take_the_context_the_classic_builder_gets_it()
    {
        using var engine = new ScriptedEngine(Docker, request =>
            request.Contains("version=2", StringComparison.Ordinal) ? """{"errorDetail":{"message":"failed to read downloaded context"},"error":"failed to read downloaded context"}"""
            : request.Contains("/build", StringComparison.Ordinal) ? ClassicAnswer
            : "[]");
        await using var runtime = await engine.Connect();
        var events = new List<BuildEvent>();

        Assert.Equal("sha256:0123", await runtime.BuildImage(Build(), events.Add, Cancel));

        Assert.Equal(2, engine.Requests.Count(request => request.Contains("/build?", StringComparison.Ordinal)));
        Assert.Equal(new BuildStep(1, 1, "FROM x"), Assert.Single(events.OfType<BuildEvent.StepStarted>()).Step);
    }

    [Fact]
    public async Task A_container_that_ends_while_Podman_looks_at_it_is_looked_at_again()
    {
        var looks = 0;
        using var engine = new ScriptedEngine(Podman, request => !request.Contains("/containers/", StringComparison.Ordinal) ? "[]" : ++looks == 1 ? """500 {"cause":"x","message":"read /proc/1446/cgroup: no such process","response":500}""" : """{"Id":"aa","Name":"x","State":{"Status":"exited","ExitCode":3}}""");
        await using var runtime = await engine.Connect();

        Assert.Equal(3, (await runtime.FindContainer("aa", Cancel))?.Container.ExitCode);
        Assert.Equal(2, looks);
    }

    [Fact]
    public async Task A_build_that_BuildKit_trips_over_is_tried_again()
    {
        var builds = 0;
        using var engine = new ScriptedEngine(Docker, request => !request.Contains("/build", StringComparison.Ordinal) ? "[]" : ++builds == 1 ? Tripped : """{"id":"moby.image.id","aux":{"ID":"sha256:0123"}}""");
        await using var runtime = await engine.Connect();
        var events = new List<BuildEvent>();

        Assert.Equal("sha256:0123", await runtime.BuildImage(Build(), events.Add, Cancel));

        Assert.Equal(2, builds);
        Assert.Contains("once more", Assert.Single(events.OfType<BuildEvent.Note>()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_BuildKit_trips_over_each_time_fails_with_its_words()
    {
        var builds = 0;
        using var engine = new ScriptedEngine(Docker, request => !request.Contains("/build", StringComparison.Ordinal) ? "[]" : ++builds > 0 ? Tripped : "");
        await using var runtime = await engine.Connect();

        var failure = await Assert.ThrowsAsync<BuildFailedException>(() => runtime.BuildImage(Build(), _ => { }, Cancel));

        Assert.Equal(3, builds);
        Assert.Contains("return leaving incoming open", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    // The containerd store: the listing adds what is unpacked to what was pulled.
    [InlineData("""{"Name":"overlayfs","Data":null}""", 3_097_596, 2)]
    [InlineData("""{"Name":"overlay2","Data":{"UpperDir":"/x"}}""", 1_070_076, 1)]
    public async Task The_size_of_an_image_is_that_of_the_listing_where_it_has_two(string driver, long size, int requests)
    {
        using var engine = new ScriptedEngine(Docker, request => request.Contains("/images/json", StringComparison.Ordinal)
            ? """[{"Id":"sha256:aa","Size":1},{"Id":"sha256:8a","Size":3097596}]"""
            : $$"""{"Id":"sha256:8a","Size":1070076,"GraphDriver":{{driver}}}""");
        await using var runtime = await engine.Connect();

        Assert.Equal(size, (await runtime.ImageSize("agentops/x:latest", Cancel))?.Bytes);
        Assert.Equal(requests, engine.Requests.Count(request => request.Contains("/images/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Podman_is_known_by_its_header_and_is_not_asked_for_BuildKit()
    {
        using var engine = new ScriptedEngine(Podman, request => request.Contains("/build", StringComparison.Ordinal) ? ClassicAnswer : "[]");
        await using var runtime = await engine.Connect();

        await runtime.BuildImage(Build(), _ => { }, Cancel);

        Assert.Equal(("podman", "4.3.1"), (runtime.Identity.Name, runtime.Identity.Version));
        Assert.DoesNotContain(engine.Requests, request => request.Contains("version=2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_runtime_that_was_asked_for_by_name_is_not_replaced_by_another()
    {
        using var engine = new ScriptedEngine(Podman, _ => "[]");

        var failure = await Assert.ThrowsAsync<RuntimeUnavailableException>(() => engine.Connect("docker"));

        Assert.Contains("it is not docker", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_ends_without_an_image_has_failed()
    {
        using var engine = new ScriptedEngine(Docker, request => request.Contains("/build", StringComparison.Ordinal) ? "" : "[]");
        await using var runtime = await engine.Connect();

        Assert.Equal("the builder ended without an image", (await Assert.ThrowsAsync<BuildFailedException>(() => runtime.BuildImage(Build(), _ => { }, Cancel))).Message);
    }

    [Fact]
    public async Task A_failed_classic_build_takes_back_only_what_it_made()
    {
        var before = """[{"Id":"sha256:aaaaaaaaaaaa1"},{"Id":"sha256:dddddddddddd1","RepoTags":["mine:1"]}]""";
        var after = """[{"Id":"sha256:aaaaaaaaaaaa1"},{"Id":"sha256:bbbbbbbbbbbb1"},{"Id":"sha256:cccccccccccc1"},{"Id":"sha256:dddddddddddd1","RepoTags":["mine:1"]},{"Id":"sha256:eeeeeeeeeeee1"},{"Id":"sha256:ffffffffffff1","RepoTags":["theirs:1"]}]""";
        var listed = 0;
        using var engine = new ScriptedEngine(Docker, request =>
            request.Contains("/build", StringComparison.Ordinal)
                // The last four lines are what a container could print: an old image, one with a tag, a new one with a tag.
                ? """
                {"stream":"Step 1/3 : FROM x"}
                {"stream":"Step 2/3 : RUN a"}
                {"stream":" ---\u003e bbbbbbbbbbbb\n"}
                {"stream":"Step 3/3 : RUN b"}
                {"stream":" ---\u003e cccccccccccc\n"}
                {"stream":" ---\u003e aaaaaaaaaaaa\n"}
                {"stream":" ---\u003e dddddddddddd\n"}
                {"stream":" ---\u003e ffffffffffff\n"}
                {"errorDetail":{"message":"The command 'b' returned a non-zero code: 1"},"error":"x"}
                """
                : request.Contains("/images/json?all=1", StringComparison.Ordinal) ? listed++ == 0 ? before : after
                : "[]");
        await using var runtime = await engine.Connect(null, ("DOCKER_BUILDKIT", "0"));

        await Assert.ThrowsAsync<BuildFailedException>(() => runtime.BuildImage(Build(), _ => { }, Cancel));

        Assert.Equal(
            ["DELETE /v1.45/images/sha256:cccccccccccc1?noprune=1", "DELETE /v1.45/images/sha256:bbbbbbbbbbbb1?noprune=1"],
            engine.Requests.Where(request => request.StartsWith("DELETE", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_registry_that_wants_a_login_is_told_in_words_to_act_on()
    {
        using var engine = new ScriptedEngine(Docker, _ => """
            {"status":"Pulling from library/secret","id":"1"}
            {"errorDetail":{"message":"unauthorized: authentication required"},"error":"unauthorized: authentication required"}
            """);
        await using var runtime = await engine.Connect();
        var events = new List<BuildEvent>();

        var refusal = await Assert.ThrowsAsync<RuntimeRefusalException>(() => runtime.PullImage("secret:1", events.Add, Cancel));

        Assert.Equal(RuntimeRefusal.LoginRequired, refusal.Refusal);
        Assert.StartsWith("The registry does not give secret:1: there is no such image, or it wants a login (docker login).\n", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([new BuildEvent.Output(null, "Pulling from library/secret:1")], events);
    }

    [Fact]
    public async Task No_removal_is_ever_forced()
    {
        using var engine = new ScriptedEngine(Docker, _ => "[]");
        await using var runtime = await engine.Connect();

        await runtime.RemoveImage("agentops/x:latest", Cancel);
        await runtime.RemoveContainer("x", Cancel);

        Assert.Equal(["DELETE /v1.45/images/agentops/x:latest", "DELETE /v1.45/containers/x?v=1"], engine.Requests.Skip(1));
    }

    private static ImageBuild Build() =>
        new("agentops/x:1", "Dockerfile", (_, _) => Task.CompletedTask, new Dictionary<string, string> { [Labels.Ours] = "true" }, new Dictionary<string, string>());
}
