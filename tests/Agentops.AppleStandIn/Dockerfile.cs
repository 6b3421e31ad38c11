using System.Text.RegularExpressions;

namespace Agentops.AppleStandIn;

internal sealed record Instruction(string Word, string Argument, int Line)
{
    public string Text => Regex.Replace($"{Word} {Argument}", @"\s+", " ");
}

/// <summary>One stage of a recipe, with what it is built on first.</summary>
internal sealed class Stage(string? name, string from)
{
    public string? Name { get; } = name;

    public string From { get; } = from;

    public List<Instruction> Instructions { get; } = [];
}

/// <summary>Reads a Dockerfile as far as the stand-in's builder goes.</summary>
internal static partial class Dockerfile
{
    private static readonly string[] Known = ["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"];

    public static List<Stage> Parse(string text, IReadOnlyDictionary<string, string> arguments)
    {
        var stages = new List<Stage>();
        var known = new Dictionary<string, string>();
        foreach (var (line, number) in Lines(text))
        {
            var match = Form().Match(line);
            var (word, argument) = (match.Groups[1].Value.ToUpperInvariant(), match.Groups[2].Value);
            if (word == "FROM")
            {
                var from = From().Match(Substitute(argument, known));
                stages.Add(new Stage(from.Groups["name"] is { Success: true } name ? name.Value : null, from.Groups["image"].Value));
                continue;
            }

            if (!Known.Contains(word))
            {
                throw Failed($"dockerfile parse error on line {number}: unknown instruction: {match.Groups[1].Value}");
            }

            if (word == "ARG")
            {
                var parts = argument.Split('=', 2);
                known[parts[0]] = arguments.GetValueOrDefault(parts[0], parts.ElementAtOrDefault(1) ?? "");
            }
            else if (stages.Count == 0)
            {
                throw Failed("no build stage in current context");
            }
            else
            {
                stages[^1].Instructions.Add(new Instruction(word, argument, number));
            }
        }

        Arguments = known;
        return stages.Count > 0 ? stages : throw Failed("the Dockerfile cannot be empty");
    }

    /// <summary>The values of all <c>ARG</c>s; a step's environment has them.</summary>
    public static IReadOnlyDictionary<string, string> Arguments { get; private set; } = new Dictionary<string, string>();

    /// <summary>What BuildKit's errors look like when they come out of the original.</summary>
    public static Fault Failed(string reason) => Fault.Thrown($"unknown: \"failed to solve: {reason}\"");

    public static string Substitute(string text, IReadOnlyDictionary<string, string> values) => Variable().Replace(text, match => values.GetValueOrDefault(match.Groups[1].Value) ?? match.Value);

    private static IEnumerable<(string Line, int Number)> Lines(string text)
    {
        var (pending, number) = ("", 0);
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length > 0 && !line.StartsWith('#'))
            {
                pending += line.TrimEnd('\\');
                if (!line.EndsWith('\\'))
                {
                    yield return (pending, number);
                    pending = "";
                }
            }
        }
    }

    [GeneratedRegex(@"\A(\w+)\s*(.*)\z", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex(@"\A(?:--\S+\s+)*(?<image>\S+)(?:\s+[Aa][Ss]\s+(?<name>\S+))?\z")]
    private static partial Regex From();

    [GeneratedRegex(@"\$\{?(\w+)\}?")]
    private static partial Regex Variable();
}
