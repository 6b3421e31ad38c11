using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Agentops.Bench;

/// <summary>One whole process, from its start until it was waited for.</summary>
/// <param name="Wall">From <c>posix_spawn</c> to the return of <c>wait4</c>.</param>
/// <param name="Processor">User and system time of the process itself.</param>
/// <param name="PeakMemory">The most memory it held at once, in bytes.</param>
internal sealed partial record Sample(TimeSpan Wall, TimeSpan Processor, long PeakMemory)
{
    private const int ReadOnly = 0;
    private const int WriteOnly = 1;
    private const int Interrupted = 4; // EINTR

    /// <summary>Runs a program with nothing to read and nobody to see its output.</summary>
    /// <exception cref="InvalidOperationException">It did not end with 0.</exception>
    public static unsafe Sample Take(Peer program)
    {
        // glibc's posix_spawn_file_actions_t has 80 bytes.
        var actions = stackalloc byte[512];
        Check(InitializeActions(actions), "posix_spawn_file_actions_init");
        Check(AddOpen(actions, 0, "/dev/null", ReadOnly, 0), "open");
        Check(AddOpen(actions, 1, "/dev/null", WriteOnly, 0), "open");
        Check(AddOpen(actions, 2, "/dev/null", WriteOnly, 0), "open");
        var arguments = Texts([program.Path, .. program.Arguments]);
        var environment = Texts([.. program.Environment.Select(variable => $"{variable.Key}={variable.Value}")]);
        try
        {
            var started = Stopwatch.GetTimestamp();
            Check(Spawn(out var process, program.Path, actions, null, arguments, environment), program.Path);
            var usage = default(Usage);
            int status;
            while (Wait(process, out status, 0, ref usage) == -1 && Marshal.GetLastPInvokeError() == Interrupted)
            {
            }

            var wall = Stopwatch.GetElapsedTime(started);
            if (status != 0)
            {
                throw new InvalidOperationException($"wait status {status}: {program}");
            }

            return new Sample(wall, usage.User.Span + usage.System.Span, usage.PeakKilobytes * 1024);
        }
        finally
        {
            Free(arguments);
            Free(environment);
            _ = DestroyActions(actions);
        }
    }

    private static nint[] Texts(string[] texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    private static void Free(nint[] texts)
    {
        foreach (var text in texts)
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private static void Check(int error, string what)
    {
        if (error != 0)
        {
            throw new InvalidOperationException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Spawn(out int process, string path, byte* actions, byte* attributes, nint[] arguments, nint[] environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int InitializeActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static unsafe partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    private static partial int Wait(int process, out int status, int options, ref Usage usage);

    // struct rusage of 64-bit Linux: two struct timeval, then 14 longs of which the first is ru_maxrss, in kilobytes.
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Usage
    {
        public Time User;
        public Time System;
        public long PeakKilobytes;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Microseconds;

        public readonly TimeSpan Span => TimeSpan.FromSeconds(Seconds) + TimeSpan.FromMicroseconds(Microseconds);
    }
}
