namespace Agentops.Recipes;

/// <summary>A file that must keep its length while it is read: an archive promises the length before the content, and would be broken otherwise.</summary>
internal sealed class SteadyFile : Stream
{
    private readonly FileStream file;
    private readonly Func<string, string, Exception> fault;
    private long position;

    /// <summary>Opens a file.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="fault">Told the path and what became of it, says what to throw.</param>
    public SteadyFile(string path, Func<string, string, Exception> fault)
    {
        this.fault = fault;
        file = new FileStream(path, new FileStreamOptions
        {
            Access = FileAccess.Read,
            Mode = FileMode.Open,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.SequentialScan,
        });
        Length = file.Length;
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <summary>As it was when the file was opened.</summary>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => Count(file.Read(buffer), buffer.Length);

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await file.ReadAsync(buffer, cancellationToken), buffer.Length);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read, int asked)
    {
        position += read;
        return (read == 0 && asked > 0 && position < Length) || position > Length
            ? throw fault(file.Name, position < Length ? "it became shorter while it was read" : "it grew while it was read")
            : read;
    }
}
