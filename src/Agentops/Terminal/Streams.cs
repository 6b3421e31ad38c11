using System.Text;

namespace Agentops.Terminal;

/// <summary>The standard streams. Results go to <see cref="Out"/>; prompts, progress and errors to <see cref="Error"/>.</summary>
/// <param name="input">Standard input, unbuffered.</param>
/// <param name="output">Standard output, unbuffered.</param>
/// <param name="error">Standard error, unbuffered.</param>
/// <param name="tty">The terminal behind them; null when none of them is one.</param>
public sealed class Streams(Stream input, Stream output, Stream error, Tty? tty)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Results, as text.</summary>
    public TextWriter Out { get; } = Writer(output);

    /// <summary>Prompts, progress and errors, as text.</summary>
    public TextWriter Error { get; } = Writer(error);

    /// <summary>Standard input, as bytes.</summary>
    public Stream Input { get; } = input;

    /// <summary>Standard output, as bytes: an agent's own output goes through unchanged.</summary>
    public Stream OutBytes { get; } = output;

    /// <summary>Standard error, as bytes.</summary>
    public Stream ErrorBytes { get; } = error;

    /// <summary>The terminal behind the streams; null when none of them is one.</summary>
    public Tty? Tty { get; } = tty;

    /// <summary>Both ends of a conversation are a terminal: an agent can be talked to.</summary>
    public bool AreInteractive => Tty is { InputIsTerminal: true, OutputIsTerminal: true };

    /// <summary>How wide the terminal is that output goes to; null when it goes to a file or a pipe, or the terminal does not know.</summary>
    public int? Columns => Tty is { OutputIsTerminal: true } tty && tty.Size.Columns is > 0 and var columns ? columns : null;

    /// <summary>Asks a question that only a clear yes answers with yes.</summary>
    /// <param name="question">Ends with a question mark.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Yes or no.</returns>
    /// <exception cref="RefusedException">There is no answer to read: no terminal, or its end.</exception>
    public async Task<bool> Confirm(string question, CancellationToken cancellationToken)
    {
        await Error.WriteAsync($"{question} [y/N]: ");
        // A read cannot be given up: it is left behind.
        var answer = await Task.Run(ReadLine, CancellationToken.None).WaitAsync(cancellationToken);
        if (answer is null || Tty is not { InputIsTerminal: true })
        {
            // Nobody pressed Enter.
            await Error.WriteLineAsync();
        }

        return answer is null
            ? throw new RefusedException("There is nobody to answer, so nothing was removed. To remove without a question: --force")
            : answer.Trim().ToLowerInvariant() is "y" or "yes";
    }

    // Byte by byte: what comes after the line is somebody else's. Null at the end of input without any.
    private string? ReadLine()
    {
        const int Longest = 1000;
        var line = new List<byte>();
        var letter = new byte[1];
        try
        {
            while (line.Count < Longest && Input.Read(letter) > 0)
            {
                if (letter[0] == '\n')
                {
                    return Utf8.GetString([.. line]);
                }

                line.Add(letter[0]);
            }
        }
        catch (IOException)
        {
            // The terminal is gone.
            return null;
        }

        return line.Count > 0 ? Utf8.GetString([.. line]) : null;
    }

    private static StreamWriter Writer(Stream stream) => new(stream, Utf8, bufferSize: 16 * 1024, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
}
