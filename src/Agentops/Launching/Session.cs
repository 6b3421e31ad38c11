using System.Runtime.InteropServices;
using Agentops.Containers;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Launching;

/// <summary>How a session ended.</summary>
internal enum SessionEnd
{
    /// <summary>The process's output is at its end: it ended, or the connection did.</summary>
    OutputEnded,

    /// <summary>Our terminal was closed; the process goes on.</summary>
    HungUp,

    /// <summary>Nobody reads our output any more (<c>agent run … | head -1</c>).</summary>
    Unread,

    /// <summary>A signal said to leave.</summary>
    Left,

    /// <summary>The user left with the detach keys; the process goes on.</summary>
    Detached,
}

/// <summary>Joins the caller's streams with those of a process in a container.</summary>
internal static class Session
{
    /// <summary>Passes input, output, signals and the terminal's size on until one side is at its end.</summary>
    /// <param name="world">The world.</param>
    /// <param name="io">The process's streams.</param>
    /// <param name="terminal">The process has a terminal, and ours is to act as it.</param>
    /// <param name="resize">Tells the process's terminal its size; its failures are of no consequence.</param>
    /// <param name="signal">Takes a signal on; true to leave.</param>
    /// <param name="cancellationToken">Leaves.</param>
    /// <returns>How it ended.</returns>
    public static async Task<SessionEnd> Join(
        World world,
        ContainerIo io,
        bool terminal,
        Func<TerminalSize, CancellationToken, Task> resize,
        Func<PosixSignal, bool> signal,
        CancellationToken cancellationToken)
    {
        var hungUp = new TaskCompletionSource<SessionEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        var tty = terminal ? world.Streams.Tty : null;
        using var leaving = cancellationToken.Register(() => hungUp.TrySetResult(SessionEnd.Left));
        using var takenOver = world.Signals.TakeOver(taken =>
        {
            if (taken == PosixSignal.SIGHUP)
            {
                hungUp.TrySetResult(SessionEnd.HungUp);
            }
            else if (taken == PosixSignal.SIGWINCH)
            {
                _ = Resize(tty, resize);
            }
            else if (signal(taken))
            {
                hungUp.TrySetResult(SessionEnd.Left);
            }
        });
        using var raw = tty?.EnterRaw();
        await Resize(tty, resize);

        if (io.Input is { } input)
        {
            _ = Task.Run(() => PassInput(world.Streams.Input, input, io, terminal, hungUp), CancellationToken.None);
        }

        var modes = new TerminalModes();
        var end = await await Task.WhenAny(PassOutput(world.Streams, io, terminal, modes), hungUp.Task);
        if (tty is not null && end != SessionEnd.HungUp && modes.Reset() is { Length: > 0 } reset)
        {
            await world.Streams.Out.WriteAsync(reset);
        }

        return end;
    }

    /// <summary>Whether a process goes on although its output is at its end: the connection was lost, or its output closed early.</summary>
    /// <param name="runtime">Where it runs.</param>
    /// <param name="container">Its container.</param>
    /// <param name="exit">Its end, from <see cref="IContainerRuntime.WaitForExit"/>.</param>
    /// <returns>True when the runtime says that it runs; the output usually ends a moment before the process does.</returns>
    public static async Task<bool> GoesOn(IContainerRuntime runtime, string container, Task<int> exit) =>
        await Task.WhenAny(exit, Task.Delay(TimeSpan.FromSeconds(1))) != exit
        && await runtime.FindContainer(container, CancellationToken.None) is { Container.State: ContainerState.Running or ContainerState.Paused };

    private static async Task Resize(Tty? tty, Func<TerminalSize, CancellationToken, Task> resize)
    {
        try
        {
            if (tty?.Size is { Columns: > 0, Rows: > 0 } size)
            {
                await resize(size, CancellationToken.None);
            }
        }
        catch (AgentopsException)
        {
            // The process has ended or the engine is gone; both are told by what follows.
        }
    }

    private static async Task<SessionEnd> PassOutput(Streams streams, ContainerIo io, bool terminal, TerminalModes modes)
    {
        await foreach (var chunk in io.Output)
        {
            try
            {
                var target = chunk.Channel == OutputChannel.Error ? streams.ErrorBytes : streams.OutBytes;
                target.Write(chunk.Bytes.Span);
                target.Flush();
                modes.Follow(chunk.Bytes.Span);
            }
            catch (IOException)
            {
                return terminal ? SessionEnd.HungUp : SessionEnd.Unread;
            }
        }

        return SessionEnd.OutputEnded;
    }

    // On a thread of its own: a blocked read of a terminal cannot be cancelled.
    private static async Task PassInput(Stream ours, Stream theirs, ContainerIo io, bool terminal, TaskCompletionSource<SessionEnd> hungUp)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            var before = (byte)0;
            while (await ReadOrEnd(ours, buffer) is > 0 and var read)
            {
                if (terminal && HasDetachKeys(buffer.AsSpan(0, read), before))
                {
                    hungUp.TrySetResult(SessionEnd.Detached);
                    return;
                }

                before = buffer[read - 1];
                await theirs.WriteAsync(buffer.AsMemory(0, read));
                await theirs.FlushAsync();
            }

            if (terminal)
            {
                // A terminal in raw mode has no end of input: it was closed.
                hungUp.TrySetResult(SessionEnd.HungUp);
            }
            else
            {
                io.CompleteInput();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException or AgentopsException)
        {
            // The process has ended: it takes no input any more.
        }
    }

    // Ctrl+P Ctrl+Q, as in Docker, but looked for here: an engine misses them when both come in one packet.
    private static bool HasDetachKeys(ReadOnlySpan<byte> keys, byte before) => (before == 0x10 && keys[0] == 0x11) || keys.IndexOf([(byte)0x10, (byte)0x11]) >= 0;

    private static async Task<int> ReadOrEnd(Stream stream, byte[] buffer)
    {
        try
        {
            return stream is DescriptorStream ? stream.Read(buffer) : await stream.ReadAsync(buffer);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
