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

    private readonly Streams streams;
    private readonly IDisposable? raw;
    private readonly Task<bool> quit;

    /// <summary>Takes the screen.</summary>
    /// <param name="streams">Their output is a terminal.</param>
    public LiveScreen(Streams streams)
    {
        this.streams = streams;
        streams.Out.Write(Enter);
        raw = streams.Tty is { InputIsTerminal: true } tty ? tty.EnterRaw() : null;
        quit = raw is null ? new TaskCompletionSource<bool>().Task : Task.Run(ReadUntilQuit);
    }

    /// <summary>How many lines there is room for; null when the terminal does not know.</summary>
    public int? Rows => streams.Tty?.Size.Rows is > 1 and var rows ? rows - 1 : null;

    /// <summary>Shows a text, as much of it as there is room for.</summary>
    /// <param name="text">Lines.</param>
    public void Show(string text)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        var rows = Rows ?? lines.Length;
        var frame = new StringBuilder(Home);
        foreach (var line in lines.Take(rows))
        {
            frame.Append(EraseLine).Append(streams.Columns is { } columns ? Table.Shorten(line, columns) : line).Append(EndOfLine);
        }

        var hidden = lines.Length - rows;
        frame.Append(EraseLine).Append(hidden > 0 ? $"… {hidden} more lines; q ends" : "q ends").Append(EndOfScreen);
        streams.Out.Write(frame.ToString());
    }

    /// <summary>Waits until the next look is due.</summary>
    /// <param name="pause">How long.</param>
    /// <param name="cancellationToken">A signal.</param>
    /// <returns>When it is due.</returns>
    /// <exception cref="OperationCanceledException">It is to end.</exception>
    public async Task Wait(TimeSpan pause, CancellationToken cancellationToken)
    {
        var due = Task.Delay(pause, cancellationToken);
        if (await Task.WhenAny(due, quit) == quit)
        {
            IsOver = true;
            return;
        }

        await due;
    }

    /// <summary>The user has had enough.</summary>
    public bool IsOver { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        raw?.Dispose();
        streams.Out.Write(Leave);
    }

    // q, Ctrl+C (a key like any other in raw mode), or a terminal that is gone.
    private bool ReadUntilQuit()
    {
        var key = new byte[1];
        while (streams.Input.Read(key) > 0)
        {
            if (key[0] is (byte)'q' or (byte)'Q' or 3 or 4)
            {
                return true;
            }
        }

        return true;
    }
}
