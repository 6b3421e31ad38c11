namespace Agentops.EndToEnd;

public sealed class LimitSpecs
{
    [Fact]
    public async Task A_command_killed_at_its_memory_limit_is_137_and_said_in_words()
    {
        await using var desk = Desk.Plain();
        // tail keeps its last line, and this one has no end.
        var outcome = (await desk.Run("run", "--memory", "32MB", ".", "--", "sh", "-c", "exec tail /dev/zero")).Expect(137);
        Assert.Contains("memory", outcome.Error, StringComparison.Ordinal);
        Assert.Matches("32 ?M(i?B)?", outcome.Error);
        Assert.Equal("", outcome.Out);
    }

    [Fact]
    public async Task A_command_that_dies_of_another_kill_is_137_without_a_word_of_memory()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", ".", "--", "sh", "-c", "kill -9 $$")).Expect(137);
        Assert.DoesNotContain("memory", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processors_and_memory_are_limited_with_no_swap_on_top()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach("--cpus", "0.5", "--memory", "64MB", ".", "--", "true");
        var host = (await desk.Engine.Container($"agentops-{run}")).GetProperty("HostConfig");
        Assert.Equal(500_000_000, host.GetProperty("NanoCpus").GetInt64());
        Assert.Equal(64L << 20, host.GetProperty("Memory").GetInt64());
        Assert.Equal(64L << 20, host.GetProperty("MemorySwap").GetInt64());
    }

    [Fact]
    public async Task The_recipes_limits_hold_and_the_command_line_wins_over_them()
    {
        await using var desk = Desk.WithOwnAgent("resources:\n  memory: 128MB\n  cpus: 1.5");
        var run = await desk.Detach("--memory", "64MB", ".", "--", "true");
        var host = (await desk.Engine.Container($"agentops-{run}")).GetProperty("HostConfig");
        Assert.Equal(1_500_000_000, host.GetProperty("NanoCpus").GetInt64());
        Assert.Equal(64L << 20, host.GetProperty("Memory").GetInt64());
    }

    [Theory]
    [InlineData("--memory", "lots")]
    [InlineData("--memory", "-1")]
    [InlineData("--cpus", "many")]
    [InlineData("--cpus", "0")]
    [InlineData("--network", "host")]
    public async Task A_limit_that_is_none_is_a_usage_error(string option, string value)
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", $"{option}={value}", ".", "--", "true")).Expect(2);
        Assert.Contains(value, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(option, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_network_there_is_only_its_own_loopback()
    {
        await using var desk = Desk.Plain();
        var without = (await desk.Run("run", "--network", "none", ".", "--", "ls", "/sys/class/net")).Expect(0);
        Assert.DoesNotContain("eth0", without.Out, StringComparison.Ordinal);
        var with = (await desk.Run("run", ".", "--", "ls", "/sys/class/net")).Expect(0);
        Assert.Contains("eth0", with.Out, StringComparison.Ordinal);
    }
}
