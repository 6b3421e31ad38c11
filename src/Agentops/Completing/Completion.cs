using System.CommandLine;

namespace Agentops.Completing;

/// <summary>Decides which words may stand where the cursor is, by the tree of commands itself. Pure but for what the sources read.</summary>
internal static class Completion
{
    private static readonly string[] Runtimes = ["docker", "podman", "apple"];

    /// <summary>Decides.</summary>
    /// <param name="root">All commands.</param>
    /// <param name="words">What follows <c>agent</c>, up to the cursor; the last one is being written and may be empty.</param>
    /// <param name="sources">Names.</param>
    /// <returns>In the order of the help; none where a file, a folder or anything at all may stand.</returns>
    public static IReadOnlyList<Candidate> Of(Command root, IReadOnlyList<string> words, CompletionSources sources)
    {
        var path = new List<Command> { root };
        Option? open = null;
        var arguments = 0;
        foreach (var word in words.SkipLast(1))
        {
            if (word == "--")
            {
                // From here on it is a command for the container.
                return [];
            }

            if (word == "=" && open is not null)
            {
                // bash takes --runtime=docker for three words.
                continue;
            }

            if (open is not null)
            {
                open = null;
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                open = OptionsOf(path).FirstOrDefault(option => TakesValue(option) && NamesOf(option).Contains(word));
            }
            else if (arguments == 0 && Visible(path[^1]).FirstOrDefault(command => command.Name == word || command.Aliases.Contains(word)) is { } command)
            {
                path.Add(command);
            }
            else
            {
                arguments++;
            }
        }

        var current = words is [.., var last] ? last : "";
        return [.. Candidates(path, open, arguments, current, sources)
            .Where(candidate => candidate.IsSafe && candidate.Text.StartsWith(open is not null && current == "=" ? "" : current, StringComparison.Ordinal))
            .DistinctBy(candidate => candidate.Text)];
    }

    private static IEnumerable<Candidate> Candidates(IReadOnlyList<Command> path, Option? open, int arguments, string current, CompletionSources sources)
    {
        if (open is not null)
        {
            return ValuesOf(open, sources);
        }

        if (current.StartsWith("--", StringComparison.Ordinal) && current.Split('=', 2) is [var name, _])
        {
            return OptionsOf(path).Where(option => NamesOf(option).Contains(name)).SelectMany(option => ValuesOf(option, sources)).Select(value => value with { Text = $"{name}={value.Text}" });
        }

        if (current.StartsWith('-'))
        {
            return OptionsOf(path).SelectMany(option => NamesOf(option).Select(text => new Candidate(text, option.Description ?? "")));
        }

        var command = path[^1];
        return command.Subcommands.Count > 0
            ? arguments > 0 ? [] : Visible(command).Select(child => new Candidate(child.Name, child.Description ?? ""))
            : (command.Arguments.ElementAtOrDefault(arguments) ?? Repeated(command)) is { } argument ? ValuesOf(argument, sources) : [];
    }

    private static Argument? Repeated(Command command) => command.Arguments is [.., { Arity.MaximumNumberOfValues: > 1 } last] ? last : null;

    private static IEnumerable<Candidate> ValuesOf(Symbol symbol, CompletionSources sources) => symbol switch
    {
        Option { Name: "--runtime" } => Runtimes.Select(name => new Candidate(name, "")),
        Option { Name: "--context" } => sources.Contexts().Select(name => new Candidate(name, "")),
        Option { Name: "--agent" } => sources.Agents(),
        Option { Name: "--network" } => [new("default", ""), new("none", "")],
        Argument { Name: "agent" } => sources.Agents(),
        Argument { Name: "run" or "thing" } => sources.Runs(),
        Argument { Name: "shell" } => CompletionScript.Shells.Select(name => new Candidate(name, "")),
        _ => [],
    };

    private static IEnumerable<Command> Visible(Command command) => command.Subcommands.Where(child => !child.Hidden);

    private static IEnumerable<Option> OptionsOf(IReadOnlyList<Command> path) =>
        path[^1].Options.Concat(path.SkipLast(1).Reverse().SelectMany(command => command.Options.Where(option => option.Recursive))).Where(option => !option.Hidden);

    // The long form first.
    private static IEnumerable<string> NamesOf(Option option) => option.Aliases.Prepend(option.Name).Distinct().OrderByDescending(name => name.Length);

    private static bool TakesValue(Option option) => option.Arity.MinimumNumberOfValues > 0;
}
