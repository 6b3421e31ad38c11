using System.Text;

namespace Agentops.Runtimes.Engine;

/// <summary>Makes lines of output that comes cut anywhere, in the middle of a character too.</summary>
internal sealed class OutputLines
{
    // A line without end (a progress bar, a minified file) is told in pieces of this many characters.
    private const int LongestLine = 16_384;

    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder line = new();

    /// <summary>Takes more output.</summary>
    /// <param name="bytes">As printed.</param>
    /// <returns>The lines it completed, without their ends.</returns>
    public IReadOnlyList<string> Add(ReadOnlySpan<byte> bytes)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush: false)];
        decoder.GetChars(bytes, characters, flush: false);
        return Add(characters.AsSpan());
    }

    /// <summary>Takes more output.</summary>
    /// <param name="text">As printed.</param>
    /// <returns>The lines it completed, without their ends.</returns>
    public IReadOnlyList<string> Add(ReadOnlySpan<char> text)
    {
        var lines = new List<string>();
        foreach (var character in text)
        {
            if (character == '\n' || line.Length == LongestLine)
            {
                lines.Add(Take());
            }

            if (character != '\n')
            {
                line.Append(character);
            }
        }

        return lines;
    }

    /// <summary>What is left when the output ended without a line end.</summary>
    /// <returns>Null for nothing.</returns>
    public string? End() => line.Length > 0 ? Take() : null;

    // "10 %\r50 %\r100 %\r\n": a terminal would show the last only.
    private string Take()
    {
        var text = line.ToString().TrimEnd('\r');
        line.Clear();
        return text[(text.LastIndexOf('\r') + 1)..];
    }
}
