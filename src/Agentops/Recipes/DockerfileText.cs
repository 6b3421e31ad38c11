using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agentops.Recipes;

/// <summary>One instruction of a Dockerfile.</summary>
/// <param name="Name">In capitals: <c>COPY</c>.</param>
/// <param name="Flags">Such as <c>--from=build</c>.</param>
/// <param name="Rest">What comes after name and flags, on one line.</param>
internal sealed record Instruction(string Name, IReadOnlyList<string> Flags, string Rest)
{
    /// <summary>The value of a flag.</summary>
    /// <param name="flag">Such as <c>from</c>.</param>
    /// <returns>Null when it is not there.</returns>
    public string? Flag(string flag) => Flags
        .Where(given => given.StartsWith($"--{flag}=", StringComparison.OrdinalIgnoreCase))
        .Select(given => given[(flag.Length + 3)..])
        .FirstOrDefault();

    /// <summary>The words of the rest, of its JSON form as well.</summary>
    /// <returns>Quotes and variables are as they were written.</returns>
    public IReadOnlyList<string> Words()
    {
        if (Rest.StartsWith('['))
        {
            try
            {
                using var json = JsonDocument.Parse(Rest);
                return [.. json.RootElement.EnumerateArray().Select(item => item.GetString() ?? "")];
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException)
            {
                // As the builders do: what is not a list of texts is words that happen to start with a bracket.
            }
        }

        return Rest.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
    }
}

/// <summary>Reads a Dockerfile as far as is needed to know what it copies and what it is built on; whether it is right is for the builder to say.</summary>
/// <remarks>The format: https://docs.docker.com/reference/dockerfile/</remarks>
internal static partial class DockerfileText
{
    /// <summary>Reads the instructions.</summary>
    /// <param name="text">The Dockerfile.</param>
    /// <returns>In the order of the file, line continuations joined, here-documents left out.</returns>
    public static IReadOnlyList<Instruction> Parse(string text)
    {
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        var escape = EscapeCharacter(lines);
        var instructions = new List<Instruction>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (IsBlankOrComment(lines[i]))
            {
                continue;
            }

            var instruction = Of(LogicalLine(lines, ref i, escape));
            instructions.Add(instruction);
            foreach (var name in HereDocuments(instruction))
            {
                SkipHereDocument(lines, ref i, name);
            }
        }

        return instructions;
    }

    private static char EscapeCharacter(string[] lines)
    {
        foreach (var line in lines)
        {
            var match = Directive().Match(line);
            if (!match.Success)
            {
                return '\\';
            }

            if (match.Groups["name"].Value.Equals("escape", StringComparison.OrdinalIgnoreCase))
            {
                return match.Groups["value"].Value.Trim() == "`" ? '`' : '\\';
            }
        }

        return '\\';
    }

    private static string LogicalLine(string[] lines, ref int i, char escape)
    {
        var whole = new StringBuilder();
        for (; i < lines.Length; i++)
        {
            // Between the parts of a continued line, comments and blank lines do not count.
            if (whole.Length > 0 && IsBlankOrComment(lines[i]))
            {
                continue;
            }

            var line = lines[i].TrimEnd();
            if (!line.EndsWith(escape))
            {
                return whole.Append(line).ToString();
            }

            whole.Append(line.AsSpan(..^1)).Append(' ');
        }

        return whole.ToString();
    }

    private static Instruction Of(string line)
    {
        var (name, rest) = Cut(line.Trim());
        var flags = new List<string>();
        while (rest.StartsWith("--", StringComparison.Ordinal))
        {
            (var flag, rest) = Cut(rest);
            flags.Add(flag);
        }

        return new(name.ToUpperInvariant(), flags, rest);
    }

    private static (string Word, string After) Cut(string text)
    {
        var end = text.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 ? (text, "") : (text[..end], text[end..].TrimStart());
    }

    private static IEnumerable<string> HereDocuments(Instruction instruction) =>
        instruction.Name is not ("RUN" or "COPY" or "ADD") ? [] : instruction.Rest
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => HereDocument().Match(word))
            .Where(match => match.Success)
            .Select(match => match.Groups["name"].Value);

    private static void SkipHereDocument(string[] lines, ref int i, string name)
    {
        // Without its end it is none: a shell's own "<<" in a RUN of one line, as old builders read it.
        for (var end = i + 1; end < lines.Length; end++)
        {
            if (lines[end].TrimStart('\t') == name)
            {
                i = end;
                return;
            }
        }
    }

    private static bool IsBlankOrComment(string line) => line.AsSpan().TrimStart() is [] or ['#', ..];

    [GeneratedRegex(@"\A\s*#\s*(?<name>[A-Za-z]+)\s*=(?<value>.*)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Directive();

    [GeneratedRegex(@"\A[0-9]*<<-?(?<quote>[""']?)(?<name>[A-Za-z_][A-Za-z0-9_.]*)\k<quote>\z", RegexOptions.ExplicitCapture)]
    private static partial Regex HereDocument();
}
