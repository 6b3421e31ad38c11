using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Agentops.Runtimes.Engine;

/// <summary>The end of what is sent through a named pipe of Windows, which goes on in the other direction: a message of no bytes. The class library sends none: a write of nothing is nothing to it.</summary>
/// <remarks>As Docker's own client does it: CloseWrite in https://github.com/microsoft/go-winio/blob/v0.6.2/pipe.go</remarks>
[SupportedOSPlatform("windows")]
internal static partial class PipeEnd
{
    private const int IsPending = 997;

    /// <summary>Says that all is said. Nothing is thrown when the pipe is closed by then, whichever side did.</summary>
    /// <param name="pipe">Open for asynchronous use.</param>
    public static unsafe void Tell(PipeStream pipe)
    {
        try
        {
            using var done = new ManualResetEvent(false);
            // The lowest bit keeps the news of its end from the thread pool, which knows nothing of this write.
            var overlapped = new NativeOverlapped { EventHandle = done.SafeWaitHandle.DangerousGetHandle() | 1 };
            if (!Write(pipe.SafePipeHandle, null, 0, null, &overlapped) && Marshal.GetLastPInvokeError() == IsPending)
            {
                _ = Wait(pipe.SafePipeHandle, &overlapped, out _, wait: true);
            }
        }
        catch (Exception over) when (over is ObjectDisposedException or InvalidOperationException)
        {
            // Closed meanwhile.
        }
    }

    [LibraryImport("kernel32", EntryPoint = "WriteFile", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool Write(SafePipeHandle pipe, byte* content, int count, int* written, NativeOverlapped* overlapped);

    [LibraryImport("kernel32", EntryPoint = "GetOverlappedResult", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool Wait(SafePipeHandle pipe, NativeOverlapped* overlapped, out int written, [MarshalAs(UnmanagedType.Bool)] bool wait);
}
