using System.Runtime.InteropServices;

namespace Agentops;

/// <summary>What several places need of the system's C library as it is. Not on Windows.</summary>
internal static partial class Libc
{
    /// <summary>open(2).</summary>
    /// <param name="path">Where.</param>
    /// <param name="flags">With the numbers that this system has for them.</param>
    /// <returns>A descriptor; below zero when it fails.</returns>
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    /// <summary>close(2).</summary>
    /// <param name="descriptor">Not to be used any more.</param>
    /// <returns>Zero when that went well.</returns>
    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);
}
