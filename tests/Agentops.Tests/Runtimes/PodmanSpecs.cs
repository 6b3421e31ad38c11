using System.Globalization;
using System.Text.Json;
using Agentops.Containers;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

/// <summary>What creating a container takes on Podman, and what is said where it gives less than was asked for.</summary>
public sealed class PodmanSpecs
{
    private const string Podman = "Api-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\nServer: Libpod/4.3.1 (linux)";
    private const string Created = """201 {"Id":"0123","Warnings":[]}""";
    private const string NotRootless = """500 {"cause":"keep-id is only supported in rootless mode","message":"container create: keep-id is only supported in rootless mode","response":500}""";
    private const string NoInit = """500 {"message":"container create: container-init binary not found on the host: stat /usr/libexec/podman/catatonit: no such file or directory","response":500}""";

    private static readonly ContainerSpec Spec = new("agentops-a1b2c3d4", "sha256:0", new Dictionary<string, string>()) { User = "1000:100", Memory = 64_000_000, Cpus = 0.5, Pids = 4096 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_root_the_user_is_whom_Podman_runs_as()
    {
        using var engine = Engine(_ => Created, """{"host":{"cgroupVersion":"v2","cgroupControllers":["cpu","memory","pids"]}}""");
        await using var runtime = await engine.Connect();

        var created = await runtime.CreateContainer(Spec, Cancel);

        Assert.Equal("0123", created.Id);
        Assert.Empty(created.Warnings);
        var host = HostConfig(Assert.Single(engine.Bodies));
        Assert.Equal("keep-id:uid=1000,gid=100", host.GetProperty("UsernsMode").GetString());
        Assert.Equal(64_000_000, host.GetProperty("Memory").GetInt64());
    }

    [Fact]
    public async Task As_root_nothing_changes_and_it_is_not_asked_for_its_limits()
    {
        using var engine = Engine(attempt => attempt == 1 ? NotRootless : Created, "");
        await using var runtime = await engine.Connect();

        Assert.Empty((await runtime.CreateContainer(Spec, Cancel)).Warnings);

        Assert.Equal(2, engine.Bodies.Count);
        Assert.False(HostConfig(engine.Bodies[1]).TryGetProperty("UsernsMode", out _));
        Assert.DoesNotContain(engine.Requests, request => request.Contains("info", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Limits_that_control_groups_do_not_allow_are_left_out_with_a_warning()
    {
        using var engine = Engine(_ => Created, """{"host":{"cgroupVersion":"v2","cgroupControllers":["memory","pids"]}}""");
        await using var runtime = await engine.Connect();

        var warning = Assert.Single((await runtime.CreateContainer(Spec, Cancel)).Warnings);

        Assert.StartsWith("This run is not limited in processors: this system's control groups are not delegated to your user.", warning, StringComparison.Ordinal);
        // A start would be refused: "the requested cgroup controller `cpu` is not available".
        Assert.Equal(["POST /v1.41/containers/create?name=agentops-a1b2c3d4", "GET /v1.41/libpod/info", "DELETE /v1.41/containers/0123?v=1", "POST /v1.41/containers/create?name=agentops-a1b2c3d4"], engine.Requests.Skip(1));
        var host = HostConfig(engine.Bodies[1]);
        Assert.False(host.TryGetProperty("NanoCpus", out _));
        Assert.Equal(64_000_000, host.GetProperty("Memory").GetInt64());
    }

    [Fact]
    public async Task With_cgroup_v1_there_are_no_limits_without_root()
    {
        using var engine = Engine(_ => Created, """{"host":{"cgroupVersion":"v1","cgroupControllers":[]}}""");
        await using var runtime = await engine.Connect();

        var warning = Assert.Single((await runtime.CreateContainer(Spec, Cancel)).Warnings);

        Assert.StartsWith("This run is not limited in processors, memory and the number of processes: Podman without root needs cgroup v2 for that.", warning, StringComparison.Ordinal);
        Assert.Single(engine.Bodies);
    }

    [Fact]
    public async Task A_run_without_limits_is_asked_and_warned_of_none()
    {
        using var engine = Engine(_ => Created, """{"host":{"cgroupVersion":"v1","cgroupControllers":[]}}""");
        await using var runtime = await engine.Connect();

        Assert.Empty((await runtime.CreateContainer(Spec with { Memory = null, Cpus = null, Pids = null }, Cancel)).Warnings);

        Assert.DoesNotContain(engine.Requests, request => request.Contains("info", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_catatonit_a_run_has_no_init_and_is_told_so()
    {
        using var engine = Engine(attempt => attempt switch { 1 => NotRootless, 2 => NoInit, _ => Created }, "");
        await using var runtime = await engine.Connect();

        var warning = Assert.Single((await runtime.CreateContainer(Spec, Cancel)).Warnings);

        Assert.StartsWith("Podman finds no init (catatonit)", warning, StringComparison.Ordinal);
        Assert.True(HostConfig(engine.Bodies[1]).GetProperty("Init").GetBoolean());
        Assert.False(HostConfig(engine.Bodies[2]).GetProperty("Init").GetBoolean());
    }

    [Fact]
    public async Task A_refusal_for_another_reason_is_one()
    {
        using var engine = Engine(_ => """500 {"message":"the container name \"agentops-a1b2c3d4\" is already in use by 9. You have to remove that container: that name is already in use"}""", "");
        await using var runtime = await engine.Connect();

        Assert.Equal(RuntimeRefusal.NameTaken, (await Assert.ThrowsAsync<RuntimeRefusalException>(() => runtime.CreateContainer(Spec, Cancel))).Refusal);
        Assert.Single(engine.Bodies);
    }

    [Fact]
    public async Task A_list_of_images_is_asked_for_again_when_one_of_them_went_meanwhile()
    {
        var asked = 0;
        using var engine = new ScriptedEngine(Podman, _ => ++asked < 3 ? """500 {"message":"checking if image \"0\" is dangling: reading image \"0\": locating image with ID \"0\": image not known"}""" : """[{"Id":"1"}]""");
        await using var runtime = await engine.Connect();

        Assert.Equal("1", Assert.Single(await runtime.ListStoredImages(Cancel)).Image.Id);
    }

    [Fact]
    public async Task What_Podman_counts_beside_the_layers_is_the_images_own()
    {
        using var engine = new ScriptedEngine(Podman, request => request.Contains("/history", StringComparison.Ordinal)
            ? """[{"Id":"1","CreatedBy":"LABEL a=b","Size":0},{"Id":"2","CreatedBy":"COPY . /","Size":2048},{"Id":"3","CreatedBy":"ADD / /","Size":2129920}]"""
            : """{"Id":"1","Size":2139318,"GraphDriver":{"Name":"overlay","Data":{"UpperDir":"/x"}},"RootFS":{"Type":"layers","Layers":["sha256:a","sha256:b"]}}""");
        await using var runtime = await engine.Connect();

        var layers = await runtime.ReadLayers("1", withSteps: true, Cancel);

        Assert.Equal([2129920, 2139318 - 2129920, 0], layers!.Steps!.Select(step => step.Size.Bytes));
    }

    [Theory]
    [InlineData("2026-01-01T00:00:01.6172Z", "2026-01-01T00:00:01.6181Z")]
    [InlineData("2026-01-01T00:00:01.6181Z", "2026-01-01T00:00:01.6181Z")]
    [InlineData("2026-01-01T00:00:01.6190Z", "2026-01-01T00:00:01.6190Z")]
    public async Task An_end_that_Podman_puts_before_the_start_is_the_start(string told, string expected)
    {
        using var engine = new ScriptedEngine(Podman, _ => $$$"""{"Id":"0","Name":"x","State":{"Status":"exited","StartedAt":"2026-01-01T00:00:01.6181Z","FinishedAt":"{{{told}}}"}}""");
        await using var runtime = await engine.Connect();

        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), (await runtime.FindContainer("0", Cancel))!.FinishedAt);
    }

    [Fact]
    public async Task An_end_that_Podman_missed_is_seen_by_looking()
    {
        var looks = 0;
        using var engine = new ScriptedEngine(Podman, request =>
            request.Contains("/wait", StringComparison.Ordinal) ? ScriptedEngine.Never
            : ++looks < 3 ? """{"Id":"0","Name":"x","State":{"Status":"running"}}"""
            : """{"Id":"0","Name":"x","State":{"Status":"exited","ExitCode":7,"FinishedAt":"2026-01-01T00:00:00Z"}}""");
        await using var runtime = await engine.Connect();

        Assert.Equal(7, await (await runtime.WaitForExit("0", Cancel)).WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task Output_that_Podman_follows_after_the_end_of_its_process_ends_too()
    {
        var looks = 0;
        using var engine = new ScriptedEngine(Podman, request =>
            request.Contains("/logs", StringComparison.Ordinal) ? ScriptedEngine.Never
            : ++looks < 2 ? """{"Id":"0","Name":"x","State":{"Status":"running"}}"""
            : """{"Id":"0","Name":"x","State":{"Status":"exited","ExitCode":7,"FinishedAt":"2026-01-01T00:00:00Z"}}""");
        await using var runtime = await engine.Connect();

        var read = 0;
        await foreach (var chunk in runtime.ReadLogs("0", terminal: false, follow: true, tail: null, Cancel))
        {
            read += chunk.Bytes.Length;
        }

        Assert.Equal(0, read);
        Assert.True(looks >= 2, $"{looks} looks");
    }

    [Fact]
    public void Paths_that_Podman_cannot_write_as_a_mount_are_written_as_a_bind()
    {
        Mount[] mounts = [new("/a:b", "/c", false), new("/a,b", "/c", false), new("/a\"b", "/c d", true)];

        var host = CreateBody.ForPodman(Spec with { Mounts = mounts }, keepId: false).HostConfig;

        Assert.Equal([new WireMount("bind", "/a:b", "/c", false)], host.Mounts);
        Assert.Equal(["/a,b:/c", "/a\"b:/c d:ro"], host.Binds);
        var refusal = Assert.Throws<RuntimeRefusalException>(() => CreateBody.ForPodman(Spec with { Mounts = [new("/a,b:c", "/c", false)] }, keepId: false));
        Assert.StartsWith("Podman cannot mount /a,b:c at /c:", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("size=64k,mode=0700,uid=1000,gid=100", "size=64k,mode=1777")]
    [InlineData("size=64k,mode=0700", "size=64k,mode=0700")]
    public void A_folder_in_memory_that_cannot_be_the_users_is_everybodys(string asked, string given) =>
        Assert.Equal(given, CreateBody.ForPodman(Spec with { MemoryFolders = new Dictionary<string, string> { ["/run/agentops"] = asked } }, keepId: false).HostConfig.Tmpfs!["/run/agentops"]);

    [Theory]
    [InlineData(true, "4.3.1", 137, 64_000_000, true)]
    [InlineData(false, "4.3.1", 137, 64_000_000, null)]
    [InlineData(false, "4.3.1", 137, 0, false)]
    [InlineData(false, "4.3.1", 1, 64_000_000, false)]
    [InlineData(false, "5.4.2", 137, 64_000_000, false)]
    [InlineData(false, null, 137, 64_000_000, false)]
    public void Whether_memory_was_short_is_unknown_where_Podman_does_not_notice(bool told, string? version, int code, long limit, bool? known)
    {
        var wire = new WireContainerDetails("0", "/x", null, null, new WireState("exited", code, told, "", null, null), null, new WireHostConfig(limit));

        Assert.Equal(known, EngineWords.Details(wire, new EngineGreeting(EngineGreeting.Oldest, version, IsPodman: true))!.KilledByMemory);
    }

    private static ScriptedEngine Engine(Func<int, string> create, string info)
    {
        var attempts = 0;
        return new ScriptedEngine(Podman, request => request.Contains("/create", StringComparison.Ordinal) ? create(++attempts) : request.EndsWith("/info", StringComparison.Ordinal) ? info : "");
    }

    private static JsonElement HostConfig(string body) => JsonDocument.Parse(body).RootElement.GetProperty("HostConfig");
}
