using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agentops.Runs;

/// <summary>A folder that this process works on: others see that it does, and see it end, however it ends. It stays with the folder when that is renamed.</summary>
internal sealed partial class FolderLock : SafeHandleMinusOneIsInvalid
{
    private const int Exclusive = 2;
    private const int AtOnce = 4;

    private FolderLock(int descriptor) : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>False where the system or the file system has no such locks: then nothing is known of others.</summary>
    public bool IsHeld { get; private init; }

    /// <summary>Locks a folder; waits for one who only looks whether it is locked.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>To be disposed.</returns>
    public static FolderLock Take(string path) => Lock(path, Exclusive);

    /// <summary>Locks a folder that nobody works on.</summary>
    /// <param name="path">The folder.</param>
    /// <returns>Null while another process holds it.</returns>
    public static FolderLock? TryTake(string path)
    {
        const int WouldBlockOnLinux = 11;
        const int WouldBlockOnMacOS = 35;
        var taken = Lock(path, Exclusive | AtOnce);
        if (taken is { IsHeld: false, IsInvalid: false } && Marshal.GetLastPInvokeError() is WouldBlockOnLinux or WouldBlockOnMacOS)
        {
            taken.Dispose();
            return null;
        }

        return taken;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;

    private static FolderLock Lock(string path, int operation)
    {
        if (OperatingSystem.IsWindows())
        {
            return new FolderLock(-1);
        }

        var closeOnExec = OperatingSystem.IsLinux() ? 0x80000 : 0x1000000;
        var folder = Libc.Open(path, closeOnExec);
        return new FolderLock(folder) { IsHeld = folder >= 0 && Lock(folder, operation) == 0 };
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(int descriptor, int operation);
}
