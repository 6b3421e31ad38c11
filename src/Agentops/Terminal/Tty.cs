using System.Runtime.InteropServices;

namespace Agentops.Terminal;

/// <summary>The terminal behind the standard streams: its size and its settings.</summary>
/// <remarks>Works on file descriptors, because <c>System.Console</c> writes <c>ESC[?1h ESC=</c> on its first use and never takes it back.</remarks>
public sealed partial class Tty : IDisposable
{
    // Larger than any system's struct termios; its layout is the C library's business.
    private const int TermiosSize = 256;

    private readonly int descriptor;
    private readonly Lock gate = new();
    private byte[]? saved;

    private Tty(int descriptor, bool input, bool output, bool error)
    {
        this.descriptor = descriptor;
        InputIsTerminal = input;
        OutputIsTerminal = output;
        ErrorIsTerminal = error;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Restore();
    }

    /// <summary>Standard input is a terminal: somebody can answer.</summary>
    public bool InputIsTerminal { get; }

    /// <summary>Standard output is a terminal.</summary>
    public bool OutputIsTerminal { get; }

    /// <summary>Standard error is a terminal: progress may overwrite its line.</summary>
    public bool ErrorIsTerminal { get; }

    /// <summary>Now; it changes with <c>SIGWINCH</c>. Zero by zero when the terminal does not know.</summary>
    public TerminalSize Size => GetWindowSize(descriptor, out var size) == 0 ? new TerminalSize(size.Columns, size.Rows) : default;

    /// <summary>Looks for a terminal behind the descriptors 0, 1 and 2.</summary>
    /// <returns>Null when none of them is one.</returns>
    public static Tty? Find()
    {
        var (input, output, error) = (IsTerminal(0), IsTerminal(1), IsTerminal(2));
        return input || output || error ? new Tty(output ? 1 : input ? 0 : 2, input, output, error) : null;
    }

    /// <summary>Passes every key through unread and unechoed, until the result is disposed; the settings are then what they were.</summary>
    /// <returns>Puts the settings back; so does the end of the process.</returns>
    public IDisposable EnterRaw()
    {
        lock (gate)
        {
            var before = new byte[TermiosSize];
            if (GetAttributes(0, before) == 0)
            {
                saved ??= before;
                var raw = (byte[])before.Clone();
                MakeRaw(raw);
                _ = SetAttributes(0, 0, raw);
            }
        }

        return this;
    }

    /// <summary>Puts the settings back that <see cref="EnterRaw"/> found.</summary>
    public void Restore()
    {
        lock (gate)
        {
            if (saved is not null)
            {
                _ = SetAttributes(0, 0, saved);
                saved = null;
            }
        }
    }

    /// <summary>Leaves the terminal that started this process, whose end would end it too; nothing where there are no sessions (Windows).</summary>
    public static void Leave()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = NewSession();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Restore();

    [LibraryImport("libc", EntryPoint = "setsid")]
    private static partial int NewSession();

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsTty(int descriptor);

    private static bool IsTerminal(int descriptor) => IsTty(descriptor) == 1;

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int descriptor, [Out] byte[] termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetAttributes(int descriptor, int actions, [In] byte[] termios);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw([In, Out] byte[] termios);

    // The runtime's own wrapper of ioctl(TIOCGWINSZ), linked in statically: ioctl itself is variadic, which P/Invoke gets wrong on Apple arm64.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetWindowSize")]
    private static partial int GetWindowSize(nint descriptor, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
