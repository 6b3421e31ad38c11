using Agentops.Terminal;

namespace Agentops.Tests.Terminal;

public sealed class SafeTextSpecs
{
    [Theory]
    [InlineData("plain ünïcode 名前 👩‍💻", "plain ünïcode 名前 👩‍💻")]
    [InlineData("\e[31mred\a", @"\x1b[31mred\x07")]
    [InlineData("two\nlines\tand\rmore", @"two\nlines\tand\rmore")]
    [InlineData("\u009b2J", @"\x9b2J")]
    [InlineData("safe\u202egnp.exe", @"safe\u202egnp.exe")]
    public void What_could_steer_a_terminal_is_escaped(string text, string expected) => Assert.Equal(expected, SafeText.Escape(text));

    [Fact]
    public void A_message_keeps_its_lines_and_nothing_else() => Assert.Equal("one\ntwo\\x1b", SafeText.EscapeLines("one\ntwo\e"));
}
