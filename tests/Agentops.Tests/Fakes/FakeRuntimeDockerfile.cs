using System.Text.Json;
using System.Text.RegularExpressions;
using Agentops.Building;

namespace Agentops.Tests.Fakes;

/// <summary>Reads as much of a Dockerfile as the fake runtime needs to number its steps as BuildKit does.</summary>
internal static partial class FakeRuntimeDockerfile
{
    // What BuildKit counts: metadata such as ENV and LABEL is no step.
    private static readonly HashSet<string> Steps = ["FROM", "RUN", "COPY", "ADD", "WORKDIR"];

    private static readonly HashSet<string> Known =
        [.. Steps, "ENV", "LABEL", "CMD", "ENTRYPOINT", "ARG", "USER", "EXPOSE", "VOLUME", "SHELL", "STOPSIGNAL", "HEALTHCHECK", "ONBUILD", "MAINTAINER"];

    public static IReadOnlyList<Stage> Parse(string text, ImageBuild build)
    {
        var stages = new List<Stage>();
        var arguments = new Dictionary<string, string>();
        foreach (var (line, number) in Lines(text))
        {
            var match = Form().Match(line);
            var (word, argument) = (match.Groups[1].Value.ToUpperInvariant(), Substitute(match.Groups[2].Value.Trim(), arguments));
            if (!Known.Contains(word))
            {
                throw new BuildFailedException(null, $"dockerfile parse error line {number}: unknown instruction: {word}");
            }

            if (word == "ARG")
            {
                var parts = argument.Split('=', 2);
                arguments[parts[0]] = build.Arguments.GetValueOrDefault(parts[0]) ?? (parts.Length == 2 ? parts[1].Trim('"') : "");
            }

            if (word == "FROM")
            {
                var from = From().Match(argument);
                var name = from.Groups["name"] is { Success: true, Value: var given } ? given : $"stage-{stages.Count}";
                stages.Add(new Stage(name, [new Instruction("FROM", from.Groups["image"].Value)]));
            }
            else if (stages.Count > 0)
            {
                stages[^1].Instructions.Add(new Instruction(word, argument));
            }
            else if (word != "ARG")
            {
                throw new BuildFailedException(null, "dockerfile parse error: no build stage in current context");
            }
        }

        return Needed(stages, build.Target);
    }

    private static List<Stage> Needed(List<Stage> stages, string? target)
    {
        if (stages.Count == 0)
        {
            throw new BuildFailedException(null, "the Dockerfile (Dockerfile) cannot be empty");
        }

        var last = target is null ? stages.Count - 1 : stages.FindIndex(stage => stage.Name == target);
        if (last < 0)
        {
            throw new BuildFailedException(null, $"target stage {target} could not be found");
        }

        var kept = stages[..(last + 1)];
        kept.ForEach(stage => stage.Label = kept.Count > 1 ? stage.Name : null);
        return kept;
    }

    private static IEnumerable<(string Line, int Number)> Lines(string text)
    {
        var pending = "";
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            pending += line.TrimEnd('\\');
            if (!line.EndsWith('\\'))
            {
                yield return (pending, number);
                pending = "";
            }
        }
    }

    private static string Substitute(string text, Dictionary<string, string> arguments) =>
        Variable().Replace(text, match => arguments.GetValueOrDefault(match.Groups[1].Value) ?? match.Value);

    [GeneratedRegex(@"\A(\w+)\s*(.*)\z", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex(@"\A(?:--\S+\s+)*(?<image>[^\s@]+)\S*(?:\s+[Aa][Ss]\s+(?<name>\S+))?\z")]
    private static partial Regex From();

    [GeneratedRegex(@"\$\{?(\w+)\}?")]
    private static partial Regex Variable();

    public sealed class Stage(string name, List<Instruction> instructions)
    {
        public string Name { get; } = name;

        public string? Label { get; set; }

        public List<Instruction> Instructions { get; } = instructions;

        public int Total => Instructions.Count(instruction => instruction.IsStep);
    }

    public sealed record Instruction(string Word, string Argument)
    {
        // FROM scratch is nothing BuildKit has to do.
        public bool IsStep => Steps.Contains(Word) && !(Word == "FROM" && Argument == "scratch");

        public string Text => Regex.Replace($"{Word} {Argument}", @"\s+", " ");

        public void Apply(FakeRuntimeImage image)
        {
            switch (Word)
            {
                case "CMD":
                    image.Command = Words();
                    break;
                case "ENTRYPOINT":
                    (image.Entrypoint, image.Command) = (Words(), []);
                    break;
                case "ENV":
                    image.Environment = [.. image.Environment, Argument.Contains('=', StringComparison.Ordinal) ? Argument.Replace("\"", "", StringComparison.Ordinal) : Argument.Replace(' ', '=')];
                    break;
                case "LABEL":
                    var parts = Argument.Split('=', 2);
                    image.Labels = new Dictionary<string, string>(image.Labels) { [parts[0].Trim('"')] = parts.Length == 2 ? parts[1].Trim('"') : "" };
                    break;
            }
        }

        private IReadOnlyList<string> Words() => Argument.StartsWith('[') ? JsonSerializer.Deserialize<string[]>(Argument)! : ["/bin/sh", "-c", Argument];
    }
}
