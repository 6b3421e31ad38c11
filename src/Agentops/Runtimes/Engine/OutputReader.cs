using System.Runtime.CompilerServices;
using Agentops.Containers;

namespace Agentops.Runtimes.Engine;

/// <summary>Reads the output of a process from an engine, raw from a terminal or in frames.</summary>
internal static class OutputReader
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Reads until the end.</summary>
    /// <param name="stream">What comes; not closed by this.</param>
    /// <param name="terminal">It is one raw stream.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The pieces, each valid until the next is asked for.</returns>
    public static async IAsyncEnumerable<OutputChunk> Read(EngineStream stream, bool terminal, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var buffer = new byte[BufferSize];
        var frames = new OutputFrames();
        while (await Next(stream, buffer, cancellationToken) is var length && length > 0)
        {
            if (terminal)
            {
                yield return new OutputChunk(OutputChannel.Out, buffer.AsMemory(0, length));
                continue;
            }

            using var pieces = frames.Split(buffer.AsMemory(0, length)).GetEnumerator();
            while (MoveNext(stream, pieces))
            {
                yield return pieces.Current;
            }
        }

        if (!frames.IsBetweenFrames)
        {
            throw stream.Translate(new InvalidDataException("its stream of output was cut short"))!;
        }
    }

    private static async ValueTask<int> Next(EngineStream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.Stream.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && stream.Translate(failure) is { } told)
        {
            throw told;
        }
    }

    private static bool MoveNext(EngineStream stream, IEnumerator<OutputChunk> pieces)
    {
        try
        {
            return pieces.MoveNext();
        }
        catch (InvalidDataException failure)
        {
            throw stream.Translate(failure)!;
        }
    }
}
