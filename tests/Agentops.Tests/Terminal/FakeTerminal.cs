using System.Collections.Concurrent;
using System.Text;
using Agentops.Terminal;

namespace Agentops.Tests.Terminal;

/// <summary>Each piece that was sent is one read; a read with nothing to read blocks, as on a terminal.</summary>
internal sealed class Keyboard : MemoryStream
{
    private readonly BlockingCollection<string> pieces = [];
    private bool fails;

    public string Left => string.Concat(pieces);

    public void Send(params string[] keys)
    {
        foreach (var piece in keys)
        {
            pieces.Add(piece);
        }
    }

    public void HangUp() => pieces.CompleteAdding();

    public void Fail()
    {
        fails = true;
        pieces.CompleteAdding();
    }

    public override int Read(Span<byte> buffer) =>
        pieces.TryTake(out var piece, Timeout.Infinite) ? Encoding.UTF8.GetBytes(piece, buffer) : fails ? throw new IOException("Input/output error") : 0;

    protected override void Dispose(bool disposing)
    {
        pieces.CompleteAdding();
        base.Dispose(disposing);
    }
}

/// <summary>A terminal that remembers what was written to it, write by write.</summary>
internal sealed class Display : MemoryStream
{
    private readonly ConcurrentQueue<string> writes = [];
    private int writesLeft = int.MaxValue;

    public IReadOnlyList<string> Writes => [.. writes];

    public void FailAfter(int count) => writesLeft = count;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (writesLeft-- <= 0)
        {
            throw new IOException("Input/output error");
        }

        writes.Enqueue(Encoding.UTF8.GetString(buffer));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public async Task Shows(string text, int times = 1)
    {
        for (var waited = 0; Writes.Count(write => write.Contains(text, StringComparison.Ordinal)) < times; waited++)
        {
            Assert.True(waited < 1500, $"'{text}' was not shown:\n{SafeText.EscapeLines(string.Join("\n", Writes))}");
            await Task.Delay(20);
        }
    }
}
