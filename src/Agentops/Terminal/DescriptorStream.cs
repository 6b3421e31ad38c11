using System.Runtime.InteropServices;

namespace Agentops.Terminal;

/// <summary>A standard stream by read(2) and write(2).</summary>
/// <remarks>
/// A <see cref="FileStream"/> writes to files at an offset of its own (pwrite), so <c>&gt;log 2&gt;&amp;1</c> would overwrite itself;
/// the streams of <c>System.Console</c> send escape sequences to a terminal.
/// </remarks>
/// <param name="descriptor">0, 1 or 2; never closed here.</param>
public sealed partial class DescriptorStream(int descriptor) : Stream
{
    private const int Interrupted = 4;
    private static readonly int TryAgain = OperatingSystem.IsMacOS() ? 35 : 11;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var read = ReadSome(descriptor, ref MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (read >= 0)
            {
                return (int)read;
            }

            Retry();
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var written = WriteSome(descriptor, in MemoryMarshal.GetReference(buffer), (nuint)buffer.Length);
            if (written < 0)
            {
                Retry();
            }
            else
            {
                buffer = buffer[(int)written..];
            }
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private static void Retry()
    {
        var error = Marshal.GetLastPInvokeError();
        if (error == TryAgain)
        {
            // Somebody else who shares the descriptor made it non-blocking.
            Thread.Sleep(5);
        }
        else if (error != Interrupted)
        {
            throw new IOException(Marshal.GetLastPInvokeErrorMessage(), error);
        }
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadSome(int descriptor, ref byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteSome(int descriptor, in byte buffer, nuint count);
}
