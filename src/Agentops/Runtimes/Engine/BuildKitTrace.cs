using System.Text;

namespace Agentops.Runtimes.Engine;

/// <summary>A piece of work of BuildKit's, as it is now.</summary>
/// <param name="Digest">Its identity.</param>
/// <param name="Name"><c>[2/5] RUN npm install</c>, <c>[internal] load build definition</c>.</param>
/// <param name="Cached">Its result came from the cache.</param>
/// <param name="Started">It has begun.</param>
/// <param name="Completed">It has ended, well or not.</param>
/// <param name="Error">Why it failed; empty when it did not.</param>
internal sealed record BuildKitVertex(string Digest, string Name, bool Cached, bool Started, bool Completed, string Error);

/// <summary>Output of a piece of work.</summary>
/// <param name="Vertex">Its identity.</param>
/// <param name="Bytes">As printed, cut anywhere.</param>
internal sealed record BuildKitLog(string Vertex, byte[] Bytes);

/// <summary>One message of BuildKit's progress.</summary>
/// <param name="Vertices">What changed.</param>
/// <param name="Logs">What was printed.</param>
internal sealed record BuildKitTrace(IReadOnlyList<BuildKitVertex> Vertices, IReadOnlyList<BuildKitLog> Logs)
{
    /// <summary>Reads the message <c>moby.buildkit.v1.StatusResponse</c>, of which we need two lists of a few fields each.</summary>
    /// <remarks>
    /// https://github.com/moby/buildkit/blob/v0.11.0/api/services/control/control.proto
    /// <code>
    /// StatusResponse: 1 vertexes, 3 logs
    /// Vertex:         1 digest, 3 name, 4 cached, 5 started, 6 completed, 7 error
    /// VertexLog:      1 vertex, 4 msg
    /// </code>
    /// </remarks>
    /// <param name="message">The decoded <c>aux</c>.</param>
    /// <returns>The message.</returns>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static BuildKitTrace Of(ReadOnlySpan<byte> message)
    {
        var vertices = new List<BuildKitVertex>();
        var logs = new List<BuildKitLog>();
        while (message.Length > 0)
        {
            var (field, _, bytes) = Next(ref message);
            switch (field)
            {
                case 1:
                    vertices.Add(Vertex(bytes));
                    break;
                case 3:
                    logs.Add(Log(bytes));
                    break;
            }
        }

        return new BuildKitTrace(vertices, logs);
    }

    private static BuildKitVertex Vertex(ReadOnlySpan<byte> message)
    {
        var vertex = new BuildKitVertex("", "", false, false, false, "");
        while (message.Length > 0)
        {
            var (field, number, bytes) = Next(ref message);
            vertex = field switch
            {
                1 => vertex with { Digest = Text(bytes) },
                3 => vertex with { Name = Text(bytes) },
                4 => vertex with { Cached = number != 0 },
                5 => vertex with { Started = true },
                6 => vertex with { Completed = true },
                7 => vertex with { Error = Text(bytes) },
                _ => vertex,
            };
        }

        return vertex;
    }

    private static BuildKitLog Log(ReadOnlySpan<byte> message)
    {
        var (vertex, text) = ("", Array.Empty<byte>());
        while (message.Length > 0)
        {
            var (field, _, bytes) = Next(ref message);
            vertex = field == 1 ? Text(bytes) : vertex;
            text = field == 4 ? bytes.ToArray() : text;
        }

        return new BuildKitLog(vertex, text);
    }

    private static Field Next(ref ReadOnlySpan<byte> message)
    {
        var key = Number(ref message);
        var field = (int)(key >> 3);
        switch (key & 7)
        {
            case 0:
                return new Field(field, Number(ref message), []);
            case 1:
                return new Field(field, 0, Take(ref message, 8));
            case 2:
                return new Field(field, 0, Take(ref message, Number(ref message)));
            case 5:
                return new Field(field, 0, Take(ref message, 4));
            default:
                throw new InvalidDataException("its build progress cannot be read");
        }
    }

    private static ulong Number(ref ReadOnlySpan<byte> message)
    {
        ulong number = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(ref message, 1)[0];
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return number;
            }
        }

        throw new InvalidDataException("its build progress cannot be read");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> message, ulong length)
    {
        if (length > (ulong)message.Length)
        {
            throw new InvalidDataException("its build progress is cut short");
        }

        var taken = message[..(int)length];
        message = message[(int)length..];
        return taken;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private readonly ref struct Field(int field, ulong value, ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> bytes = bytes;

        public void Deconstruct(out int number, out ulong plain, out ReadOnlySpan<byte> content)
        {
            number = field;
            plain = value;
            content = bytes;
        }
    }
}
