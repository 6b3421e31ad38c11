using System.Globalization;
using System.Text;

namespace Agentops.Terminal;

/// <summary>Aligned columns, no borders, no wrapping: read by people, grepped by scripts.</summary>
/// <param name="headers">The first line, in capitals; none for a table without one.</param>
public sealed class Table(params string[] headers)
{
    private const int LeastGap = 2;
    private const int LeastWidth = 8;
    private const char Cut = '\u2026';
    private const string Emoji = "⌚⌛〈〉⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕";

    private readonly List<string[]> rows = headers.Length > 0 ? [headers] : [];

    /// <summary>Spaces after each column where there is room for them; two where it is not said.</summary>
    public IReadOnlyList<int> Gaps { get; init; } = [];

    /// <summary>Columns of numbers, which end below one another.</summary>
    public IReadOnlyCollection<int> Right { get; init; } = [];

    /// <summary>Columns that may be cut off with <c>…</c> where a terminal is too narrow, the widest first; identifiers are none.</summary>
    public IReadOnlyCollection<int> Flexible { get; init; } = [];

    /// <summary>Lines so far, without the headers.</summary>
    public int Count => rows.Count - (headers.Length > 0 ? 1 : 0);

    /// <summary>Adds a line.</summary>
    /// <param name="cells">As many as there are headers; untrusted text is escaped here.</param>
    public void Add(params string[] cells) => rows.Add(Array.ConvertAll(cells, SafeText.Escape));

    /// <summary>The whole table.</summary>
    /// <param name="indent">Spaces before each line.</param>
    /// <param name="columns">Of the terminal it is for; null for a file or a pipe, where nothing is cut.</param>
    /// <returns>Lines without trailing spaces, each with its end.</returns>
    public string Describe(int indent = 0, int? columns = null)
    {
        var text = new StringBuilder();
        AppendTo(text, indent, columns);
        return text.ToString();
    }

    /// <summary>The whole table, after other text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="indent">Spaces before each line.</param>
    /// <param name="columns">Of the terminal it is for; null for a file or a pipe, where nothing is cut.</param>
    public void AppendTo(StringBuilder text, int indent = 0, int? columns = null)
    {
        var count = rows.Count == 0 ? 0 : rows.Max(row => row.Length);
        var widths = new int[count];
        foreach (var row in rows)
        {
            for (var column = 0; column < row.Length; column++)
            {
                widths[column] = Math.Max(widths[column], Width(row[column]));
            }
        }

        var gaps = Enumerable.Range(0, count).Select(column => column < Gaps.Count ? Gaps[column] : LeastGap).ToArray();
        if (columns is { } room and > 0)
        {
            Fit(widths, gaps, room - indent);
        }

        text.EnsureCapacity(text.Length + (rows.Count * (indent + widths.Sum() + gaps.Sum() + 1)));
        foreach (var row in rows)
        {
            text.Append(' ', indent);
            for (var column = 0; column < row.Length; column++)
            {
                var cell = Shorten(row[column], widths[column]);
                var padding = widths[column] - Width(cell);
                var before = Right.Contains(column) ? padding : 0;
                text.Append(' ', before).Append(cell).Append(' ', padding - before + gaps[column]);
            }

            var end = text.Length;
            while (end > 0 && text[end - 1] == ' ')
            {
                end--;
            }

            text.Length = end;
            text.Append('\n');
        }
    }

    private void Fit(int[] widths, int[] gaps, int room)
    {
        int Excess() => widths.Sum() + gaps.SkipLast(1).Sum() - room;
        if (Excess() > 0)
        {
            Array.Fill(gaps, LeastGap);
        }

        var flexible = Flexible.Where(column => column < widths.Length).ToList();
        for (var excess = Excess(); excess > 0 && flexible.Count > 0; excess--)
        {
            var widest = flexible.MaxBy(column => widths[column]);
            if (widths[widest] <= LeastWidth)
            {
                break;
            }

            widths[widest]--;
        }
    }

    /// <summary>Cuts a text to a width.</summary>
    /// <param name="text">Already escaped.</param>
    /// <param name="width">Columns.</param>
    /// <returns>At most so wide; <c>…</c> stands for what was cut off.</returns>
    public static string Shorten(string text, int width)
    {
        if (Width(text) <= width)
        {
            return text;
        }

        var cut = new StringBuilder();
        var taken = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var next = Width(rune);
            if (taken + next > width - 1)
            {
                break;
            }

            cut.Append(rune.ToString());
            taken += next;
        }

        // A joiner would join with what follows it.
        return cut.ToString().TrimEnd('\u200d') + Cut;
    }

    /// <summary>How many columns of a terminal a text takes: East Asian wide letters and emoji take two, combining marks none.</summary>
    /// <param name="text">Already escaped.</param>
    /// <returns>Columns.</returns>
    public static int Width(string text)
    {
        if (SafeText.IsPlain(text))
        {
            return text.Length;
        }

        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += Width(rune);
        }

        return width;
    }

    private static int Width(Rune rune) =>
        rune.Value is >= 0x20 and < 0x7F ? 1
        : Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0
        : IsWide(rune.Value) ? 2
        : 1;

    // The blocks that Unicode's EastAsianWidth.txt marks W or F, as far as names are written in them; below U+2E80 those are single emoji.
    private static bool IsWide(int value) => value is < 0x2E80 and >= 0x231A ? Emoji.Contains((char)value) : value is
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xA960 and <= 0xA97C)
        or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60)
        or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F680 and <= 0x1F6FF) or (>= 0x1F7E0 and <= 0x1F7EB) or (>= 0x1F900 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);
}
