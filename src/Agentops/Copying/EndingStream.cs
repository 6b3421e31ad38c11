namespace Agentops.Copying;

/// <summary>An archive while it is read, which knows whether it came to its proper end: a tar archive ends in zeros, and one that was cut off between two files does not.</summary>
/// <param name="inner">Not closed by this.</param>
internal sealed class EndingStream(Stream inner) : Stream
{
    private const int Block = 512;
    private long zeros;

    /// <summary>The last that was read is the mark at the end of an archive.</summary>
    public bool HasEnded => zeros >= 2 * Block;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        var last = buffer.Span[..count].LastIndexOfAnyExcept((byte)0);
        zeros = last < 0 ? zeros + count : count - last - 1;
        return count;
    }

    /// <summary>Reads what is left.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When there is no more.</returns>
    /// <exception cref="AgentopsException">The archive was cut off.</exception>
    public async Task ReadToEnd(CancellationToken cancellationToken)
    {
        await CopyToAsync(Null, cancellationToken);
        if (!HasEnded)
        {
            throw CutOff();
        }
    }

    /// <summary>The archive did not come to its end.</summary>
    /// <returns>The exception to throw.</returns>
    public static AgentopsException CutOff() => new("The archive from the run was cut off before its end.", ExitCode.Failed, "brokenArchive");

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
