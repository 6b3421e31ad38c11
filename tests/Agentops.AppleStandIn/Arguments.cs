namespace Agentops.AppleStandIn;

/// <summary>A command line as the argument parser of the original reads it.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, List<string>> options = [];

    /// <summary>What is no option, in order.</summary>
    public List<string> Words { get; } = [];

    /// <param name="command">For messages.</param>
    /// <param name="args">What follows the command.</param>
    /// <param name="flags">Options without a value, names of one option separated by a bar: <c>-a|--all</c>.</param>
    /// <param name="valued">Options with one.</param>
    /// <param name="passThrough">All after so many words is passed on as it is, <c>--</c> too.</param>
    public static Arguments Parse(string command, IReadOnlyList<string> args, string[] flags, string[] valued, int passThrough = int.MaxValue)
    {
        var parsed = new Arguments();
        var (names, takes) = (new Dictionary<string, string>(), new HashSet<string>());
        foreach (var option in flags.Concat(valued).Append("--debug"))
        {
            foreach (var name in option.Split('|'))
            {
                names[name] = option.Split('|')[^1];
            }
        }

        takes.UnionWith(valued.Select(option => option.Split('|')[^1]));
        for (var index = 0; index < args.Count; index++)
        {
            var word = args[index];
            if (parsed.Words.Count >= passThrough || word.Length < 2 || word[0] != '-')
            {
                parsed.Words.Add(word);
                continue;
            }

            if (word == "--")
            {
                parsed.Words.AddRange(args.Skip(index + 1));
                break;
            }

            var (written, value) = word.StartsWith("--", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (word[..at], word[(at + 1)..]) : (word, null);
            if (!names.TryGetValue(written, out var canonical))
            {
                // -it
                if (written[1] == '-' || !written[1..].All(letter => names.TryGetValue("-" + letter, out var one) && !takes.Contains(one)))
                {
                    throw Fault.Usage($"Unknown option '{written}'", command);
                }

                foreach (var letter in written[1..])
                {
                    parsed.Add(names["-" + letter], "");
                }
            }
            else if (!takes.Contains(canonical))
            {
                parsed.Add(canonical, "");
            }
            else
            {
                value ??= ++index < args.Count ? args[index] : throw Fault.Usage($"Missing value for '{written} <{canonical.TrimStart('-')}>'", command);
                parsed.Add(canonical, value);
            }
        }

        return parsed;
    }

    public bool Has(string option) => options.ContainsKey(option);

    public string? Value(string option) => options.TryGetValue(option, out var values) ? values[^1] : null;

    public IReadOnlyList<string> Values(string option) => options.GetValueOrDefault(option) ?? [];

    /// <summary>The <c>--format</c>, which each release knows more of.</summary>
    public string Format(Release release, string command)
    {
        var format = Value("--format") ?? "table";
        return format is "json" or "table" || (format == "yaml" && release.Since(0, 12)) || (format == "toml" && release.IsNewEra)
            ? format
            : throw Fault.Usage($"The value '{format}' is invalid for '--format <format>'", command);
    }

    private void Add(string option, string value)
    {
        if (!options.TryGetValue(option, out var values))
        {
            options.Add(option, values = []);
        }

        values.Add(value);
    }
}
