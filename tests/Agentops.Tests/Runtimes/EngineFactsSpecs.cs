using Agentops.Runtimes;

namespace Agentops.Tests.Runtimes;

/// <summary>What engines say of themselves, as recorded from Docker 20.10, 26.1 and Podman 4.3, and cut down.</summary>
public sealed class EngineFactsSpecs
{
    private const string Docker = "Api-Version: 1.45\r\nServer: Docker/26.1.5 (linux)";
    private const string Podman = "Api-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\nServer: Libpod/4.3.1 (linux)";
    private const string Info = """{"Name":"vm","Driver":"overlay2","DockerRootDir":"/var/lib/docker","CgroupVersion":"2","SecurityOptions":["name=seccomp,profile=builtin"],"MemoryLimit":true,"CpuCfsQuota":true,"PidsLimit":true}""";
    private const string PodmanInfo = """{"host":{"cgroupVersion":"v1","cgroupControllers":[],"hostname":"vm","security":{"rootless":true}},"store":{"graphDriverName":"overlay","graphRoot":"/home/u/storage"}}""";

    [Fact]
    public async Task Docker_tells_its_api_its_storage_and_its_machine()
    {
        var facts = await Describe(Docker, Info);

        Assert.Equal((new Version(1, 24), new Version(1, 45)), (facts.OldestApi, facts.NewestApi));
        Assert.Equal((false, "overlay2", "/var/lib/docker", "vm"), (facts.IsRootless, facts.StorageDriver, facts.DataRoot, facts.HostName));
        Assert.Equal([], facts.LackingLimits);
        Assert.Null(facts.LackingWhy);
    }

    [Fact]
    public async Task Docker_without_root_and_with_the_first_control_groups_has_no_limits()
    {
        var facts = await Describe(Docker, """{"CgroupVersion":"1","SecurityOptions":["name=seccomp,profile=builtin","name=rootless"],"MemoryLimit":false,"CpuCfsQuota":false,"PidsLimit":false}""");

        Assert.True(facts.IsRootless);
        Assert.Equal([RunLimit.Cpus, RunLimit.Memory, RunLimit.Processes], facts.LackingLimits);
        Assert.Equal("Docker without root needs cgroup v2 for that", facts.LackingWhy);
    }

    [Fact]
    public async Task A_limit_that_the_kernel_does_not_know_is_named()
    {
        var facts = await Describe(Docker, """{"SecurityOptions":[],"MemoryLimit":false,"CpuCfsQuota":true,"PidsLimit":true}""");

        Assert.Equal([RunLimit.Memory], facts.LackingLimits);
        Assert.Equal("the engine's kernel or control groups do not allow it", facts.LackingWhy);
    }

    [Fact]
    public async Task Podman_without_root_tells_what_it_was_delegated()
    {
        var facts = await Describe(Podman, PodmanInfo);

        Assert.Equal((true, "overlay", "/home/u/storage", "vm"), (facts.IsRootless, facts.StorageDriver, facts.DataRoot, facts.HostName));
        Assert.Equal([RunLimit.Cpus, RunLimit.Memory, RunLimit.Processes], facts.LackingLimits);
        Assert.Equal("Podman without root needs cgroup v2 for that", facts.LackingWhy);
    }

    [Fact]
    public async Task Of_Podman_as_root_all_limits_hold() =>
        Assert.Equal([], (await Describe(Podman, """{"host":{"cgroupControllers":[],"security":{"rootless":false}}}""")).LackingLimits);

    [Fact]
    public async Task What_an_engine_does_not_tell_is_not_known()
    {
        Assert.Equal(new RuntimeFacts(), await Describe(Docker, "{}", "{}"));
        Assert.Equal(new RuntimeFacts(), await Describe(Podman, "{}", "{}"));
    }

    [Fact]
    public void Limits_are_told_as_in_a_sentence()
    {
        Assert.Equal("memory", RunLimits.Describe([RunLimit.Memory]));
        Assert.Equal("processors and memory", RunLimits.Describe([RunLimit.Cpus, RunLimit.Memory]));
        Assert.Equal("processors, memory and the number of processes", RunLimits.Describe([RunLimit.Cpus, RunLimit.Memory, RunLimit.Processes]));
    }

    private static async Task<RuntimeFacts> Describe(string headers, string info, string version = """{"ApiVersion":"1.45","MinAPIVersion":"1.24"}""")
    {
        using var engine = new ScriptedEngine(headers, request => request.EndsWith("/version", StringComparison.Ordinal) ? version : info);
        await using var runtime = await engine.Connect();
        return await runtime.Describe(TestContext.Current.CancellationToken);
    }
}
