using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Agentops.Containers;

namespace Agentops.Runs;

/// <summary>The output of a run whose container is gone: pieces as they came, each with its channel.</summary>
/// <remarks>
/// The format of the Engine API's multiplexed streams: one byte channel (1 out, 2 error), three zero bytes, the length in four bytes, high byte first, then the bytes.
/// https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach
/// </remarks>
internal static class SavedOutput
{
    private const int HeaderSize = 8;
    private const int LargestPiece = 64 * 1024;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <summary>Adds a piece.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="chunk">The piece.</param>
    public static void Append(Stream file, OutputChunk chunk)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        header[0] = (byte)chunk.Channel;
        for (var rest = chunk.Bytes; rest.Length > 0; rest = rest[Math.Min(rest.Length, LargestPiece)..])
        {
            var piece = rest[..Math.Min(rest.Length, LargestPiece)];
            BinaryPrimitives.WriteInt32BigEndian(header[4..], piece.Length);
            file.Write(header);
            file.Write(piece.Span);
        }
    }

    /// <summary>Reads it back.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tail">Only the last so many lines; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The pieces; what is cut off at the end of the file is left out.</returns>
    public static async IAsyncEnumerable<OutputChunk> Read(string path, int? tail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var skip = tail is { } wanted ? Math.Max(0, CountLines(path) - wanted) : 0;
        await using var file = OpenRead(path);
        foreach (var chunk in Pieces(file))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = SkipLines(chunk.Bytes, ref skip);
            if (bytes.Length > 0)
            {
                yield return chunk with { Bytes = bytes };
            }
        }
    }

    /// <summary>Reads output that is still being written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tail">Of what is there, only the last so many lines; null for all.</param>
    /// <param name="isOver">Nothing more will be written.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The pieces, until it is over.</returns>
    public static async IAsyncEnumerable<OutputChunk> Follow(string path, int? tail, Func<bool> isOver, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var skip = tail is { } wanted ? Math.Max(0, CountLines(path) - wanted) : 0;
        await foreach (var chunk in Follow(path, 0L, isOver, cancellationToken))
        {
            var bytes = SkipLines(chunk.Bytes, ref skip);
            if (bytes.Length > 0)
            {
                yield return chunk with { Bytes = bytes };
            }
        }
    }

    /// <summary>Reads output that is still being written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="start">Where a piece begins.</param>
    /// <param name="isOver">Nothing more will be written.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The pieces, until it is over.</returns>
    public static async IAsyncEnumerable<OutputChunk> Follow(string path, long start, Func<bool> isOver, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = OpenRead(path);
        while (true)
        {
            // Asked first: what was written before it was over is read after it.
            var over = isOver();
            file.Position = start;
            foreach (var chunk in Pieces(file))
            {
                start += HeaderSize + chunk.Bytes.Length;
                yield return chunk;
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (over)
            {
                yield break;
            }

            await Task.Delay(Glance, cancellationToken);
        }
    }

    private static ReadOnlyMemory<byte> SkipLines(ReadOnlyMemory<byte> bytes, ref int skip)
    {
        while (skip > 0 && bytes.Length > 0)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            bytes = end < 0 ? default : bytes[(end + 1)..];
            skip -= end < 0 ? 0 : 1;
        }

        return bytes;
    }

    private static int CountLines(string path)
    {
        using var file = OpenRead(path);
        var (lines, last) = (0, (byte)'\n');
        foreach (var chunk in Pieces(file))
        {
            lines += chunk.Bytes.Span.Count((byte)'\n');
            last = chunk.Bytes.Span[^1];
        }

        return last == '\n' ? lines : lines + 1;
    }

    // Somebody may still write to it.
    private static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static IEnumerable<OutputChunk> Pieces(Stream file)
    {
        var header = new byte[HeaderSize];
        var buffer = new byte[LargestPiece];
        while (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) == HeaderSize)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4));
            if (length is <= 0 or > LargestPiece || file.ReadAtLeast(buffer.AsSpan(0, length), length, throwOnEndOfStream: false) != length)
            {
                yield break;
            }

            yield return new OutputChunk(header[0] == 2 ? OutputChannel.Error : OutputChannel.Out, buffer.AsMemory(0, length));
        }
    }
}
