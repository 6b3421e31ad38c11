using System.Runtime.InteropServices;

namespace Agentops.Terminal;

/// <summary>Ctrl+C and its kin: cancels the command in hand, unless the command has taken them over for an agent.</summary>
public sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource interrupted = new();
    private readonly Lock gate = new();
    private Action<PosixSignal>? handler;

    /// <summary>Cancelled by the first signal that nobody took over.</summary>
    public CancellationToken Interrupted => interrupted.Token;

    /// <summary>The signal that cancelled; null while none did.</summary>
    public PosixSignal? Cause { get; private set; }

    /// <summary>Takes signals over until the result is disposed; nothing is cancelled meanwhile.</summary>
    /// <param name="take">Called for each signal, from any thread.</param>
    /// <returns>Gives the signals back.</returns>
    public IDisposable TakeOver(Action<PosixSignal> take)
    {
        lock (gate)
        {
            handler = take;
        }

        return new Restore(this);
    }

    /// <summary>A signal has come.</summary>
    /// <param name="signal">Which.</param>
    public void Raise(PosixSignal signal)
    {
        Action<PosixSignal>? taken;
        lock (gate)
        {
            taken = handler;
            Cause ??= taken is null && signal != PosixSignal.SIGWINCH ? signal : null;
        }

        if (taken is not null)
        {
            taken(signal);
        }
        else if (signal != PosixSignal.SIGWINCH)
        {
            interrupted.Cancel();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => interrupted.Dispose();

    private sealed class Restore(Signals signals) : IDisposable
    {
        public void Dispose()
        {
            lock (signals.gate)
            {
                signals.handler = null;
            }
        }
    }
}
