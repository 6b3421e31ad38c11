using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace Agentops.Terminal.Picking;

/// <summary>How picking ended.</summary>
/// <param name="Picked">Positions in the list, ascending, at least one; null when nothing was picked.</param>
/// <param name="Signal">What it was left for: Ctrl+C counts as <c>SIGINT</c>, a closed terminal as <c>SIGHUP</c>; null when the user ended it.</param>
internal readonly record struct PickerOutcome(IReadOnlyList<int>? Picked, PosixSignal? Signal);

/// <summary>Shows a <see cref="PickerList"/> on the whole terminal and lets the user pick.</summary>
/// <param name="input">Keys, as a terminal in raw mode sends them.</param>
/// <param name="output">The terminal.</param>
/// <param name="size">Its size now.</param>
/// <param name="signals">Signals as they come: <c>SIGWINCH</c> asks for the size again, the others leave.</param>
/// <param name="clock">Tells an Esc from the beginning of a sequence.</param>
/// <param name="plain">No colours, not even reversed ones.</param>
internal sealed class Picker(Stream input, Stream output, Func<TerminalSize> size, ChannelReader<PosixSignal> signals, TimeProvider clock, bool plain)
{
    // Alternate screen, hidden cursor, no wrapping (a letter wider than we think must not shift the rest), pasted text marked as such; and all of it back.
    private const string Begin = "\e[?1049h\e[?25l\e[?7l\e[?2004h";
    private const string End = "\e[?2004l\e[?7h\e[?25h\e[?1049l";

    // The bytes of a sequence come together, or at most a network's hiccup apart; a finger takes longer.
    private static readonly TimeSpan SequenceTime = TimeSpan.FromMilliseconds(100);

    // A terminal in raw mode has no end of input: it was closed.
    private static readonly PickerOutcome HungUp = new(null, PosixSignal.SIGHUP);

    private readonly byte[] buffer = new byte[4096];

    /// <summary>Lets the user pick on the terminal behind the standard streams; it is afterwards as it was, whatever happens.</summary>
    /// <param name="world">The world; its signals are taken over meanwhile.</param>
    /// <param name="list">What there is to pick from.</param>
    /// <param name="plain">No colours; so it is with <c>NO_COLOR</c> too.</param>
    /// <param name="cancellationToken">Leaves.</param>
    /// <returns>Positions in the list, ascending, at least one, with all that they need; null when the user left with q or Esc.</returns>
    /// <exception cref="RefusedException">There is no terminal, or it cannot show a list.</exception>
    /// <exception cref="OperationCanceledException">Ctrl+C, a signal, or the terminal was closed: <see cref="Signals.Interrupted"/> is cancelled then.</exception>
    public static async Task<IReadOnlyList<int>?> Show(World world, PickerList list, bool plain, CancellationToken cancellationToken)
    {
        if (world.Streams is not { AreInteractive: true, Tty: { } tty } || world.Surroundings.Variable("TERM") is null or "dumb")
        {
            throw new RefusedException("There is no terminal here to show a list in.");
        }

        var signals = Channel.CreateUnbounded<PosixSignal>();
        PickerOutcome outcome;
        using (world.Signals.TakeOver(signal => signals.Writer.TryWrite(signal)))
        using (tty.EnterRaw())
        {
            var isPlain = plain || world.Surroundings.Variable("NO_COLOR") is not null;
            outcome = await new Picker(world.Streams.Input, world.Streams.OutBytes, () => tty.Size, signals.Reader, world.Clock, isPlain).Pick(list, cancellationToken);
        }

        if (outcome.Signal is { } signal)
        {
            world.Signals.Raise(signal);
            throw new OperationCanceledException(world.Signals.Interrupted);
        }

        return outcome.Picked;
    }

    /// <summary>Lets the user pick. After Enter nothing is being read, so a question can follow; what was typed together with Enter is no answer to it and dropped.</summary>
    /// <param name="list">What there is to pick from.</param>
    /// <param name="cancellationToken">Leaves.</param>
    /// <returns>How it ended.</returns>
    public async Task<PickerOutcome> Pick(PickerList list, CancellationToken cancellationToken)
    {
        try
        {
            Write(Begin);
            return await Converse(PickerState.Of(list, size()), cancellationToken);
        }
        catch (IOException)
        {
            return HungUp;
        }
        finally
        {
            Leave();
        }
    }

    private async Task<PickerOutcome> Converse(PickerState state, CancellationToken cancellationToken)
    {
        var decoder = new KeyDecoder();
        var reading = Read();
        var signalled = signals.WaitToReadAsync(cancellationToken).AsTask();
        while (true)
        {
            state = state.Resize(size());
            Write(Frame(state));
            var patience = Task.Delay(decoder.AwaitsRest ? SequenceTime : Timeout.InfiniteTimeSpan, clock, CancellationToken.None);
            var happened = await Task.WhenAny(signalled, reading, patience);
            if (happened == signalled)
            {
                await signalled;
                if (NextToLeaveFor() is { } signal)
                {
                    return new PickerOutcome(null, signal);
                }

                signalled = signals.WaitToReadAsync(cancellationToken).AsTask();
            }
            else
            {
                var read = happened == reading ? await reading : (int?)null;
                var keys = read is { } count ? decoder.Take(buffer.AsSpan(0, count)) : decoder.TakeRest();
                state = keys.Aggregate(state, (now, key) => now.Press(key));
                if (read == 0 || state.End is not null)
                {
                    return state.End is null ? HungUp : Outcome(state);
                }

                reading = read is null ? reading : Read();
            }
        }
    }

    private static PickerOutcome Outcome(PickerState state) => state.End switch
    {
        PickerEnd.Accepted => new PickerOutcome([.. state.Selected], null),
        PickerEnd.Interrupted => new PickerOutcome(null, PosixSignal.SIGINT),
        _ => new PickerOutcome(null, null),
    };

    private PosixSignal? NextToLeaveFor()
    {
        while (signals.TryRead(out var signal))
        {
            if (signal != PosixSignal.SIGWINCH)
            {
                return signal;
            }
        }

        return null;
    }

    // On a thread of its own: a blocked read of a terminal cannot be cancelled. 0 at the end.
    private Task<int> Read() => Task.Factory.StartNew(
        () =>
        {
            try
            {
                return input.Read(buffer);
            }
            catch (IOException)
            {
                return 0;
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    // Each line at its place, so that nothing ever scrolls, and its rest erased after it, so that nothing flickers. A line to the last column is erased before: after it,
    // the cursor is still on that column and would take it away, and to a terminal that joins letters we take for two it may not be that long.
    private string Frame(PickerState state)
    {
        var lines = PickerView.Lines(state);
        var cursor = plain ? null : PickerView.CursorLine(state);
        var frame = new StringBuilder();
        for (var row = 0; row < lines.Count; row++)
        {
            var line = row == cursor ? $"\e[7m{lines[row]}\e[27m" : lines[row];
            frame.Append(CultureInfo.InvariantCulture, $"\e[{row + 1};1H").Append(Table.Width(lines[row]) < state.Size.Columns ? $"{line}\e[K" : $"\e[K{line}");
        }

        return frame.Append(lines.Count < state.Size.Rows ? $"\e[{lines.Count + 1};1H\e[J" : "").ToString();
    }

    private void Write(string text)
    {
        output.Write(Encoding.UTF8.GetBytes(text));
        output.Flush();
    }

    private void Leave()
    {
        try
        {
            Write(End);
        }
        catch (IOException)
        {
            // The terminal was closed: there is nothing to put back.
        }
    }
}
