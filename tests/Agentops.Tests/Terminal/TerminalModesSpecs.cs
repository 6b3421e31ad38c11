using System.Text;
using Agentops.Terminal;

namespace Agentops.Tests.Terminal;

public sealed class TerminalModesSpecs
{
    [Theory]
    [InlineData("plain text", "")]
    [InlineData("\e[31mred\e[0m", "")]
    [InlineData("\e[?1049h\e[?25l", "\e[?1049l\e[?25h")]
    [InlineData("\e[?1049h\e[?25l\e[?25h\e[?1049l", "")]
    [InlineData("\e[?1000;1006h", "\e[?1000l\e[?1006l")]
    [InlineData("\e[?2004h\e[?1h\e=", "\e[?1l\e[?2004l\e>")]
    [InlineData("\e[?12l", "")]
    public void What_a_program_left_on_is_switched_off(string output, string reset) => Assert.Equal(reset, Follow(output, output.Length));

    [Fact]
    public void Sequences_may_be_cut_anywhere() => Assert.Equal("\e[?1049l\e[?2004l", Follow("x\e[?1049h y \e[?2004h", 1));

    private static string Follow(string output, int piece)
    {
        var modes = new TerminalModes();
        foreach (var part in Encoding.ASCII.GetBytes(output).Chunk(piece))
        {
            modes.Follow(part);
        }

        return modes.Reset();
    }
}
