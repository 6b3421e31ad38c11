using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Agentops.Containers;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Runtimes.Apple;

/// <summary>How a container is kept.</summary>
/// <param name="Input">Its standard input is open.</param>
/// <param name="Once">Standard input ends when the first who wrote to it leaves.</param>
/// <param name="Terminal">It has a terminal.</param>
/// <param name="StartedBefore">When it was started the last time; null for never.</param>
internal sealed record KeeperMode(bool Input, bool Once, bool Terminal, DateTimeOffset? StartedBefore);

/// <summary>
/// Starts a container and stays with it to its end, in a process of its own: <c>container start --attach</c> alone ever learns the exit code, and nobody can attach later.
/// Whoever wants to see the run looks at what is written down, and may go without it being the worse for it.
/// </summary>
/// <param name="commandLine">Runs <c>container</c>.</param>
/// <param name="kept">Where to write to.</param>
/// <param name="clock">Tells when it ended.</param>
internal sealed class Keeper(AppleCommandLine commandLine, KeptRun kept, TimeProvider clock) : IDisposable
{
    // A container is made a moment after what is kept of it is.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim typing = new(1);
    private bool inputEnded;

    /// <summary>Starts it and stays.</summary>
    /// <param name="mode">How.</param>
    /// <param name="cancellationToken">Leaves it.</param>
    /// <returns>When its process has ended, or could not be started, and that is noted.</returns>
    public async Task Keep(KeeperMode mode, CancellationToken cancellationToken)
    {
        using var mine = await kept.Lock(cancellationToken);
        if (mine is null)
        {
            return;
        }

        try
        {
            await Stay(mode, cancellationToken);
        }
        catch (AgentopsException failure)
        {
            kept.Note(failure.Message);
        }

        await Sweep(cancellationToken);
    }

    // Nobody waits for it here.
    private async Task Sweep(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - Settled;
        try
        {
            var found = await commandLine.AskJson(["list", "--all", "--format", "json"], AppleJson.Default.AppleContainerArray, cancellationToken);
            kept.ForgetOthers(found.OfType<AppleContainer>().Select(wire => wire.Id ?? wire.Configuration?.Id).OfType<string>().ToHashSet(), before);
        }
        catch (Exception failure) when (failure is AgentopsException or IOException or UnauthorizedAccessException)
        {
            // The next one does it.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => typing.Dispose();

    private async Task Stay(KeeperMode mode, CancellationToken cancellationToken)
    {
        using var output = PrivateFile.Open(kept.Output, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        using var listener = mode.Input ? Listen() : null;
        using var terminal = mode.Input && mode.Terminal ? PseudoTerminal.Open() : null;
        using var process = commandLine.Start(["start", "--attach", .. mode.Input ? ["--interactive"] : Array.Empty<string>(), kept.Container], terminal);
        var stdin = terminal?.Stream ?? process.StandardInput.BaseStream;
        if (!mode.Input)
        {
            process.StandardInput.Close();
        }

        if (listener is not null)
        {
            _ = Task.Run(() => TakeConnections(listener, stdin, mode, terminal, process), CancellationToken.None);
        }

        var said = new MemoryStream();
        var error = Task.Run(() => Pump(process.StandardError.BaseStream, output, OutputChannel.Error, said), CancellationToken.None);
        var printed = Task.Run(() => Pump(terminal?.Stream ?? process.StandardOutput.BaseStream, output, OutputChannel.Out, null), CancellationToken.None);
        await process.WaitForExitAsync(cancellationToken);
        terminal?.Leave();
        await Task.WhenAll(error, printed);

        var words = System.Text.Encoding.UTF8.GetString(said.ToArray());
        await NoteEnd(process.ExitCode, words, mode.StartedBefore, cancellationToken);
    }

    // "container" fails with 1 as any process may: whether it was the one or the other, the container itself knows.
    private async Task NoteEnd(int code, string words, DateTimeOffset? startedBefore, CancellationToken cancellationToken)
    {
        var finishedAt = clock.GetUtcNow();
        var failed = code != 0 && words.Contains("Error: ", StringComparison.Ordinal);
        DateTimeOffset? startedAt = null;
        var isKnown = true;
        try
        {
            var found = await commandLine.AskJson(["inspect", kept.Container], AppleJson.Default.AppleContainerArray, cancellationToken);
            startedAt = found is [{ } wire, ..] ? AppleWords.Details(wire, null)?.StartedAt : null;
        }
        catch (AgentopsException)
        {
            // The services went away, or the container did.
            isKnown = false;
        }

        if (failed && (!isKnown || startedAt is null || startedAt == startedBefore))
        {
            kept.Note(AppleRefusal.Words(words));
            return;
        }

        // When the services went away, "container" was cut off, and its code is not the process's.
        kept.Note(new KeptEnd(failed && AppleRefusal.IsDown(words) ? null : code, startedAt, finishedAt));
    }

    private void Pump(Stream from, FileStream output, OutputChannel channel, MemoryStream? said)
    {
        const int WordsKept = 64_000;
        var buffer = new byte[32 * 1024];
        try
        {
            while (from.Read(buffer) is > 0 and var length)
            {
                lock (gate)
                {
                    SavedOutput.Append(output, new OutputChunk(channel, buffer.AsMemory(0, length)));
                }

                said?.Write(buffer, 0, (int)Math.Min(length, WordsKept - said.Length));
            }
        }
        catch (IOException)
        {
            // How a terminal ends.
        }
    }

    private Socket Listen()
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(kept.Input));
            listener.Listen();
            return listener;
        }
        catch (Exception failure) when (failure is SocketException or ArgumentOutOfRangeException)
        {
            listener.Dispose();
            throw new RuntimeUnavailableException($"No socket can be made at {kept.Input}: {failure.Message}\nA shorter AGENTOPS_HOME helps where the path is too long.", failure);
        }
    }

