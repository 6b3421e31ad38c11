using System.Globalization;
using System.Text.RegularExpressions;
using Agentops.Terminal;
using Agentops.Terminal.Picking;
using CsCheck;

namespace Agentops.Tests.Terminal.Picking;

/// <summary>What holds of any list, whatever is pressed and however the terminal is resized.</summary>
public sealed partial class PickerPropertySpecs
{
    private static readonly string[] Texts = ["", "a", "b", "scraper", "agentops/base-node:22", "名前の長い", "e\u0301", "\e[2J", "two\nlines", "👩‍💻", "\ud800", new string('x', 90), new string('名', 50)];

    private static readonly Gen<string> AnyText = Gen.OneOf(Texts);

    private static readonly Gen<ByteSize?> AnySize = Gen.Int[-1, 3].Select(size => size < 0 ? (ByteSize?)null : new ByteSize(size));

    private static readonly Gen<PickerItem[]> AnyItems =
        Gen.Select(Gen.Int[0, 3], AnyText.Array[0, 5], AnySize, Gen.Int[-1, 3], Gen.Int[0, 99].Array[0, 3], (section, cells, size, age, needs) => new PickerItem(
            $"Section {section}", cells, size, age < 0 ? null : Given.Now.AddDays(-age), needs)).Array[0, 40]
            .Select(items => items.Select(item => item with { Needs = [.. item.Needs.Select(need => need % items.Length)] }).ToArray());

    private static readonly Gen<Key> AnyKey = Gen.Frequency(
        (3, Gen.OneOf(" ", "a", "s", "/", "j", "k", "名", "x").Select(letter => new Key(KeyKind.Text, letter))),
        (2, Gen.OneOf(KeyKind.Up, KeyKind.Down, KeyKind.PageUp, KeyKind.PageDown, KeyKind.Home, KeyKind.End).Select(kind => new Key(kind))),
        (1, Gen.OneOf(KeyKind.Enter, KeyKind.Escape, KeyKind.Backspace, KeyKind.Erase, KeyKind.Interrupt).Select(kind => new Key(kind))),
        (1, Gen.OneOf("b", "q").Select(letter => new Key(KeyKind.Pasted, letter))));

    private static readonly Gen<TerminalSize> AnyTerminal = Gen.Frequency(
        (3, Gen.Select(Gen.Int[50, 120], Gen.Int[8, 30], (columns, rows) => new TerminalSize(columns, rows))),
        (1, Gen.Select(Gen.Int[0, 60], Gen.Int[0, 12], (columns, rows) => new TerminalSize(columns, rows))));

    private static readonly Gen<Step[]> AnySteps = Gen.Frequency(
        (9, AnyKey.Select(key => new Step(key, null))),
        (1, AnyTerminal.Select(size => new Step(null, size)))).Array[0, 40];

    [Fact]
    public void Whatever_is_pressed_the_screen_and_the_selection_are_sound() =>
        Gen.Select(AnyItems, AnyTerminal, AnySteps).Sample(
            (items, size, steps) =>
            {
                var state = PickerState.Of(Choice.List(items, picked => $"{picked.Count} B"), size);
                AssertIsSound(state);
                foreach (var step in steps)
                {
                    state = step.Key is { } key ? state.Press(key) : state.Resize(step.Size!.Value);
                    AssertIsSound(state);
                }
            },
            iter: 1_000,
            print: tried => SafeText.EscapeLines($"{string.Join('\n', tried.Item1.Select(Describe))}\n{tried.Item2}\n{string.Join('\n', tried.Item3)}"));

    private static string Describe(PickerItem item) => $"{item.Section}: {string.Join(' ', item.Cells)}, needs {string.Join(' ', item.Needs)}";

    private static void AssertIsSound(PickerState state)
    {
        AssertSelectionIsClosed(state);
        AssertCursorIsOnAnItem(state);
        var lines = PickerView.Lines(state);
        AssertScreenFits(state, lines);
        AssertScreenTellsAll(state, lines);
    }

    private static void AssertSelectionIsClosed(PickerState state)
    {
        Assert.All(state.Selected, item => Assert.InRange(item, 0, state.List.Items.Count - 1));
        Assert.All(state.Selected, item => Assert.Subset(state.Selected.ToHashSet(), state.List.Items[item].Needs.ToHashSet()));
        Assert.True(state.End != PickerEnd.Accepted || state.Selected.Count > 0);
    }

    private static void AssertCursorIsOnAnItem(PickerState state)
    {
        if (state.Lines.Count == 0)
        {
            Assert.Equal((-1, 0), (state.Cursor, state.Scroll));
            return;
        }

        Assert.NotNull(state.Lines[state.Cursor].Item);
        Assert.InRange(state.Cursor, state.Scroll + 1, state.Scroll + state.Height - 1);
        Assert.InRange(state.Scroll, 0, Math.Max(0, state.Lines.Count - state.Height));
    }

    private static void AssertScreenFits(PickerState state, IReadOnlyList<string> lines)
    {
        Assert.True(state.IsTooSmall ? lines.Count <= state.Size.Rows : lines.Count == state.Size.Rows);
        Assert.All(lines, line => Assert.True(Table.Width(line) <= state.Size.Columns, line));
        Assert.All(lines, line => Assert.DoesNotContain(line, char.IsControl));
    }

    private static void AssertScreenTellsAll(PickerState state, IReadOnlyList<string> lines)
    {
        if (state.IsTooSmall)
        {
            return;
        }

        var rows = lines.Skip(2).Take(state.Height).Where(line => ItemRow().IsMatch(line)).ToList();
        Assert.Equal(state.Lines.Count(line => line.Item is not null), More(lines[1]) + rows.Count + More(lines[^3]));
        Assert.Equal(state.Cursor < 0 ? 0 : 1, rows.Count(row => row.StartsWith('>')));
        if (PickerView.CursorLine(state) is { } at)
        {
            Assert.StartsWith(state.Selected.Contains(state.Lines[state.Cursor].Item!.Value) ? "> [x]" : "> [ ]", lines[at], StringComparison.Ordinal);
        }

        Assert.StartsWith(state.Selected.Count == 0 ? "Nothing selected" : $"{state.Selected.Count} selected, frees {state.Selected.Count} B", lines[^2], StringComparison.Ordinal);
    }

    private static int More(string line) => line.Length == 0 ? 0 : int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[> ] \[[x ]\]")]
    private static partial Regex ItemRow();

    /// <summary>A key, or another size.</summary>
    private readonly record struct Step(Key? Key, TerminalSize? Size);
}
