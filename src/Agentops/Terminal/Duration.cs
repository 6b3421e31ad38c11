using System.Globalization;
using System.Text.RegularExpressions;

namespace Agentops.Terminal;

/// <summary>A length of time as people write it; the same rules for <c>config.yaml</c> and the command line.</summary>
public static partial class Duration
{
    // Far enough to mean "ever", near enough to be taken from any instant.
    private const int MostYears = 100;

    /// <summary>Reads a whole number and <c>m</c> (minutes), <c>h</c> (hours), <c>d</c> (days) or <c>w</c> (weeks).</summary>
    /// <param name="text">As written, such as <c>30m</c>, <c>12h</c>, <c>7d</c>, <c>2w</c>.</param>
    /// <param name="where">What the message of a fault starts with: a place in a file, or <c>--older-than</c>.</param>
    /// <returns>Zero or more, at most 100 years.</returns>
    /// <exception cref="UsageException">It is none.</exception>
    public static TimeSpan Parse(string text, string where)
    {
        var match = Form().Match(text);
        if (!match.Success)
        {
            throw new UsageException($"{where}: expected a time such as 30m, 12h, 7d or 2w, got '{text}'");
        }

        var unit = match.Groups["unit"].ValueSpan[0] switch
        {
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => TimeSpan.FromDays(7),
        };
        return long.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= TimeSpan.FromDays(365 * MostYears) / unit
            ? number * unit
            : throw new UsageException($"{where}: expected a time of at most {MostYears} years, got '{text}'");
    }

    [GeneratedRegex(@"\A(?<number>[0-9]+)(?<unit>[mhdw])\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
