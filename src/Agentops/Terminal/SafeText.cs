using System.Globalization;
using System.Text;

namespace Agentops.Terminal;

/// <summary>Untrusted text made fit to be printed: names, labels, tags and messages come from containers and other tools.</summary>
public static class SafeText
{
    /// <summary>Escapes control characters and what reorders or hides text (<c>ESC</c> becomes <c>\x1b</c>, a line end <c>\n</c>); all else stays.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <returns>One line that cannot steer a terminal.</returns>
    public static string Escape(string text) => !IsPlain(text) && text.Any(IsUnsafe) ? EscapeAll(text, keepLines: false) : text;

    /// <summary>The same, but line ends and tabs stay: for messages of several lines.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <returns>Lines that cannot steer a terminal.</returns>
    public static string EscapeLines(string text) => text.Any(IsUnsafe) ? EscapeAll(text, keepLines: true) : text;

    /// <summary>Printable ASCII and nothing else, as most of what is printed: safe, and each character one column wide.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <returns>False: look closer.</returns>
    internal static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static string EscapeAll(string text, bool keepLines)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = (character, IsUnsafe(character)) switch
            {
                (_, false) => safe.Append(character),
                ('\n' or '\t', _) when keepLines => safe.Append(character),
                ('\n', _) => safe.Append(@"\n"),
                ('\r', _) => safe.Append(@"\r"),
                ('\t', _) => safe.Append(@"\t"),
                ( < (char)0x100, _) => safe.Append(CultureInfo.InvariantCulture, $@"\x{(int)character:x2}"),
                _ => safe.Append(CultureInfo.InvariantCulture, $@"\u{(int)character:x4}"),
            };
        }

        return safe.ToString();
    }

    // Format covers the bidirectional overrides (U+202E) and zero-width characters that make one name look like another.
    private static bool IsUnsafe(char character) =>
        char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || (char.GetUnicodeCategory(character) is UnicodeCategory.Format && character is not '‍');
}
