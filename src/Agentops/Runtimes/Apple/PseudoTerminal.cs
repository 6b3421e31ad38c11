using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Agentops.Terminal;

namespace Agentops.Runtimes.Apple;

/// <summary>A terminal that nobody sits at: <c>container</c> insists on one where a container has one and takes input.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 2;
    private static readonly int NoControl = OperatingSystem.IsMacOS() ? 0x20000 : 0x100;

    private readonly Lock gate = new();
    private readonly int master;
    private readonly string path;
    private int slave;

    private PseudoTerminal(int master, int slave, string path)
    {
        (this.master, this.slave, this.path) = (master, slave, path);
        Stream = new DescriptorStream(master);
    }

    /// <summary>What is typed at it, and what it shows. After <see cref="Leave"/>, a read at its end throws <see cref="IOException"/> or returns nothing.</summary>
    public Stream Stream { get; }

    /// <summary>Opens a new one.</summary>
    /// <returns>To be disposed of.</returns>
    /// <exception cref="RuntimeUnavailableException">The system has none left.</exception>
    public static PseudoTerminal Open()
    {
        var master = OpenMaster(ReadWrite | NoControl);
        if (master >= 0 && Grant(master) == 0 && Unlock(master) == 0 && Marshal.PtrToStringUTF8(NameOf(master)) is { } path)
        {
            // Held open by us too, or the output would end whenever nobody else has it open.
            var slave = Libc.Open(path, ReadWrite | NoControl);
            if (slave >= 0)
            {
                return new PseudoTerminal(master, slave, path);
            }
        }

        throw new RuntimeUnavailableException("This system gives no terminal (posix_openpt). Try without one: agent run … </dev/null");
    }

    /// <summary>A command whose standard input and output are this terminal, raw from its first byte.</summary>
    /// <param name="program">Absolute.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>To be started.</returns>
    public ProcessStartInfo Wrap(string program, IReadOnlyList<string> arguments) =>
        new("/bin/sh", ["-c", "exec <>\"$0\" >&0; stty raw -echo 2>/dev/null; exec \"$@\"", path, program, .. arguments]);

    /// <summary>Gives it a size, and tells the process at it.</summary>
    /// <param name="size">Columns and rows.</param>
    /// <param name="process">The process.</param>
    /// <returns>When told.</returns>
    public async Task Resize(TerminalSize size, Process process)
    {
        // ioctl is variadic, which P/Invoke gets wrong on Apple arm64.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec stty rows \"$1\" columns \"$2\" <\"$0\"", path, .. new[] { size.Rows, size.Columns }.Select(number => number.ToString(CultureInfo.InvariantCulture))])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var stty = Process.Start(start);
        if (stty is not null)
        {
            await stty.WaitForExitAsync();
            // It is nobody's controlling terminal, so the system tells nobody.
            _ = process.HasExited ? 0 : SendSignal(process.Id, WindowChanged);
        }
    }

    /// <summary>Lets go of its other end: the output ends with what was written so far, when all others have let go too.</summary>
    public void Leave()
    {
        lock (gate)
        {
            if (slave >= 0)
            {
                _ = Libc.Close(slave);
                slave = -1;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leave();
        _ = Libc.Close(master);
    }

    private const int WindowChanged = 28;

    [LibraryImport("libc", EntryPoint = "posix_openpt")]
    private static partial int OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt")]
    private static partial int Grant(int master);

    [LibraryImport("libc", EntryPoint = "unlockpt")]
    private static partial int Unlock(int master);

    [LibraryImport("libc", EntryPoint = "ptsname")]
    private static partial nint NameOf(int master);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}
