using System.Runtime.InteropServices;

namespace Agentops.Runs;

/// <summary>Reads small files, of which there may be ten thousand, with one system call each to open, read and close; the class library looks at a file and locks it besides, which takes longer than the reading.</summary>
internal static partial class SmallFile
{
    // Read only; not waiting for whoever writes into a pipe; not following a link; not for children. The numbers of each system's fcntl.h; 0 where they are not known.
    private static readonly int Flags = (OperatingSystem.IsLinux(), OperatingSystem.IsMacOS(), RuntimeInformation.ProcessArchitecture) switch
    {
        (true, _, Architecture.X64) => 0x800 | 0x20000 | 0x80000,
        (true, _, Architecture.Arm64) => 0x800 | 0x8000 | 0x80000,
        (_, true, _) => 0x4 | 0x100 | 0x1000000,
        _ => 0,
    };

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where.</param>
    /// <param name="content">Filled with what is in it.</param>
    /// <returns>How many bytes were read: of a pipe none. Null when it cannot be read like this, or there may be more: the class library says why, or what it is.</returns>
    public static unsafe int? TryRead(string path, Span<byte> content)
    {
        if (Flags == 0 || Libc.Open(path, Flags) is not (>= 0 and var file))
        {
            return null;
        }

        nint count;
        fixed (byte* start = content)
        {
            count = Read(file, start, content.Length);
        }

        _ = Libc.Close(file);
        return count >= 0 && count < content.Length ? (int)count : null;
    }

    [LibraryImport("libc", EntryPoint = "read")]
    private static unsafe partial nint Read(int descriptor, byte* buffer, nint count);
}
