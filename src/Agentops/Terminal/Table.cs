using System.Globalization;
using System.Text;

namespace Agentops.Terminal;

/// <summary>Aligned columns, two spaces apart, no borders, no wrapping: read by people, grepped by scripts.</summary>
/// <param name="headers">The first line, in capitals.</param>
public sealed class Table(params string[] headers)
{
    private readonly List<string[]> rows = [headers];

    /// <summary>Adds a line.</summary>
    /// <param name="cells">As many as there are headers; untrusted text is escaped here.</param>
    public void Add(params string[] cells) => rows.Add([.. cells.Select(SafeText.Escape)]);

    /// <summary>The whole table.</summary>
    /// <param name="indent">Spaces before each line.</param>
    /// <returns>Lines without trailing spaces, each with its end.</returns>
    public string Describe(int indent = 0)
    {
        var widths = Enumerable.Range(0, headers.Length).Select(column => rows.Max(row => Width(row[column]))).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            var line = new StringBuilder().Append(' ', indent);
            for (var column = 0; column < row.Length; column++)
            {
                line.Append(row[column]).Append(' ', widths[column] - Width(row[column]) + 2);
            }

            text.Append(line.ToString().TrimEnd(' ')).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>How many columns of a terminal a text takes: East Asian wide letters and emoji take two, combining marks none.</summary>
    /// <param name="text">Already escaped.</param>
    /// <returns>Columns.</returns>
    public static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0
                : IsWide(rune.Value) ? 2
                : 1;
        }

        return width;
    }

    // The blocks that Unicode's EastAsianWidth.txt marks W or F, as far as names are written in them.
    private static bool IsWide(int value) => value is
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xA960 and <= 0xA97C)
        or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60)
        or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F680 and <= 0x1F6FF) or (>= 0x1F900 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);
}
