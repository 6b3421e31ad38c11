using System.Buffers.Binary;
using Agentops.Containers;

namespace Agentops.Runtimes.Engine;

/// <summary>Takes standard output and standard error out of the one stream an engine sends them in when there is no terminal.</summary>
/// <remarks>
/// <para>https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerAttach, "Stream format": frames of</para>
/// <code>
/// 01 00 00 00  00 00 00 05  h e l l o     01 standard output, 02 standard error, then the length, big-endian
/// </code>
/// <para>A frame is passed on in the pieces it comes in: one of four gigabytes costs no memory.</para>
/// </remarks>
internal sealed class OutputFrames
{
    private const int HeaderLength = 8;
    private readonly byte[] header = new byte[HeaderLength];
    private int headerFilled;
    private uint remaining;
    private OutputChannel channel;

    /// <summary>False: what came so far ends inside a frame.</summary>
    public bool IsBetweenFrames => headerFilled == 0 && remaining == 0;

    /// <summary>Takes apart what came.</summary>
    /// <param name="bytes">The next bytes of the stream, cut anywhere.</param>
    /// <returns>The pieces of output in them, none of them empty.</returns>
    /// <exception cref="InvalidDataException">It is no such stream.</exception>
    public IEnumerable<OutputChunk> Split(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (remaining > 0)
            {
                var length = (int)Math.Min(remaining, (uint)bytes.Length);
                remaining -= (uint)length;
                yield return new OutputChunk(channel, bytes[..length]);
                bytes = bytes[length..];
                continue;
            }

            var part = Math.Min(HeaderLength - headerFilled, bytes.Length);
            bytes.Span[..part].CopyTo(header.AsSpan(headerFilled));
            headerFilled += part;
            bytes = bytes[part..];
            if (headerFilled == HeaderLength)
            {
                ReadHeader();
            }
        }
    }

    private void ReadHeader()
    {
        channel = header switch
        {
            // 00 is standard input echoed, which counts as output; 03 is an error of the engine itself.
            [0 or 1, 0, 0, 0, ..] => OutputChannel.Out,
            [2 or 3, 0, 0, 0, ..] => OutputChannel.Error,
            _ => throw new InvalidDataException("its stream of output is not in frames"),
        };
        remaining = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        headerFilled = 0;
    }
}