    private async Task TakeConnections(Socket listener, Stream stdin, KeeperMode mode, PseudoTerminal? terminal, Process process)
    {
        try
        {
            while (true)
            {
                var connection = await listener.AcceptAsync();
                _ = Task.Run(() => Take(connection, stdin, mode, terminal, process));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The process has ended.
        }
    }

    private async Task Take(Socket connection, Stream stdin, KeeperMode mode, PseudoTerminal? terminal, Process process)
    {
        var writes = false;
        try
        {
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            var head = new byte[5];
            while (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false) == head.Length)
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1));
                if (length is < 0 or > 1_000_000)
                {
                    return;
                }

                var content = new byte[length];
                await stream.ReadExactlyAsync(content);
                switch ((KeptMessage)head[0])
                {
                    case KeptMessage.Hello:
                        writes = true;
                        break;
                    case KeptMessage.Bytes:
                        await Type(stdin, content);
                        break;
                    case KeptMessage.End when mode.Once:
                        await EndInput(stdin);
                        break;
                    case KeptMessage.Size when terminal is not null && length == 4:
                        await terminal.Resize(new TerminalSize(BinaryPrimitives.ReadUInt16BigEndian(content), BinaryPrimitives.ReadUInt16BigEndian(content.AsSpan(2))), process);
                        break;
                }
            }
        }
        catch (IOException)
        {
            // It went away.
        }
        finally
        {
            if (writes && mode.Once)
            {
                await EndInput(stdin);
            }
        }
    }

    private async Task Type(Stream stdin, byte[] bytes)
    {
        await typing.WaitAsync();
        try
        {
            if (!inputEnded)
            {
                await stdin.WriteAsync(bytes);
                await stdin.FlushAsync();
            }
        }
        catch (IOException)
        {
            // It takes no input any more.
        }
        finally
        {
            typing.Release();
        }
    }

    private async Task EndInput(Stream stdin)
    {
        await typing.WaitAsync();
        try
        {
            if (!inputEnded)
            {
                inputEnded = true;
                await stdin.DisposeAsync();
            }
        }
        catch (IOException)
        {
            // It takes no input any more.
        }
        finally
        {
            typing.Release();
        }
    }
}
