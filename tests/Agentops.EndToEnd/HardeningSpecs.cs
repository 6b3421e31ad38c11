using System.Globalization;

namespace Agentops.EndToEnd;

public sealed class HardeningSpecs
{
    // https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h
    private const int NetRaw = 13;
    private const int Mknod = 27;
    private const int Chown = 0;

    [Fact]
    public async Task No_process_may_gain_privileges_and_dangerous_capabilities_are_gone()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", ".", "--", "grep", "-E", "NoNewPrivs|CapBnd", "/proc/self/status")).Expect(0);
        Assert.Contains("NoNewPrivs:\t1", outcome.Out, StringComparison.Ordinal);
        Assert.False(Has(outcome, NetRaw));
        Assert.False(Has(outcome, Mknod));
        Assert.True(Has(outcome, Chown));
    }

    [Fact]
    public async Task Processes_are_limited_and_an_init_reaps_orphans()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach(".", "--", "sleep", "1000");
        var host = (await desk.Engine.Container($"agentops-{run}")).GetProperty("HostConfig");
        Assert.InRange(host.GetProperty("PidsLimit").GetInt64(), 1, 100_000);
        Assert.True(host.GetProperty("Init").GetBoolean());
        Assert.False(host.GetProperty("Privileged").GetBoolean());
        Assert.Contains("no-new-privileges", host.GetProperty("SecurityOpt").GetRawText(), StringComparison.Ordinal);

        // An orphan's new parent is process 1, which is not the command.
        var first = (await desk.Run("exec", run, "--", "cat", "/proc/1/cmdline")).Expect(0);
        Assert.DoesNotContain("sleep", first.Out.Split('\0')[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_recipe_relaxes_each_by_name()
    {
        await using var desk = Desk.WithOwnAgent("security:\n  capabilities: [NET_RAW]\n  noNewPrivileges: false\n  init: false\n  pids: 99");
        var run = await desk.Detach(".", "--", "sleep", "1000");
        var host = (await desk.Engine.Container($"agentops-{run}")).GetProperty("HostConfig");
        Assert.Equal(99, host.GetProperty("PidsLimit").GetInt64());
        Assert.DoesNotContain("no-new-privileges", host.GetProperty("SecurityOpt").GetRawText(), StringComparison.Ordinal);

        var status = (await desk.Run("exec", run, "--", "cat", "/proc/1/status", "/proc/1/cmdline")).Expect(0);
        Assert.True(Has(status, NetRaw));
        Assert.False(Has(status, Mknod));
        Assert.Contains("sleep", status.Out, StringComparison.Ordinal);
    }

    // "CapBnd:\t00000000a00405fb"
    private static bool Has(Outcome status, int capability)
    {
        var line = status.Out.Split('\n').First(text => text.StartsWith("CapBnd:", StringComparison.Ordinal));
        return (ulong.Parse(line["CapBnd:".Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) >> capability & 1) == 1;
    }
}
