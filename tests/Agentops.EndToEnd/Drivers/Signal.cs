using System.Runtime.InteropServices;

namespace Agentops.EndToEnd.Drivers;

/// <summary>Signals, by Linux's and macOS's common numbers.</summary>
internal static partial class Signal
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>Sends one to a process that a test has started.</summary>
    public static void Send(int process, int signal) => SendTo(process, signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendTo(int process, int signal);
}
