using System.Text;
using Agentops.Terminal;

namespace Agentops.Tests.Terminal;

public sealed class ConfirmSpecs
{
    [Theory]
    [InlineData("y\n", true)]
    [InlineData("Y\n", true)]
    [InlineData("yes\r\n", true)]
    [InlineData("y", true)]
    [InlineData(" y \n", true)]
    [InlineData("n\n", false)]
    [InlineData("\n", false)]
    [InlineData("yy\n", false)]
    [InlineData("no\ny\n", false)]
    [InlineData("\0y\n", false)]
    public async Task Only_a_clear_yes_is_yes(string typed, bool expected) => Assert.Equal(expected, await Ask(typed));

    [Fact]
    public async Task A_line_without_end_is_no_yes_and_ends() => Assert.False(await Ask(new string('y', 100_000)));

    [Fact]
    public async Task No_answer_at_all_is_refused_with_a_hint()
    {
        var refusal = await Assert.ThrowsAsync<RefusedException>(() => Ask(""));

        Assert.Contains("--force", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_after_the_line_is_left_for_others()
    {
        var input = new MemoryStream(Encoding.UTF8.GetBytes("y\nrest"));
        Assert.True(await new Streams(input, Stream.Null, Stream.Null, tty: null).Confirm("Sure?", CancellationToken.None));

        Assert.Equal(2, input.Position);
    }

    private static Task<bool> Ask(string typed) =>
        new Streams(new MemoryStream(Encoding.UTF8.GetBytes(typed)), Stream.Null, Stream.Null, tty: null).Confirm("Sure?", CancellationToken.None);
}
