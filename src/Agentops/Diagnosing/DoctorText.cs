using System.Text;
using Agentops.Terminal;

namespace Agentops.Diagnosing;

/// <summary>How <c>agent doctor</c> reads.</summary>
internal static class DoctorText
{
    private const int LeastRoom = 24;
    private const int LeastIndent = 6;

    /// <summary>Describes a diagnosis.</summary>
    /// <param name="diagnosis">What is in order and what is not.</param>
    /// <param name="columns">Of the terminal it is for: lines are broken between words; null for a file or a pipe, where none is.</param>
    /// <returns>Lines, each with its end.</returns>
    public static string Describe(Diagnosis diagnosis, int? columns)
    {
        (string Name, IReadOnlyList<Finding> Findings)[] sections = [("Runtimes", diagnosis.Runtimes), ("agent run", [diagnosis.Run]), ("State folder", diagnosis.State)];
        var width = sections.SelectMany(section => section.Findings).Max(finding => Table.Width(SafeText.Escape(finding.Subject)));
        var text = new StringBuilder();
        foreach (var (name, findings) in sections)
        {
            text.Append(name).Append('\n');
            foreach (var finding in findings)
            {
                Append(text, finding, width, columns);
            }

            text.Append('\n');
        }

        return text.Append(diagnosis.Obstacle is { } obstacle ? $"No run can start: {SafeText.Escape(obstacle)}.\n" : "A run can start.\n").ToString();
    }

    private static void Append(StringBuilder text, Finding finding, int width, int? columns)
    {
        var subject = SafeText.Escape(finding.Subject);
        var head = $"  {Mark(finding.Level)} {subject}{new string(' ', width - Table.Width(subject) + 2)}";
        var indent = Table.Width(head);
        if (columns - indent < LeastRoom)
        {
            // Beside a long name there is no room for words.
            text.Append(head.TrimEnd()).Append('\n');
            (head, indent) = ("", LeastIndent);
        }

        var lines = finding.Details.Prepend(finding.Message).SelectMany(line => Break(SafeText.Escape(line), columns - indent, hanging: 0))
            .Concat(finding.Advice.SelectMany(line => Break($"→ {SafeText.Escape(line)}", columns - indent, hanging: 2)));
        foreach (var line in lines)
        {
            text.Append(head.PadRight(indent - (Table.Width(head) - head.Length))).Append(line).Append('\n');
            head = "";
        }
    }

    private static char Mark(FindingLevel level) => level switch
    {
        FindingLevel.Fine => '✓',
        FindingLevel.Warning => '⚠',
        _ => '✗',
    };

    // A word that is longer than a line stays whole: an address can be copied then.
    private static IEnumerable<string> Break(string line, int? room, int hanging)
    {
        if (room is not { } width || Table.Width(line) <= width)
        {
            return [line];
        }

        var lines = new List<string>();
        var current = "";
        foreach (var word in line.Split(' '))
        {
            if (current.Trim().Length > 0 && Table.Width(current) + 1 + Table.Width(word) > width)
            {
                lines.Add(current);
                current = new string(' ', hanging) + word;
            }
            else
            {
                current = current.Length == 0 ? word : $"{current} {word}";
            }
        }

        lines.Add(current);
        return lines;
    }
}
