using System.Security.Cryptography;
using System.Text;

namespace Agentops.EndToEnd;

public sealed class StreamsSpecs
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(125)]
    [InlineData(255)]
    public async Task The_exit_code_is_the_commands_own(int code)
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "sh", "-c", $"exit {code}")).Expect(code);
    }

    [Fact]
    public async Task Standard_output_and_standard_error_stay_apart()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", ".", "--", "sh", "-c", "echo to-out; echo to-err >&2; echo more")).Expect(0);
        Assert.Equal("to-out\nmore\n", outcome.Out);
        Assert.Contains("to-err\n", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("to-out", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_piped_in_reaches_the_command_and_so_does_its_end()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.RunGiving("one\ntwo"u8.ToArray(), "run", ".", "--", "cat")).Expect(0);
        Assert.Equal("one\ntwo", outcome.Out);
    }

    [Fact]
    public async Task A_command_that_reads_nothing_given_ends_at_once()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", ".", "--", "sh", "-c", "wc -c")).Expect(0);
        Assert.Equal("0", outcome.Out.Trim());
    }

    [Fact]
    public async Task Standard_input_may_be_closed_altogether()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Shell("exec <&-; agent run . -- sh -c 'cat; echo fine'")).Expect(0);
        Assert.Equal("fine\n", outcome.Out);
    }

    [Fact]
    public async Task Five_megabytes_pass_through_unharmed_in_both_directions()
    {
        await using var desk = Desk.Plain();
        var bytes = RandomNumberGenerator.GetBytes(5_000_000);
        var outcome = (await desk.RunGiving(bytes, "run", ".", "--", "cat")).Expect(0);
        Assert.Equal(bytes.Length, outcome.OutBytes.Length);
        Assert.True(bytes.AsSpan().SequenceEqual(outcome.OutBytes));
    }

    [Fact]
    public async Task A_command_that_leaves_its_input_unread_ends_well()
    {
        await using var desk = Desk.Plain();
        (await desk.RunGiving(new byte[2_000_000], "run", ".", "--", "true")).Expect(0);
    }

    [Fact]
    public async Task When_nobody_reads_the_output_any_more_the_run_is_stopped()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Shell("agent run . -- yes | head -n 1")).Expect(0);
        Assert.Equal("y\n", outcome.Out);
        await Until.True(async () => await desk.OnlyState() == "stopped", () => "the run to be stopped");
    }

    [Fact]
    public async Task Arguments_reach_the_command_unchanged()
    {
        await using var desk = Desk.Plain();
        string[] odd = ["two words", "", "$HOME", "a'b\"c", "*", "ümläut", "--help", "-d", "--", "\\n"];
        var outcome = (await desk.Run(["run", ".", "--", "sh", "-c", "printf '<%s>\\n' \"$@\"", "sh", .. odd])).Expect(0);
        Assert.Equal(odd.Select(word => $"<{word}>"), outcome.Out.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_command_that_is_not_there_is_127_as_in_a_shell_and_named()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", ".", "--", "no-such-program")).Expect(127);
        Assert.Contains("no-such-program", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", outcome.Out);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_pass_through()
    {
        await using var desk = Desk.Plain();
        byte[] bytes = [0, 0xff, 0xfe, 0x1b, (byte)'\r', (byte)'\n', 0x80, 4, 3];
        var outcome = (await desk.RunGiving(bytes, "run", ".", "--", "cat")).Expect(0);
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(outcome.OutBytes));
    }

    [Fact]
    public async Task Output_arrives_while_the_command_runs()
    {
        await using var desk = Desk.Plain();
        await using var running = desk.Start("run", ".", "--", "sh", "-c", "echo early; cat; echo late");
        await running.WaitForOut("early\n");
        Assert.False(running.HasExited);
        await running.Give(Encoding.ASCII.GetBytes("go\n"));
        var outcome = (await running.End()).Expect(0);
        Assert.Equal("early\ngo\nlate\n", outcome.Out);
    }
}
