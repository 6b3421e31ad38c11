using System.Diagnostics;
using System.Text;

namespace Agentops.EndToEnd.Drivers;

/// <summary>How a program ended and what it printed.</summary>
internal sealed record Outcome(string CommandLine, int ExitCode, byte[] OutBytes, string Error)
{
    public string Out => Encoding.UTF8.GetString(OutBytes);

    /// <summary>Fails the test, with all that was printed, when the program ended otherwise.</summary>
    public Outcome Expect(int exitCode)
    {
        Assert.True(exitCode == ExitCode, $"{this}\nexpected exit code {exitCode}");
        return this;
    }

    public override string ToString() => $"$ {CommandLine}\n[exit {ExitCode}]\n--- stdout\n{(OutBytes.Length > 10_000 ? $"({OutBytes.Length} bytes)" : Out)}\n--- stderr\n{Error}";
}

/// <summary>A program at work; both its pipes are read all the time. Ended with its own process id when the test is over.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process process;
    private readonly MemoryStream output = new();
    private readonly MemoryStream error = new();
    private readonly Task reading;
    private readonly string commandLine;

    private RunningProgram(Process process, string commandLine)
    {
        this.process = process;
        this.commandLine = commandLine;
        reading = Task.WhenAll(Read(process.StandardOutput.BaseStream, output), Read(process.StandardError.BaseStream, error));
    }

    public int Id => process.Id;

    /// <summary>What it printed up to now.</summary>
    public string Out => Text(output);

    /// <summary>What it printed to standard error up to now.</summary>
    public string Error => Text(error);

    public Stream Input => process.StandardInput.BaseStream;

    public bool HasExited => process.HasExited;

    /// <summary>Starts a program with the signals' default meaning: a test runner in the background ignores Ctrl+C, and its children would too.</summary>
    public static RunningProgram Start(string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        string[] words = OperatingSystem.IsLinux() ? ["/usr/bin/env", "--default-signal=HUP,INT,QUIT,TERM", "--", program, .. arguments] : [program, .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        var line = string.Join(' ', arguments.Prepend(Path.GetFileName(program)).Select(word => word.Contains(' ') || word.Length == 0 ? $"'{word}'" : word));
        return new RunningProgram(Process.Start(start)!, line);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<Outcome> Run(string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string?>? environment = null, byte[]? input = null, TimeSpan? deadline = null)
    {
        await using var running = Start(program, arguments, folder, environment);
        await running.Give(input ?? []);
        return await running.End(deadline);
    }

    /// <summary>Writes to its standard input and closes that. A program that does not read it all is fine.</summary>
    public async Task Give(byte[] input)
    {
        try
        {
            await Input.WriteAsync(input);
            Input.Close();
        }
        catch (IOException)
        {
            // It ended without reading: its exit code tells whether that was right.
        }
    }

    public void Send(int signal) => Signal.Send(process.Id, signal);

    /// <summary>Waits until it ends by itself.</summary>
    public async Task<Outcome> End(TimeSpan? deadline = null)
    {
        var patience = deadline ?? TimeSpan.FromSeconds(300);
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            await reading.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"did not end within {patience.TotalSeconds:0} s: {commandLine}\n--- stdout\n{Out}\n--- stderr\n{Error}");
        }

        return new Outcome(commandLine, process.ExitCode, Bytes(output), Error);
    }

    /// <summary>Waits until its output contains a text.</summary>
    public Task WaitForOut(string text) => Until.True(() => Out.Contains(text, StringComparison.Ordinal), () => $"'{text}' on stdout of {commandLine}\n--- stdout\n{Out}\n--- stderr\n{Error}");

    public Task WaitForError(string text) => Until.True(() => Error.Contains(text, StringComparison.Ordinal), () => $"'{text}' on stderr of {commandLine}\n--- stdout\n{Out}\n--- stderr\n{Error}");

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Signal.Send(process.Id, Signal.Kill);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static async Task Read(Stream source, MemoryStream target)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int count; (count = await source.ReadAsync(buffer)) > 0;)
            {
                lock (target)
                {
                    target.Write(buffer, 0, count);
                }
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The test closed this end.
        }
    }

    private static byte[] Bytes(MemoryStream stream)
    {
        lock (stream)
        {
            return stream.ToArray();
        }
    }

    private static string Text(MemoryStream stream) => Encoding.UTF8.GetString(Bytes(stream));
}
