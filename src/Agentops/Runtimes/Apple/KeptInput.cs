using System.Buffers.Binary;
using System.Net.Sockets;
using Agentops.Terminal;

namespace Agentops.Runtimes.Apple;

/// <summary>What goes through the socket to a <see cref="Keeper"/>.</summary>
internal enum KeptMessage : byte
{
    /// <summary>Who sends it will send input; when it leaves, input that is open once ends.</summary>
    Hello,

    /// <summary>Bytes for standard input.</summary>
    Bytes,

    /// <summary>The end of standard input, where it is open once.</summary>
    End,

    /// <summary>Columns and rows, two bytes each.</summary>
    Size,
}

/// <summary>Writes to the standard input of a process that a <see cref="Keeper"/> looks after.</summary>
/// <remarks>A message is a byte that says what it is, its length in four bytes, high byte first, and its content.</remarks>
/// <param name="kept">Whose.</param>
internal sealed class KeptInput(KeptRun kept) : Stream
{
    private const int LargestMessage = 64 * 1024;

    private readonly SemaphoreSlim gate = new(1);
    private Socket? socket;
    private bool isClosed;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Tells the process's terminal its size.</summary>
    /// <param name="kept">Whose.</param>
    /// <param name="size">Columns and rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When sent, or the process has ended.</returns>
    public static async Task Resize(KeptRun kept, TerminalSize size, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = await Connect(kept, cancellationToken);
            var content = new byte[4];
            BinaryPrimitives.WriteUInt16BigEndian(content, (ushort)size.Columns);
            BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(2), (ushort)size.Rows);
            await Send(socket, KeptMessage.Size, content, cancellationToken);
        }
        catch (IOException)
        {
            // It has ended: a size that nobody needs any more is nothing to report.
        }
    }

    /// <summary>Connects; from now on the process's input waits for us.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When connected, or the process has ended.</returns>
    public async Task Greet(CancellationToken cancellationToken)
    {
        try
        {
            await Say(KeptMessage.Hello, default, cancellationToken);
        }
        catch (IOException)
        {
            // It has ended already; whoever writes will hear of it.
        }
    }

    /// <summary>The end of standard input.</summary>
    public void Complete()
    {
        try
        {
            Say(KeptMessage.End, default, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (; buffer.Length > 0; buffer = buffer[Math.Min(buffer.Length, LargestMessage)..])
        {
            await Say(KeptMessage.Bytes, buffer[..Math.Min(buffer.Length, LargestMessage)], cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        isClosed = true;
        socket?.Dispose();
        base.Dispose(disposing);
    }

    private async Task Say(KeptMessage message, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (isClosed)
            {
                throw new IOException("The connection is closed.");
            }

            if (socket is null)
            {
                socket = await Connect(kept, cancellationToken);
                if (message != KeptMessage.Hello)
                {
                    await Send(socket, KeptMessage.Hello, default, cancellationToken);
                }
            }

            await Send(socket, message, content, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    private static async Task<Socket> Connect(KeptRun kept, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(kept.Input), cancellationToken);
            return socket;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw new IOException($"The input of {kept.Container} is not to be reached: {failure.Message}", failure);
        }
    }

    private static async Task Send(Socket socket, KeptMessage message, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var bytes = new byte[5 + content.Length];
        bytes[0] = (byte)message;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), content.Length);
        content.CopyTo(bytes.AsMemory(5));
        try
        {
            for (var rest = bytes.AsMemory(); rest.Length > 0;)
            {
                rest = rest[await socket.SendAsync(rest, cancellationToken)..];
            }
        }
        catch (SocketException failure)
        {
            throw new IOException(failure.Message, failure);
        }
    }
}
