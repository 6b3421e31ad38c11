using System.Text;

namespace Agentops.Runtimes.Engine;

/// <summary>What goes before a build context so that BuildKit knows it for a tar archive.</summary>
internal static class ContextStart
{
    private const int HeaderLength = 512;
    private const int ChecksumAt = 148;

    /// <summary>The header of an entry <c>./</c> in the plain format of POSIX 1003.1-1988 (ustar), the same bytes each time.</summary>
    /// <remarks>
    /// BuildKit looks at the first 1,024 bytes of a context that it takes over HTTP: if they hold no whole header of an entry, it takes the archive for a
    /// Dockerfile ("unknown instruction: ./PaxHeaders"). A header in the pax format, as .NET and others write them, is longer.
    /// https://github.com/moby/buildkit/blob/v0.11.0/frontend/dockerfile/builder/build.go, isArchive
    /// </remarks>
    /// <returns>512 bytes.</returns>
    public static byte[] Header()
    {
        var header = new byte[HeaderLength];
        void Put(int at, string text) => Encoding.ASCII.GetBytes(text).CopyTo(header, at);
        Put(0, "./");
        Put(100, "0000755\0");
        Put(108, "0000000\0");
        Put(116, "0000000\0");
        Put(124, "00000000000\0");
        Put(136, "00000000000\0");
        // The checksum counts its own place as blanks.
        Put(ChecksumAt, "        ");
        Put(156, "5");
        Put(257, "ustar\0" + "00");
        Put(ChecksumAt, Convert.ToString(header.Sum(part => part), 8).PadLeft(6, '0') + "\0 ");
        return header;
    }
}
