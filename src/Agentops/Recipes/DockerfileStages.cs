using System.Text;

namespace Agentops.Recipes;

/// <summary>What a Dockerfile takes in: images from outside, and files from its context.</summary>
/// <param name="Images">References of images it starts or copies from, without its own stages and <c>scratch</c>; those that are only known while it is built are left out.</param>
/// <param name="Sources">Patterns of the files it copies from its context; null for the whole context, as its words leave no other choice.</param>
internal sealed record DockerfileStages(IReadOnlyList<string> Images, IReadOnlyList<Glob>? Sources)
{
    private static readonly string[] RemotePrefixes = ["http://", "https://", "git://", "git@", "ssh://"];

    /// <summary>Follows a Dockerfile up to the stage that is built.</summary>
    /// <param name="instructions">The Dockerfile.</param>
    /// <param name="arguments">Build arguments; they go before the defaults of <c>ARG</c>.</param>
    /// <param name="target">The stage to stop at, or null for the last.</param>
    /// <returns>What it takes in.</returns>
    public static DockerfileStages Of(IReadOnlyList<Instruction> instructions, IReadOnlyDictionary<string, string> arguments, string? target)
    {
        var variables = new Dictionary<string, string>();
        var stages = new List<string>();
        var images = new List<string>();
        var sources = new List<string>();
        var everything = false;
        foreach (var instruction in instructions)
        {
            switch (instruction.Name)
            {
                case "ARG" when stages.Count == 0:
                    Declare(instruction, arguments, variables);
                    break;
                case "FROM":
                    if (target is not null && IsStage(target, stages))
                    {
                        return new(images, everything ? null : Globs(sources));
                    }

                    everything |= instruction.Rest.Contains("onbuild", StringComparison.OrdinalIgnoreCase);
                    var words = instruction.Words();
                    AddImage(words.Count > 0 ? Substitute(words[0], variables) : null, stages, images);
                    stages.Add(words is [_, var keyword, var name, ..] && keyword.Equals("as", StringComparison.OrdinalIgnoreCase) ? name.ToLowerInvariant() : "");
                    break;
                case "COPY" or "ADD" when instruction.Flag("from") is { } from:
                    AddImage(Literal(from), stages, images);
                    break;
                case "COPY" or "ADD":
                    everything |= !AddSources(instruction, sources);
                    break;
                case "RUN":
                    everything |= !AddBinds(instruction, stages, images, sources);
                    break;
            }
        }

        return new(images, everything ? null : Globs(sources));
    }

    private static void Declare(Instruction instruction, IReadOnlyDictionary<string, string> arguments, Dictionary<string, string> variables)
    {
        foreach (var word in instruction.Words())
        {
            var parts = word.Split('=', 2);
            var value = arguments.GetValueOrDefault(parts[0]) ?? (parts is [_, var given] ? Substitute(given.Trim('"', '\''), variables) : null);
            if (value is not null)
            {
                variables[parts[0]] = value;
            }
        }
    }

    private static bool IsStage(string name, List<string> stages) =>
        stages.Contains(name.ToLowerInvariant()) || (int.TryParse(name, out var number) && number >= 0 && number < stages.Count);

    private static void AddImage(string? reference, List<string> stages, List<string> images)
    {
        if (reference is { Length: > 0 } && reference != "scratch" && !IsStage(reference, stages) && !images.Contains(reference))
        {
            images.Add(reference);
        }
    }

    private static string? Literal(string text) => text.Contains('$', StringComparison.Ordinal) ? null : text;

    // False: what it copies cannot be known from its words alone.
    private static bool AddSources(Instruction instruction, List<string> sources)
    {
        var words = instruction.Words();
        foreach (var word in words.SkipLast(1))
        {
            if (word.StartsWith("<<", StringComparison.Ordinal) || (instruction.Name == "ADD" && RemotePrefixes.Any(prefix => word.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))))
            {
                continue;
            }

            if (!AddSource(word, sources))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AddSource(string word, List<string> sources)
    {
        var path = ContextPath.Clean("/" + word).TrimStart('/');
        if (path.Length == 0 || word.AsSpan().IndexOfAny("$\"'\\`") >= 0)
        {
            return false;
        }

        sources.Add(path);
        return true;
    }

    // RUN --mount=type=bind,source=app,target=/app: https://docs.docker.com/reference/dockerfile/#run---mounttypebind
    private static bool AddBinds(Instruction instruction, List<string> stages, List<string> images, List<string> sources)
    {
        foreach (var mount in instruction.Flags.Where(flag => flag.StartsWith("--mount=", StringComparison.Ordinal)).Select(flag => flag["--mount=".Length..]))
        {
            if (mount.AsSpan().IndexOfAny("$\"'") >= 0)
            {
                return false;
            }

            var options = mount.Split(',').Select(option => option.Split('=', 2)).GroupBy(parts => parts[0].ToLowerInvariant()).ToDictionary(group => group.Key, group => group.Last().ElementAtOrDefault(1) ?? "");
            if (options.TryGetValue("from", out var from))
            {
                AddImage(from, stages, images);
            }
            else if (options.GetValueOrDefault("type", "bind") == "bind" && !AddSource(options.GetValueOrDefault("source") ?? options.GetValueOrDefault("src") ?? "/", sources))
            {
                return false;
            }
        }

        return true;
    }

    // The builder is the one to complain of a pattern that is none; it gets all there is.
    private static List<Glob>? Globs(List<string> sources)
    {
        try
        {
            return [.. sources.Distinct().Select(Glob.Parse)];
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // $NAME, ${NAME}, ${NAME:-default} and ${NAME:+other}: https://docs.docker.com/reference/dockerfile/#environment-replacement
    private static string? Substitute(string text, Dictionary<string, string> variables)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] != '$')
            {
                result.Append(text[i++]);
                continue;
            }

            var braces = i + 1 < text.Length && text[i + 1] == '{';
            var start = i + (braces ? 2 : 1);
            var end = start;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            {
                end++;
            }

            var value = variables.GetValueOrDefault(text[start..end]);
            if (braces)
            {
                var close = text.IndexOf('}', end);
                if (close < 0)
                {
                    return null;
                }

                value = text[end..close] switch
                {
                    "" => value,
                    [':', '-', .. var otherwise] => string.IsNullOrEmpty(value) ? otherwise : value,
                    ['-', .. var otherwise] => value ?? otherwise,
                    [':', '+', .. var instead] => string.IsNullOrEmpty(value) ? "" : instead,
                    ['+', .. var instead] => value is null ? "" : instead,
                    _ => null,
                };
                end = close + 1;
            }

            if (value is null || value.Contains('$', StringComparison.Ordinal))
            {
                return null;
            }

            result.Append(value);
            i = end;
        }

        return result.ToString();
    }
}
