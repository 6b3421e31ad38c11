namespace Agentops.Terminal.Picking;

/// <summary>How picking ended.</summary>
internal enum PickerEnd
{
    /// <summary>With Enter: what is selected was picked, and that is not nothing.</summary>
    Accepted,

    /// <summary>With q or Esc: nothing was picked.</summary>
    Left,

    /// <summary>With Ctrl+C.</summary>
    Interrupted,
}

/// <summary>What a user sees of a <see cref="PickerList"/> and has picked from it; each key makes another one.</summary>
internal sealed record PickerState
{
    /// <summary>A smaller terminal shows no list.</summary>
    public static readonly TerminalSize Smallest = new(50, 8);

    private const int LongestFilter = 200;

    private PickerState(PickerList list) => List = list;

    /// <summary>What there is to pick from.</summary>
    public PickerList List { get; }

    /// <summary>The terminal's size; 80 by 24 when it does not know.</summary>
    public TerminalSize Size { get; private init; }

    /// <summary>Headings and items as the filter and the order arrange them.</summary>
    public IReadOnlyList<PickerList.Line> Lines { get; private init; } = [];

    /// <summary>Which of <see cref="Lines"/> the cursor is on, never a heading; -1 when there is none.</summary>
    public int Cursor { get; private init; } = -1;

    /// <summary>Which of <see cref="Lines"/> is the first on the screen; if it is an item, the heading of its section stands in its place.</summary>
    public int Scroll { get; private init; }

    /// <summary>Positions in the list, ascending; all that they need is among them.</summary>
    public IReadOnlySet<int> Selected { get; private init; } = new SortedSet<int>();

    /// <summary>What the selection frees, for people.</summary>
    public string Frees { get; private init; } = "";

    /// <summary>How the items of a section follow one another.</summary>
    public PickerOrder Order { get; private init; }

    /// <summary>Only items with these words are shown; empty for all.</summary>
    public string Filter { get; private init; } = "";

    /// <summary>The filter is being typed.</summary>
    public bool IsFiltering { get; private init; }

    /// <summary>What the last key brought about besides what it says; null for nothing.</summary>
    public string? Notice { get; private init; }

    /// <summary>How it ended; null while it goes on.</summary>
    public PickerEnd? End { get; private init; }

    /// <summary>There is no room for a list.</summary>
    public bool IsTooSmall => Size.Columns < Smallest.Columns || Size.Rows < Smallest.Rows;

    /// <summary>How many of <see cref="Lines"/> there is room for: title, total, keys and what is above and below take a row each.</summary>
    public int Height => Math.Max(Size.Rows, Smallest.Rows) - 5;

    /// <summary>How many selected items the filter hides.</summary>
    public int SelectedUnseen => Selected.Count - ShownItems.Count(Selected.Contains);

    private IEnumerable<int> ShownItems => Lines.Where(line => line.Item is not null).Select(line => line.Item!.Value);

    /// <summary>Nothing selected, the cursor on the first item.</summary>
    /// <param name="list">What there is to pick from.</param>
    /// <param name="size">The terminal's size.</param>
    /// <returns>The first state.</returns>
    public static PickerState Of(PickerList list, TerminalSize size) => new PickerState(list).Resize(size).Arrange("", PickerOrder.AsGiven);

    /// <summary>The terminal's size has changed.</summary>
    /// <param name="size">Its size now.</param>
    /// <returns>The same in that size, the cursor on the screen.</returns>
    public PickerState Resize(TerminalSize size) => (this with { Size = size is { Columns: > 0, Rows: > 0 } ? size : new TerminalSize(80, 24) }).Follow();

    /// <summary>A key was pressed.</summary>
    /// <param name="key">Which.</param>
    /// <returns>What follows from it; the same once it has ended.</returns>
    public PickerState Press(Key key)
    {
        var state = this with { Notice = null };
        return End is not null ? this
            : key.Kind == KeyKind.Interrupt ? state with { End = PickerEnd.Interrupted }
            // What cannot be seen is not to be changed.
            : IsTooSmall ? key is { Kind: KeyKind.Escape } or { Kind: KeyKind.Text, Text: "q" } ? state with { End = PickerEnd.Left } : state
            : state.Move(key.Kind) ?? (IsFiltering ? state.Type(key) : state.Command(key));
    }

