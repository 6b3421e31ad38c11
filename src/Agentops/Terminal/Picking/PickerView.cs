using System.Text;

namespace Agentops.Terminal.Picking;

/// <summary>How a <see cref="PickerState"/> reads on a terminal.</summary>
internal static class PickerView
{
    private const int RowsBeforeList = 2;

    // An age or a size is never cut.
    private const int NarrowestCell = 8;

    /// <summary>The whole screen.</summary>
    /// <param name="state">What to show.</param>
    /// <returns>A line a row, at most as many as the terminal has, none wider than it is; without control characters.</returns>
    public static IReadOnlyList<string> Lines(PickerState state)
    {
        var columns = state.Size.Columns;
        IEnumerable<string> lines = state.IsTooSmall ? TooSmall(state.Size) : [Title(state), Above(state), .. List(state), Below(state), Total(state), Keys(state)];
        return [.. lines.Select(line => Table.Shorten(line.TrimEnd(' '), columns)).Take(state.Size.Rows)];
    }

    /// <summary>Which of the lines the cursor is on.</summary>
    /// <param name="state">What is shown.</param>
    /// <returns>Null when it is on none.</returns>
    public static int? CursorLine(PickerState state) => state.IsTooSmall || state.Cursor < 0 ? null : RowsBeforeList + state.Cursor - state.Scroll;

    private static string[] TooSmall(TerminalSize size) =>
    [
        "Too small for the list:",
        $"{size.Columns}x{size.Rows}, it takes {PickerState.Smallest.Columns}x{PickerState.Smallest.Rows}.",
        "Enlarge it, or q leaves.",
    ];

    private static string Title(PickerState state)
    {
        string?[] said =
        [
            state.Filter.Length > 0 && !state.IsFiltering ? $"only: {SafeText.Escape(state.Filter)}" : null,
            state.Order switch { PickerOrder.BySize => "largest first", PickerOrder.ByAge => "oldest first", _ => null },
        ];
        var (title, right) = (SafeText.Escape(state.List.Title), string.Join(", ", said.Where(part => part is not null)));
        return title + new string(' ', Math.Max(2, state.Size.Columns - Table.Width(title) - Table.Width(right))) + right;
    }

    private static string Above(PickerState state) => More("↑", state.Scroll == 0 ? 0 : CountItems(state.Lines.Take(state.Scroll + 1)));

    private static string Below(PickerState state) => More("↓", CountItems(state.Lines.Skip(state.Scroll + state.Height)));

    private static string More(string arrow, int items) => items == 0 ? "" : $"  {arrow} {items} more";

    private static int CountItems(IEnumerable<PickerList.Line> lines) => lines.Count(line => line.Item is not null);

    private static IEnumerable<string> List(PickerState state)
    {
        if (state.Lines.Count == 0)
        {
            return Pad([state.Filter.Length > 0 ? $"  Nothing matches {SafeText.Escape(state.Filter)}" : "  Nothing to choose from"], state.Height);
        }

        var widths = state.List.Sections.Select(section => Share(section.Widths, state.Size.Columns - Mark(false, false).Length)).ToList();
        var lines = state.Lines.Skip(state.Scroll).Take(state.Height)
            .Select((line, row) => row == 0 || line.Item is not { } item
                ? Heading(state, line.Section)
                : Mark(state.Scroll + row == state.Cursor, state.Selected.Contains(item)) + Row(state.List.Cells[item], widths[line.Section]));
        return Pad(lines, state.Height);
    }

    private static IEnumerable<string> Pad(IEnumerable<string> lines, int count) => lines.Concat(Enumerable.Repeat("", count)).Take(count);

    private static string Heading(PickerState state, int section)
    {
        var (name, count, _) = state.List.Sections[section];
        var shown = CountItems(state.Lines.Where(line => line.Section == section));
        return shown == count ? $"{name} ({count})" : $"{name} ({shown} of {count})";
    }

    private static string Mark(bool isCursor, bool isSelected) => $"{(isCursor ? '>' : ' ')} [{(isSelected ? 'x' : ' ')}] ";

    private static string Row(IReadOnlyList<string> cells, IReadOnlyList<int> widths)
    {
        var text = new StringBuilder();
        foreach (var (cell, width) in cells.Zip(widths))
        {
            var fitted = Table.Shorten(cell, width);
            text.Append(fitted).Append(' ', width - Table.Width(fitted) + 2);
        }

        return text.ToString();
    }

    // Where not all cells fit, the widest give way: a long name never pushes a size off the screen.
    private static List<int> Share(IReadOnlyList<int> widths, int columns)
    {
        var room = columns - (2 * (widths.Count - 1));
        var widest = Math.Max(NarrowestCell, columns);
        while (widest > NarrowestCell && widths.Sum(width => Math.Min(width, widest)) > room)
        {
            widest--;
        }

        return [.. widths.Select(width => Math.Min(width, widest))];
    }

    private static string Total(PickerState state) =>
        state.Selected.Count == 0 ? "Nothing selected"
        : $"{state.Selected.Count} selected, frees {state.Frees}{(state.SelectedUnseen > 0 ? $" ({state.SelectedUnseen} hidden by the filter)" : "")}";

    private static string Keys(PickerState state)
    {
        if (state.Notice is not null)
        {
            return state.Notice;
        }

        if (state.IsFiltering)
        {
            return Prompt(state);
        }

        var verb = SafeText.Escape(state.List.Verb);
        string[] keys =
        [
            $"↑↓ move  space select  a all  / filter  s sort  enter {verb}  q leave",
            $"space select  a all  / filter  s sort  enter {verb}  q leave",
            $"space select  a all  enter {verb}  q leave",
        ];
        return keys.FirstOrDefault(line => Table.Width(line) <= state.Size.Columns, keys[^1]);
    }

    private static string Prompt(PickerState state)
    {
        const string Keys = "enter keep  esc clear";
        var room = state.Size.Columns - Keys.Length - 2;
        var typed = $"/{SafeText.Escape(state.Filter)}_";
        var from = 0;
        // What is being typed is at the end.
        while (Table.Width(typed[from..]) + (from == 0 ? 0 : 1) > room)
        {
            from += char.IsHighSurrogate(typed[from]) ? 2 : 1;
        }

        var prompt = (from == 0 ? "" : "…") + typed[from..];
        return prompt + new string(' ', room - Table.Width(prompt) + 2) + Keys;
    }
}
