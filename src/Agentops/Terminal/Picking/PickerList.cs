namespace Agentops.Terminal.Picking;

/// <summary>What there is to pick from; does not change while it is shown.</summary>
internal sealed class PickerList
{
    private readonly IReadOnlyList<int>[] needs;
    private readonly List<int>[] neededBy;
    private readonly string[] texts;
    private readonly int[] sectionOf;

    /// <summary>A list to pick from.</summary>
    /// <param name="title">The first line, such as <c>Choose what to remove</c>.</param>
    /// <param name="verb">What Enter does to the picked items, such as <c>remove</c>.</param>
    /// <param name="items">What can be picked; results are positions in it.</param>
    /// <param name="frees">Pure: what picking these items frees, such as <c>572 MB</c>. Sizes do not add up where items share bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An item needs one that is not there.</exception>
    public PickerList(string title, string verb, IReadOnlyList<PickerItem> items, Func<IReadOnlyCollection<int>, string> frees)
    {
        Title = title;
        Verb = verb;
        Items = items;
        Frees = frees;
        Cells = [.. items.Select(item => item.Cells.Select(SafeText.Escape).ToList())];
        texts = [.. Cells.Select(cells => string.Join(' ', cells))];

        var sections = items.Select(item => item.Section).Distinct().ToList();
        sectionOf = [.. items.Select(item => sections.IndexOf(item.Section))];
        Sections = [.. sections.Select((name, section) => new Section(SafeText.Escape(name), sectionOf.Count(of => of == section), WidthsOf(section)))];

        needs = [.. items.Select(item => item.Needs)];
        neededBy = [.. items.Select(_ => new List<int>())];
        foreach (var (item, needed) in needs.SelectMany((all, item) => all.Select(needed => (item, needed))))
        {
            ArgumentOutOfRangeException.ThrowIfNegative(needed, nameof(items));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(needed, items.Count, nameof(items));
            neededBy[needed].Add(item);
        }
    }

    /// <summary>Some items under a heading.</summary>
    /// <param name="Name">The heading, escaped.</param>
    /// <param name="Count">How many items it has, shown or not.</param>
    /// <param name="Widths">How many columns of a terminal each of its cells needs.</param>
    public sealed record Section(string Name, int Count, IReadOnlyList<int> Widths);

    /// <summary>A line of the list: a heading or an item.</summary>
    /// <param name="Section">Position in <see cref="Sections"/>.</param>
    /// <param name="Item">Position in <see cref="Items"/>; null for the heading.</param>
    public readonly record struct Line(int Section, int? Item);

    /// <summary>The first line of the screen.</summary>
    public string Title { get; }

    /// <summary>What Enter does.</summary>
    public string Verb { get; }

    /// <summary>What can be picked.</summary>
    public IReadOnlyList<PickerItem> Items { get; }

    /// <summary>What each item shows, escaped.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cells { get; }

    /// <summary>In the order in which they first come up.</summary>
    public IReadOnlyList<Section> Sections { get; }

    /// <summary>What picking these items frees.</summary>
    public Func<IReadOnlyCollection<int>, string> Frees { get; }

    /// <summary>The lines to show: each section that has something to show, its heading first.</summary>
    /// <param name="filter">Only items that show each of its words; upper and lower case are the same.</param>
    /// <param name="order">How the items of a section follow one another.</param>
    /// <returns>Headings and items; a heading is always followed by an item.</returns>
    public IReadOnlyList<Line> Arrange(string filter, PickerOrder order)
    {
        var words = filter.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var shown = Enumerable.Range(0, Items.Count).Where(item => words.All(word => texts[item].Contains(word, StringComparison.OrdinalIgnoreCase)));
        return
        [
            .. Sort(shown, order).GroupBy(item => sectionOf[item]).OrderBy(section => section.Key)
                .SelectMany(section => section.Select(item => new Line(section.Key, item)).Prepend(new Line(section.Key, Item: null))),
        ];
    }

    /// <summary>Items with all that has to go for them to go.</summary>
    /// <param name="items">The items.</param>
    /// <returns>They and what they need, directly or through others.</returns>
    public IReadOnlySet<int> WithNeeds(IEnumerable<int> items) => Reached(items, needs);

    /// <summary>Items with all that cannot go unless they do.</summary>
    /// <param name="items">The items.</param>
    /// <returns>They and what needs them, directly or through others.</returns>
    public IReadOnlySet<int> WithWhatNeeds(IEnumerable<int> items) => Reached(items, neededBy);

    private IEnumerable<int> Sort(IEnumerable<int> items, PickerOrder order) => order switch
    {
        PickerOrder.BySize => items.OrderByDescending(item => Items[item].Size?.Bytes ?? -1),
        PickerOrder.ByAge => items.OrderBy(item => Items[item].CreatedAt ?? DateTimeOffset.MaxValue),
        _ => items,
    };

    private List<int> WidthsOf(int section)
    {
        var rows = Cells.Where((_, item) => sectionOf[item] == section).ToList();
        return [.. Enumerable.Range(0, rows.Max(row => row.Count)).Select(column => rows.Max(row => column < row.Count ? Table.Width(row[column]) : 0))];
    }

    private static HashSet<int> Reached(IEnumerable<int> start, IReadOnlyList<IReadOnlyList<int>> links)
    {
        var reached = start.ToHashSet();
        var open = new Queue<int>(reached);
        while (open.TryDequeue(out var item))
        {
            foreach (var next in links[item].Where(reached.Add))
            {
                open.Enqueue(next);
            }
        }

        return reached;
    }
}
