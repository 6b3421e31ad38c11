using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Agentops.AppleStandIn;

/// <summary>The process in a container: a real one on this machine, looked after by a process of its own as the original's services do.</summary>
/// <remarks>
/// In the container's folder: <c>out</c>, <c>err</c> and both in <c>log</c>; <c>in</c>, which whoever is attached adds to, and <c>in.end</c>; <c>pid</c>, <c>keeper</c>;
/// at last <c>exit</c> with the status, or <c>failed</c> with the reason why it could not be started.
/// </remarks>
internal static partial class ContainerProcess
{
    private static readonly Dictionary<string, int> Numbers = new()
    {
        ["HUP"] = 1,
        ["INT"] = 2,
        ["QUIT"] = 3,
        ["KILL"] = 9,
        ["USR1"] = 10,
        ["USR2"] = 12,
        ["TERM"] = 15,
        ["WINCH"] = 28,
    };

    public static bool IsRunning(World world, ContainerRecord container) => IsRunning(world.FolderOf(container.Id));

    /// <summary>Starts it, and waits until it runs or has failed to.</summary>
    public static void Start(World world, ContainerRecord container, bool interactive)
    {
        var folder = world.FolderOf(container.Id);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["__run", container.Id, interactive ? "interactive" : "alone"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var keeper = Process.Start(start)!;
        while (!File.Exists(Path.Combine(folder, "pid")) && !File.Exists(Path.Combine(folder, "exit")))
        {
            if (File.Exists(Path.Combine(folder, "failed")))
            {
                throw Fault.Thrown($"failed to start container (cause: \"internalError: \"{File.ReadAllText(Path.Combine(folder, "failed"))}\"\")");
            }

            if (keeper.HasExited && !File.Exists(Path.Combine(folder, "exit")) && !File.Exists(Path.Combine(folder, "failed")))
            {
                throw Fault.Thrown("the container's keeper died");
            }

            Thread.Sleep(3);
        }
    }

    /// <summary>Passes the streams of a container that was just started through, to its end.</summary>
    public static int Attach(World world, ContainerRecord container, bool interactive)
    {
        var folder = world.FolderOf(container.Id);
        if (interactive)
        {
            new Thread(() => PassInput(folder)) { IsBackground = true }.Start();
        }

        using var output = Console.OpenStandardOutput();
        using var error = Console.OpenStandardError();
        using var from = Tail(folder, "out");
        using var fromError = Tail(folder, "err");
        while (true)
        {
            var ended = !IsRunning(folder);
            if (Copy(from, output) + Copy(fromError, error) > 0)
            {
                continue;
            }

            if (ended)
            {
                return ExitOf(folder) ?? 255;
            }

            Thread.Sleep(5);
        }
    }

    /// <summary>Sends a signal. A process that has number 1 in its container gets those only that it handles, and SIGKILL.</summary>
    public static void Signal(World world, ContainerRecord container, string signal)
    {
        var number = int.TryParse(signal, CultureInfo.InvariantCulture, out var given) ? given
            : Numbers.GetValueOrDefault(signal.StartsWith("SIG", StringComparison.Ordinal) ? signal[3..] : signal);
        if (number == 0)
        {
            throw Fault.Thrown($"invalid signal: {signal}");
        }

        if (int.TryParse(ReadOrNull(Path.Combine(world.FolderOf(container.Id), "pid")), CultureInfo.InvariantCulture, out var pid) && (number == 9 || container.Init || Handles(pid, number)))
        {
            _ = SendSignal(pid, number);
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>False when it did not come in time.</returns>
    public static bool WaitForEnd(World world, ContainerRecord container, TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        while (IsRunning(world, container))
        {
            if (clock.Elapsed > patience)
            {
                return false;
            }

            Thread.Sleep(5);
        }

        return true;
    }

    /// <summary>The program a name means in a container; null when there is none.</summary>
    public static string? Find(string name, IReadOnlyList<string> environment)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return File.Exists(name) ? name : null;
        }

        var path = environment.FirstOrDefault(variable => variable.StartsWith("PATH=", StringComparison.Ordinal))?[5..] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        return path.Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>Prepares a command as the container would see it: its variables, its folder, its terminal.</summary>
    public static ProcessStartInfo Command(World world, ContainerRecord container, string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, string workingDirectory, bool terminal)
    {
        // A terminal of its own comes from script(1).
        var start = terminal
            ? new ProcessStartInfo("/usr/bin/script", ["-qefc", string.Join(' ', arguments.Prepend(program).Select(word => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'")), "/dev/null"])
            : new ProcessStartInfo(program, arguments);
        start.Environment.Clear();
        foreach (var variable in environment)
        {
            var parts = variable.Split('=', 2);
            start.Environment[parts[0]] = parts.ElementAtOrDefault(1) ?? "";
        }

        start.WorkingDirectory = FolderHere(world, container, workingDirectory);
        return start;
    }

    /// <summary>Looks after the process of a container from its start to its end.</summary>
    public static int Run(World world, string id, bool interactive)
    {
        _ = NewSession();
        var folder = world.FolderOf(id);
        var container = world.Look().Containers[id];
        WriteWhole(Path.Combine(folder, "keeper"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        if (Find(container.Executable, container.Environment) is not { } program)
        {
            if (!container.Init)
            {
                WriteWhole(Path.Combine(folder, "failed"), $"failed to find target executable {container.Executable}");
                return 1;
            }

            // The init starts, and the command does not.
            Begin(world, id);
            File.WriteAllText(Path.Combine(folder, "err"), $"{container.Executable}: no such file or directory\n");
            File.Copy(Path.Combine(folder, "err"), Path.Combine(folder, "log"));
            WriteWhole(Path.Combine(folder, "exit"), "127");
            return 0;
        }

        var start = Command(world, container, program, container.Arguments, container.Environment, container.WorkingDirectory, container.Terminal);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        using var process = Process.Start(start)!;
        Begin(world, id);
        WriteWhole(Path.Combine(folder, "pid"), process.Id.ToString(CultureInfo.InvariantCulture));
        var gate = new Lock();
        using var log = Written(folder, "log");
        Thread[] pumps = [Pump(process.StandardOutput.BaseStream, folder, "out", log, gate), Pump(process.StandardError.BaseStream, folder, "err", log, gate)];
        if (interactive)
        {
            new Thread(() => Feed(folder, process)) { IsBackground = true }.Start();
        }
        else if (!container.Terminal)
        {
            process.StandardInput.Close();
        }

        process.WaitForExit();
        // What it left behind holds its output open.
        foreach (var pump in pumps)
        {
            pump.Join(TimeSpan.FromMilliseconds(300));
        }

        log.Flush();
        WriteWhole(Path.Combine(folder, "exit"), process.ExitCode.ToString(CultureInfo.InvariantCulture));
        // All that it left behind ends with its container, and so do we.
        return SendSignal(0, 9);
    }

    public static int? ExitOf(string folder) => int.TryParse(ReadOrNull(Path.Combine(folder, "exit")), CultureInfo.InvariantCulture, out var code) ? code : null;

    private static bool IsRunning(string folder) =>
        File.Exists(Path.Combine(folder, "pid")) && !File.Exists(Path.Combine(folder, "exit"))
        && int.TryParse(ReadOrNull(Path.Combine(folder, "keeper")), CultureInfo.InvariantCulture, out var keeper) && SendSignal(keeper, 0) == 0;

    private static void Begin(World world, string id) => world.Change(state => state.Containers[id].StartedAt = DateTimeOffset.UtcNow);

    // Where the container's folder is on this machine: a mounted one is the real one, others are of its own.
    private static string FolderHere(World world, ContainerRecord container, string path)
    {
        var mount = container.Mounts.Where(mount => path == mount.Target || path.StartsWith(mount.Target + "/", StringComparison.Ordinal)).MaxBy(mount => mount.Target.Length);
        var here = mount is { Type: "virtiofs" } ? mount.Source + path[mount.Target.Length..] : Path.Combine(world.FolderOf(container.Id), "rootfs", path.TrimStart('/'));
        Directory.CreateDirectory(here);
        return here;
    }

    private static Thread Pump(Stream from, string folder, string name, FileStream log, Lock gate)
    {
        var thread = new Thread(() =>
        {
            using var file = Written(folder, name);
            var buffer = new byte[64 * 1024];
            while (from.Read(buffer) is > 0 and var length)
            {
                lock (gate)
                {
                    log.Write(buffer, 0, length);
                    log.Flush();
                }

                file.Write(buffer, 0, length);
                file.Flush();
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }

    // Whoever is attached puts its input into a file, which this follows.
    private static void Feed(string folder, Process process)
    {
        try
        {
            using var file = Tail(folder, "in");
            while (true)
            {
                var ended = File.Exists(Path.Combine(folder, "in.end"));
                if (Copy(file, process.StandardInput.BaseStream) > 0)
                {
                    continue;
                }

                if (ended)
                {
                    process.StandardInput.Close();
                    return;
                }

                Thread.Sleep(5);
            }
        }
        catch (IOException)
        {
            // It takes no input any more.
        }
    }

    private static void PassInput(string folder)
    {
        // Not the console's, which sends escape sequences to a terminal.
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, 0);
        using var file = new FileStream(Path.Combine(folder, "in"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        var buffer = new byte[64 * 1024];
        while (input.Read(buffer) is > 0 and var length)
        {
            file.Write(buffer, 0, length);
            file.Flush();
        }

        File.WriteAllText(Path.Combine(folder, "in.end"), "");
    }

    private static FileStream Tail(string folder, string name) => new(Path.Combine(folder, name), FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite, 1);

    private static FileStream Written(string folder, string name) => new(Path.Combine(folder, name), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);

    private static int Copy(FileStream from, Stream to)
    {
        var buffer = new byte[64 * 1024];
        var length = from.Read(buffer);
        to.Write(buffer, 0, length);
        to.Flush();
        return length;
    }

    // SigCgt: the signals a process handles, bit by bit. Where there is no /proc, all of them.
    private static bool Handles(int pid, int signal)
    {
        var line = File.Exists($"/proc/{pid}/status") ? File.ReadLines($"/proc/{pid}/status").FirstOrDefault(line => line.StartsWith("SigCgt:", StringComparison.Ordinal)) : null;
        return line is null || (ulong.Parse(line[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (signal - 1))) != 0;
    }

    private static void WriteWhole(string path, string text)
    {
        File.WriteAllText(path + ".draft", text);
        File.Move(path + ".draft", path, overwrite: true);
    }

    private static string? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int NewSession();

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTty(int descriptor);

    public static bool InputIsTerminal => IsTty(0) == 1;
}
