using System.Collections;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops;

/// <summary>Builds the real <see cref="World"/>; alone touches the descriptors, the clock and the environment.</summary>
internal static partial class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using var tty = OperatingSystem.IsWindows() ? null : Tty.Find();
#pragma warning disable RS0030 // This is Program, and Windows has no descriptors.
        var streams = OperatingSystem.IsWindows()
            ? new Streams(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError(), tty)
            : new Streams(Descriptor(0), Descriptor(1), Descriptor(2), tty);
#pragma warning restore RS0030
        using var signals = new Signals();
        PosixSignal[] watched = OperatingSystem.IsWindows()
            ? [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT]
            : [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT, PosixSignal.SIGWINCH];
        var registrations = watched.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            signals.Raise(context.Signal);
        })).ToList();

        var surroundings = ReadSurroundings();
        var world = new World(
            streams,
            TimeProvider.System,
            surroundings,
            signals,
            new RunStore(surroundings.StateFolder),
            (request, cancellationToken) => RuntimeFinder.Connect(surroundings, request, cancellationToken),
            chosen => RuntimeFinder.Others(surroundings, chosen),
            () => PlaceFinder.Find(surroundings),
            FreeSpace,
            RunId.New,
            StartAgent);
        try
        {
            return (await Agent.Run(world, arguments)).Value;
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
        }
    }

    private static ByteSize? FreeSpace(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? new ByteSize(new DriveInfo(folder).AvailableFreeSpace) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static Surroundings ReadSurroundings()
    {
        var environment = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        uint? user = OperatingSystem.IsWindows() ? null : GetUserId();
        uint? group = OperatingSystem.IsWindows() ? null : GetGroupId();
        return new Surroundings(environment, Environment.CurrentDirectory, home.Length == 0 ? "/" : home, user, group)
        {
            IsAppleSilicon = OperatingSystem.IsMacOS() && RuntimeInformation.OSArchitecture is Architecture.Arm64,
            HostName = Environment.MachineName,
            AgentPath = Environment.ProcessPath!,
        };
    }

    private static void StartAgent(IReadOnlyList<string> arguments)
    {
        // Streams of its own: one that held ours would keep $(agent run -d --rm …) waiting for its end.
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start);
    }

    private static Stream Descriptor(int descriptor) => IsGiven(descriptor) ? new DescriptorStream(descriptor) : Stream.Null;

    // Called with a standard stream closed (agent run … <&-), the number goes to the next file that is opened: .NET's own /dev/urandom, before Main begins. What a
    // caller hands over never carries close-on-exec, as it would not have come through; what .NET opens always does.
    private static bool IsGiven(int descriptor)
    {
        const int GetDescriptorFlags = 1;
        const int CloseOnExec = 1;
        var flags = Control(descriptor, GetDescriptorFlags);
        return flags >= 0 && (flags & CloseOnExec) == 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetUserId();

    [LibraryImport("libc", EntryPoint = "getegid")]
    private static partial uint GetGroupId();
}
