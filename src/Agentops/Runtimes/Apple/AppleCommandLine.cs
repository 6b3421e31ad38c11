using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agentops.Runtimes.Apple;

/// <summary>What a command of <c>container</c> said.</summary>
/// <param name="Command">Its first words, for messages.</param>
/// <param name="Status">Its exit status.</param>
/// <param name="Out">Its standard output.</param>
/// <param name="Error">The beginning of its standard error; untrusted text.</param>
internal sealed record AppleAnswer(string Command, int Status, ReadOnlyMemory<byte> Out, string Error)
{
    /// <summary>The lines of its standard output.</summary>
    public IReadOnlyList<string> Lines => Encoding.UTF8.GetString(Out.Span).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs the command line <c>container</c>: with a deadline, in the environment we were given, its two outputs read together.</summary>
/// <param name="program">Absolute path of <c>container</c>.</param>
/// <param name="surroundings">The environment.</param>
/// <param name="patience">How long a look may take; null for 20 s: ten of its own, and a busy machine.</param>
/// <param name="answerLimit">Bytes an answer may have.</param>
internal sealed class AppleCommandLine(string program, Surroundings surroundings, TimeSpan? patience = null, long answerLimit = 256_000_000)
{
    private const int ErrorKept = 64_000;

    // A start boots a virtual machine, the first one of an image unpacks it too.
    private const int ChangesTake = 6;

    /// <summary>How long a look may take.</summary>
    public TimeSpan Patience { get; } = patience ?? TimeSpan.FromSeconds(20);

    /// <summary>How long a change may take.</summary>
    public TimeSpan ChangePatience => Patience * ChangesTake;

    /// <summary>The path of the program.</summary>
    public string Program => program;

    /// <summary>Looks for the program in <c>PATH</c>.</summary>
    /// <param name="surroundings">The environment.</param>
    /// <returns>Its absolute path; null when it is not there.</returns>
    public static string? Find(Surroundings surroundings) => (surroundings.Variable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(Path.IsPathFullyQualified)
        .Select(folder => Path.Combine(folder, "container"))
        .FirstOrDefault(File.Exists);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="arguments">Of <c>container</c>.</param>
    /// <param name="allowed">How long it may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it said, whatever its status.</returns>
    /// <exception cref="RuntimeUnavailableException">It did not end in time, or could not be started.</exception>
    public async Task<AppleAnswer> Ask(IReadOnlyList<string> arguments, TimeSpan allowed, CancellationToken cancellationToken)
    {
        using var process = Start(arguments);
        process.StandardInput.Close();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(allowed);
        var command = CommandOf(arguments);
        try
        {
            // Together: a pipe that nobody empties would hold it up.
            var output = ReadAll(process.StandardOutput.BaseStream, command, deadline.Token);
            var error = ReadStart(process.StandardError.BaseStream, deadline.Token);
            await Task.WhenAll(output, error);
            await process.WaitForExitAsync(deadline.Token);
            return new AppleAnswer(command, process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RuntimeUnavailableException($"'{command}' gave no answer within {allowed.TotalSeconds:0.#} s.\nIs Apple's container overloaded? AGENTOPS_TIMEOUT=60 waits longer; 'container system stop' and 'container system start' start its services anew.", late);
        }
        finally
        {
            End(process);
        }
    }

    /// <summary>Asks a short question, and reads the JSON of its answer.</summary>
    /// <typeparam name="T">What it is.</typeparam>
    /// <param name="arguments">Of <c>container</c>.</param>
    /// <param name="type">How to read it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Never null.</returns>
    /// <exception cref="RuntimeUnavailableException">It did not answer, or with something else.</exception>
    /// <exception cref="RuntimeRefusalException">It said no.</exception>
    public async Task<T> AskJson<T>(IReadOnlyList<string> arguments, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var answer = await Ask(arguments, Patience, cancellationToken);
        return answer.Status == 0 ? Read(answer, type) : throw AppleRefusal.Of(answer);
    }

    /// <summary>Reads the JSON of an answer.</summary>
    /// <typeparam name="T">What it is.</typeparam>
    /// <param name="answer">The answer.</param>
    /// <param name="type">How to read it.</param>
    /// <returns>Never null.</returns>
    /// <exception cref="RuntimeUnavailableException">It is not what it should be.</exception>
    public static T Read<T>(AppleAnswer answer, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Out.Span, type) ?? throw new JsonException();
        }
        catch (JsonException failure)
        {
            var said = answer.Error.Trim() is { Length: > 0 } error ? $"\nIt said: {AppleRefusal.FirstLine(error)}" : "";
            throw new RuntimeUnavailableException($"The answer to '{answer.Command}' is not JSON that agent understands, or was cut short.{said}", failure);
        }
    }

    /// <summary>Starts a command whose streams go on.</summary>
    /// <param name="arguments">Of <c>container</c>.</param>
    /// <param name="terminal">Its standard input and output are this terminal; null for pipes.</param>
    /// <returns>The process; all but what the terminal is for is redirected.</returns>
    /// <exception cref="RuntimeUnavailableException">It could not be started.</exception>
    public Process Start(IReadOnlyList<string> arguments, PseudoTerminal? terminal = null)
    {
        var start = terminal is null ? new ProcessStartInfo(program, arguments) : terminal.Wrap(program, arguments);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        start.Environment.Clear();
        foreach (var (name, value) in surroundings.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start) ?? throw new RuntimeUnavailableException($"{program} cannot be started.");
        }
        catch (Win32Exception failure)
        {
            throw new RuntimeUnavailableException($"{program} cannot be started: {failure.Message}", failure);
        }
    }

    /// <summary>Ends a command that still runs.</summary>
    /// <param name="process">It.</param>
    public static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
        catch (InvalidOperationException)
        {
            // It has just ended.
        }
    }

    /// <summary>Reads the beginning of a stream, and the rest without keeping it.</summary>
    /// <param name="stream">To its end.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Text.</returns>
    public static async Task<string> ReadStart(Stream stream, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[8192];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            kept.Write(buffer, 0, (int)Math.Min(length, ErrorKept - kept.Length));
        }

        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    private async Task<ReadOnlyMemory<byte>> ReadAll(Stream stream, string command, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            kept.Write(buffer, 0, length);
            if (kept.Length > answerLimit)
            {
                throw new RuntimeUnavailableException($"The answer to '{command}' has more than {new Terminal.ByteSize(answerLimit)}: that cannot be right.");
            }
        }

        return kept.GetBuffer().AsMemory(0, (int)kept.Length);
    }

    private static string CommandOf(IReadOnlyList<string> arguments) => "container " + string.Join(' ', arguments.TakeWhile((word, index) => index < 2 && (index == 0 || char.IsAsciiLetterLower(word[0]))));
}
