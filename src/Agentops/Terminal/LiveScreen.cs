using System.Text;

namespace Agentops.Terminal;

/// <summary>A text shown in place of the one before, on a screen of its own, until a key or a signal ends it. The terminal is then as it was.</summary>
internal sealed class LiveScreen : IDisposable
{
    private const string Enter = "\x1b[?1049h\x1b[?25l";
    private const string Leave = "\x1b[?25h\x1b[?1049l";
    private const string Home = "\x1b[H";
    // Before the line: a terminal whose cursor stands behind the last column would erase the last letter.
    private const string EraseLine = "\x1b[2K";
    private const string EndOfLine = "\r\n";
    private const string EndOfScreen = "\x1b[J";

    private readonly TextWriter output;
    private readonly Func<TerminalSize> size;
    private readonly IDisposable? raw;
    private readonly string hint;
    private readonly CancellationTokenSource over = new();

    /// <summary>Takes the screen.</summary>
    /// <param name="keys">As a terminal in raw mode sends them; null when nobody can press one.</param>
    /// <param name="output">The terminal.</param>
    /// <param name="size">Its size now.</param>
    /// <param name="raw">Puts the terminal's settings back; null when they were not changed.</param>
    public LiveScreen(Stream? keys, TextWriter output, Func<TerminalSize> size, IDisposable? raw)
    {
        (this.output, this.size, this.raw) = (output, size, raw);
        hint = keys is null ? "Ctrl+C ends" : "q ends";
        output.Write(Enter);
        if (keys is not null)
        {
            _ = Task.Run(() => ReadUntilQuit(keys));
        }
    }

    /// <summary>Takes the screen of the terminal behind the standard streams.</summary>
    /// <param name="streams">Their output is a terminal.</param>
    /// <returns>The screen.</returns>
    public static LiveScreen On(Streams streams) => streams.Tty is { InputIsTerminal: true } tty
        ? new(streams.Input, streams.Out, () => tty.Size, tty.EnterRaw())
        : new(null, streams.Out, () => streams.Tty?.Size ?? default, null);

    /// <summary>Cancelled when the user has had enough.</summary>
    public CancellationToken Over => over.Token;

    /// <summary>How wide it is; null when the terminal does not know.</summary>
    public int? Columns => size().Columns is > 0 and var columns ? columns : null;

    /// <summary>How many lines there is room for; null when the terminal does not know.</summary>
    public int? Rows => size().Rows is > 1 and var rows ? rows - 1 : null;

    /// <summary>Shows a text, as much of it as there is room for.</summary>
    /// <param name="text">Lines.</param>
    public void Show(string text)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        var (rows, columns) = (Rows ?? lines.Length, Columns ?? int.MaxValue);
        var frame = new StringBuilder(Home);
        foreach (var line in lines.Take(rows))
        {
            frame.Append(EraseLine).Append(Table.Shorten(line, columns)).Append(EndOfLine);
        }

        var hidden = lines.Length - rows;
        frame.Append(EraseLine).Append(Table.Shorten(hidden > 0 ? $"… {hidden} more lines; {hint}" : hint, columns)).Append(EndOfScreen);
        output.Write(frame.ToString());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        raw?.Dispose();
        output.Write(Leave);
    }

    // q, Ctrl+C (a key like any other in raw mode), or a terminal that is gone.
    private void ReadUntilQuit(Stream keys)
    {
        var pressed = new byte[256];
        try
        {
            while (keys.Read(pressed) is > 0 and var count && !pressed.AsSpan(0, count).ContainsAny((byte[])[(byte)'q', (byte)'Q', 3, 4]))
            {
            }
        }
        catch (IOException)
        {
        }

        over.Cancel();
    }
}
