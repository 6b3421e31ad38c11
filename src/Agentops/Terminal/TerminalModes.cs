using System.Globalization;

namespace Agentops.Terminal;

/// <summary>Follows what a program switches on in a terminal, to switch off what it left on when it was killed or left.</summary>
/// <remarks>
/// DEC private modes, <c>ESC [ ? n ; m h</c> on and <c>l</c> off; <c>ESC =</c> and <c>ESC &gt;</c> for the keypad.
/// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
/// </remarks>
internal sealed class TerminalModes
{
    private const int Cursor = 25;
    private const int Wrap = 7;

    // Application cursor keys; mouse in its kinds; focus events; alternate screens; bracketed paste; synchronised output. These are off in a terminal at rest.
    private static readonly int[] OffAtRest = [1, 9, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 47, 1047, 1049, 2004, 2026];
    private readonly SortedSet<int> on = [Cursor, Wrap];
    private readonly List<int> numbers = [];
    private State state;
    private bool keypad;

    private enum State
    {
        Text,
        Escape,
        Bracket,
        Private,
    }

    /// <summary>Follows a piece of output; sequences may be cut anywhere.</summary>
    /// <param name="output">What the program printed.</param>
    public void Follow(ReadOnlySpan<byte> output)
    {
        if (state == State.Text)
        {
            var escape = output.IndexOf((byte)0x1b);
            if (escape < 0)
            {
                return;
            }

            output = output[escape..];
        }

        foreach (var value in output)
        {
            Follow((char)value);
        }
    }

    /// <summary>What brings the terminal back to rest.</summary>
    /// <returns>Escape sequences; empty when nothing was left on.</returns>
    public string Reset()
    {
        var left = string.Concat(OffAtRest.Where(on.Contains).Select(mode => string.Create(CultureInfo.InvariantCulture, $"\e[?{mode}l")));
        return left + (on.Contains(Cursor) ? "" : "\e[?25h") + (on.Contains(Wrap) ? "" : "\e[?7h") + (keypad ? "\e>" : "");
    }

    private void Follow(char character)
    {
        (state, var ended) = (state, character) switch
        {
            (_, '\e') => (State.Escape, false),
            (State.Escape, '[') => (State.Bracket, false),
            (State.Escape, '=' or '>') => (State.Text, true),
            (State.Bracket, '?') => (State.Private, false),
            (State.Private, (>= '0' and <= '9') or ';') => (State.Private, false),
            (State.Private, 'h' or 'l') => (State.Text, true),
            _ => (State.Text, false),
        };

        if (state == State.Private)
        {
            Collect(character);
        }
        else if (ended)
        {
            Switch(character);
        }
    }

    private void Collect(char character)
    {
        if (character == '?')
        {
            numbers.Clear();
            numbers.Add(0);
        }
        else if (character == ';')
        {
            numbers.Add(0);
        }
        else if (numbers.Count > 0 && numbers[^1] < 100_000)
        {
            numbers[^1] = (numbers[^1] * 10) + (character - '0');
        }

        if (numbers.Count > 32)
        {
            // Endless: no program means it.
            state = State.Text;
        }
    }

    private void Switch(char character)
    {
        if (character is '=' or '>')
        {
            keypad = character == '=';
        }
        else if (character == 'h')
        {
            on.UnionWith(numbers);
        }
        else
        {
            on.ExceptWith(numbers);
        }
    }
}
