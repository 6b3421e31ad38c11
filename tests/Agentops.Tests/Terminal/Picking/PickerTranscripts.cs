using System.Text;
using Agentops.Terminal;
using Agentops.Terminal.Picking;

namespace Agentops.Tests.Terminal.Picking;

/// <summary>What the list looks like: keys, and the screen after them between two lines as long as it is wide.</summary>
public sealed class PickerTranscripts
{
    private readonly StringBuilder seen = new();

    private static PickerList ManyRuns
    {
        get
        {
            var runs = Enumerable.Range(0, 2000).Select(number => Choice.Run($"agent-{number % 37}", $"r{number:d7}", days: 1 + (number % 90), megabytes: 1 + (number * 7919 % 997)));
            return Choice.List([.. runs, Choice.Image("agentops/agent-1:latest", 4, 312, [1]), Choice.Image("agentops/agent-2:latest", 4, 312, [])]);
        }
    }

    private static PickerList NamesFromAnywhere => Choice.List(
    [
        Choice.Run("名前の長いエージェントの名前の長いエージェント", megabytes: null),
        Choice.Run("e\u0301te\u0301"),
        Choice.Run("\e[2J\e[31mred\a\r\nnext", "i9j0k1l2"),
        Choice.Run("safe\u202egnp.exe"),
        Choice.Run("👩‍💻"),
        Choice.Run(new string('x', 300)),
        Choice.Image(new string('名', 100_000), 3, 282, [1]),
        Choice.Image("", 3, 9, []),
        new PickerItem("\e]0;title\a", ["only\none\ncell"], null, null, []),
    ]);

    [Fact]
    public void Leftovers_of_an_ordinary_day()
    {
        Show(Choice.Open(Choice.Leftovers, 80, 24), "", "j j space", "/ bot", "enter");
        Transcript.Matches("picker", seen.ToString());
    }

    [Fact]
    public void The_same_in_a_small_terminal()
    {
        Show(Choice.Open(Choice.Leftovers, 60, 15), "", "end space", "home space", "/ base", "enter", "s s", "/ nothing", "esc a a enter");
        Transcript.Matches("picker-60x15", seen.ToString());
    }

    [Fact]
    public void Two_thousand_runs()
    {
        Show(Choice.Open(ManyRuns, 80, 24), "", "end space");
        Transcript.Matches("picker-many", seen.ToString());
    }

    [Fact]
    public void Two_thousand_runs_in_a_small_terminal()
    {
        Show(Choice.Open(ManyRuns, 60, 15), "down down pagedown pagedown a", "end", "s", "/ agent-36 space r000", "enter a end");
        Transcript.Matches("picker-many-60x15", seen.ToString());
    }

    [Fact]
    public void Names_from_anywhere()
    {
        Show(Choice.Open(NamesFromAnywhere, 80, 24), "");
        Transcript.Matches("picker-names", seen.ToString());
    }

    [Fact]
    public void Names_from_anywhere_in_a_small_terminal()
    {
        Show(Choice.Open(NamesFromAnywhere, 60, 15), "", "j space end", "/ " + @"\x1b[31m", "ctrl-u " + new string('名', 60));
        Transcript.Matches("picker-names-60x15", seen.ToString());
    }

    [Fact]
    public void One_item_and_none()
    {
        Show(Choice.Open(Choice.List([Choice.Run("scraper")]), 60, 15), "", "space");
        Show(Choice.Open(Choice.List([]), 60, 15), "", "a space enter");
        Transcript.Matches("picker-few", seen.ToString());
    }

    [Fact]
    public void Too_small_and_just_not()
    {
        var state = Choice.Open(Choice.Leftovers);
        foreach (var size in new[] { new TerminalSize(50, 8), new TerminalSize(49, 24), new TerminalSize(80, 7), new TerminalSize(20, 3), new TerminalSize(9, 2), new TerminalSize(1, 1) })
        {
            Show(state.Resize(size), "");
        }

        Transcript.Matches("picker-too-small", seen.ToString());
    }

    private void Show(PickerState state, params string[] keys)
    {
        foreach (var some in keys)
        {
            state = state.Press(some);
            var ruler = new string('─', state.Size.Columns);
            seen.Append(state.Size.Columns).Append('x').Append(state.Size.Rows).Append(some.Length == 0 ? "" : $"  {SafeText.Escape(some)}").Append('\n');
            seen.Append(ruler).Append('\n').AppendJoin("", PickerView.Lines(state).Select(line => line + "\n")).Append(ruler).Append("\n\n");
        }
    }
}
