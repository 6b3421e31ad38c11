using System.Runtime.InteropServices;

namespace Agentops.Runs;

/// <summary>Reads small files, of which there may be ten thousand, with one system call each to open, read and close; the class library looks at a file and locks it besides, which takes as long as the reading.</summary>
internal static partial class SmallFile
{
    // From https://github.com/dotnet/runtime/blob/main/src/native/libs/System.Native/pal_io.h, the same on every platform.
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x10;

    /// <summary>Reads a regular file.</summary>
    /// <param name="path">Where; a pipe would be waited for.</param>
    /// <param name="content">Filled with what is in it.</param>
    /// <returns>How many bytes were read; null when it cannot be read like this, or there may be more: the class library says why.</returns>
    public static unsafe int? TryRead(string path, Span<byte> content)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var file = Open(path, ReadOnly | CloseOnExec, 0);
        if (file < 0)
        {
            return null;
        }

        int count;
        fixed (byte* start = content)
        {
            count = Read(file, start, content.Length);
        }

        _ = Close(file);
        return count >= 0 && count < content.Length ? count : null;
    }

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags, int mode);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Read")]
    private static unsafe partial int Read(nint file, byte* buffer, int count);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Close")]
    private static partial int Close(nint file);
}