    private PickerState? Move(KeyKind key) => key switch
    {
        KeyKind.Up => MoveBy(-1),
        KeyKind.Down => MoveBy(1),
        KeyKind.PageUp => MoveBy(-(Height - 1)),
        KeyKind.PageDown => MoveBy(Height - 1),
        KeyKind.Home => MoveBy(-Lines.Count),
        KeyKind.End => MoveBy(Lines.Count),
        _ => null,
    };

    private PickerState Command(Key key) => key switch
    {
        { Kind: KeyKind.Enter } => Selected.Count > 0 ? this with { End = PickerEnd.Accepted } : this with { Notice = "Nothing is selected: space selects, q leaves" },
        { Kind: KeyKind.Escape } or { Kind: KeyKind.Text, Text: "q" } => this with { End = PickerEnd.Left },
        { Kind: KeyKind.Text, Text: "j" } => MoveBy(1),
        { Kind: KeyKind.Text, Text: "k" } => MoveBy(-1),
        { Kind: KeyKind.Text, Text: " " } => Cursor < 0 ? this : Toggle([Lines[Cursor].Item!.Value]),
        { Kind: KeyKind.Text, Text: "a" } => Toggle([.. ShownItems]),
        { Kind: KeyKind.Text, Text: "s" } => (this with { Cursor = -1 }).Arrange(Filter, (PickerOrder)(((int)Order + 1) % 3)),
        { Kind: KeyKind.Text, Text: "/" } => this with { IsFiltering = true },
        _ => this,
    };

    private PickerState Type(Key key) => key.Kind switch
    {
        KeyKind.Enter => this with { IsFiltering = false },
        KeyKind.Escape => (this with { IsFiltering = false }).Arrange("", Order),
        KeyKind.Erase => Arrange("", Order),
        KeyKind.Backspace when Filter.Length == 0 => this with { IsFiltering = false },
        KeyKind.Backspace => Arrange(Filter[..^Filter.EnumerateRunes().Last().Utf16SequenceLength], Order),
        _ => Filter.Length < LongestFilter ? Arrange(Filter + key.Text, Order) : this,
    };

    private PickerState Toggle(IReadOnlyList<int> items)
    {
        var selects = !items.All(Selected.Contains);
        var touched = selects ? List.WithNeeds(items) : List.WithWhatNeeds(items);
        var others = touched.Except(items).Count(item => Selected.Contains(item) != selects);
        var selected = new SortedSet<int>(selects ? Selected.Union(touched) : Selected.Except(touched));
        return this with
        {
            Selected = selected,
            Frees = List.Frees(selected),
            Notice = others == 0 ? null : $"{(others == 1 ? "1 other" : $"{others} others")} {(selects ? "selected" : "deselected")} with {(items.Count == 1 ? "it" : "them")}",
        };
    }

    // A heading is passed over: an item follows each, and one comes before each but the first.
    private PickerState MoveBy(int lines)
    {
        if (Cursor < 0)
        {
            return this;
        }

        var line = Math.Clamp(Cursor + lines, 1, Lines.Count - 1);
        return (this with { Cursor = Lines[line].Item is not null ? line : lines < 0 ? line - 1 : line + 1 }).Follow();
    }

    // The cursor stays on its item while that is shown, and goes to the first otherwise.
    private PickerState Arrange(string filter, PickerOrder order)
    {
        var item = Cursor < 0 ? null : Lines[Cursor].Item;
        var lines = List.Arrange(filter, order);
        var cursor = item is null ? -1 : lines.ToList().FindIndex(line => line.Item == item);
        return (this with { Filter = filter, Order = order, Lines = lines, Cursor = cursor > 0 ? cursor : lines.Count > 0 ? 1 : -1 }).Follow();
    }

    // The first row is a heading, so the cursor is at least one below it.
    private PickerState Follow()
    {
        var scroll = Math.Clamp(Scroll, Math.Max(0, Cursor - Height + 1), Math.Max(0, Cursor - 1));
        return this with { Scroll = Math.Min(scroll, Math.Max(0, Lines.Count - Height)) };
    }
}
