using Agentops.Terminal;
using Agentops.Terminal.Picking;

namespace Agentops.Tests.Terminal.Picking;

/// <summary>Lists to choose from, and keys by their names.</summary>
internal static class Choice
{
    /// <summary>The positions of what <see cref="Leftovers"/> holds.</summary>
    public const int TestBotRun = 0;
    public const int ScraperRun = 1;
    public const int ScraperImage = 2;
    public const int TestBotImage = 3;
    public const int Base = 4;

    private static readonly TerminalSize Usual = new(80, 24);

    // What each takes by itself: the images share all of the base.
    private static readonly long[] Own = [89_000_000, 201_000_000, 37_000_000, 53_000_000, 245_000_000];

    /// <summary>Two stopped runs, their images, and the base of these.</summary>
    public static PickerList Leftovers => List(
        [
            Run("test-bot", "e5f6g7h8", days: 1, megabytes: 89),
            Run("scraper", "i9j0k1l2", days: 3, megabytes: 201),
            Image("agentops/scraper:latest", days: 3, megabytes: 282, needs: [ScraperRun]),
            Image("agentops/test-bot:latest", days: 1, megabytes: 298, needs: [TestBotRun]),
            Image("agentops/base-node:22", days: 5, megabytes: 245, needs: [ScraperImage, TestBotImage]),
        ],
        picked => new ByteSize(picked.Sum(item => Own[item])).ToString());

    public static PickerList List(IReadOnlyList<PickerItem> items, Func<IReadOnlyCollection<int>, string>? frees = null) =>
        new("Choose what to remove", "remove", items, frees ?? (picked => new ByteSize(picked.Sum(item => items[item].Size?.Bytes ?? 0)).ToString()));

    public static PickerItem Run(string name, string id = "a1b2c3d4", int? days = 1, long? megabytes = 1, string section = "Stopped runs") => new(
        section,
        [name, id, "stopped", Age.Describe(Given.Now.AddDays(-days ?? 0), Given.Now), Size(megabytes)?.ToString() ?? "?"],
        Size(megabytes),
        days is null ? null : Given.Now.AddDays(-days.Value),
        []);

    public static PickerItem Image(string tag, int days, long megabytes, int[] needs) => new(
        "Unused images", [tag, $"{days}d ago", $"{megabytes} MB", needs.Length == 0 ? "(no active run)" : "(with its runs)"], Size(megabytes), Given.Now.AddDays(-days), needs);

    public static PickerState Open(PickerList list, int columns = 0, int rows = 0) =>
        PickerState.Of(list, columns == 0 ? Usual : new TerminalSize(columns, rows));

    /// <summary>Presses keys by their names, such as <c>down</c> and <c>space</c>; what is no name is typed letter by letter.</summary>
    public static PickerState Press(this PickerState state, string keys) =>
        keys.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(Named).Aggregate(state, (now, key) => now.Press(key));

    private static IEnumerable<Key> Named(string name) => name switch
    {
        "space" => [new Key(KeyKind.Text, " ")],
        "esc" => [new Key(KeyKind.Escape)],
        "ctrl-c" => [new Key(KeyKind.Interrupt)],
        "ctrl-u" => [new Key(KeyKind.Erase)],
        _ when char.IsLetter(name[0]) && name.Length > 1 && Enum.TryParse<KeyKind>(name, ignoreCase: true, out var kind) => [new Key(kind)],
        _ => name.EnumerateRunes().Select(rune => new Key(KeyKind.Text, rune.ToString())),
    };

    private static ByteSize? Size(long? megabytes) => megabytes is { } known ? new ByteSize(known * 1_000_000) : null;
}
