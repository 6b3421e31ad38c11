using System.Net;

namespace Agentops.Runtimes.Engine;

/// <summary>A body that is written while it is sent.</summary>
/// <param name="write">Writes it.</param>
/// <param name="broken">The other side no longer listens: stop writing.</param>
internal sealed class UploadContent(Func<Stream, CancellationToken, Task> write, Func<bool> broken) : HttpContent
{
    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var gate = new GateStream(stream, broken);
        try
        {
            await write(gate, cancellationToken);
        }
        catch (GateStream.ClosedException)
        {
            // The engine has said what it has to say; the answer is read next.
        }
        catch (Exception ours) when (ours is not OperationCanceledException)
        {
            // A file of the context that cannot be read is not the engine's fault, and must not look like it.
            throw new UploadFailedException(ours);
        }
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

/// <summary>Carries a failure of ours to write a body through <see cref="HttpClient"/>.</summary>
/// <param name="cause">The failure.</param>
internal sealed class UploadFailedException(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>The failure of ours inside what was caught.</summary>
    /// <param name="caught">What was caught.</param>
    /// <returns>Null when it is not ours.</returns>
    public static Exception? In(Exception caught) => (caught as UploadFailedException ?? caught.InnerException as UploadFailedException)?.InnerException;
}

/// <summary>Passes writes on until the other side no longer listens.</summary>
/// <param name="inner">The body.</param>
/// <param name="broken">The other side no longer listens.</param>
internal sealed class GateStream(Stream inner, Func<bool> broken) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        broken() ? throw new ClosedException() : inner.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

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

    /// <summary>The other side no longer listens.</summary>
    internal sealed class ClosedException : Exception;
}
