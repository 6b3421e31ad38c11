namespace Agentops.Recipes;

/// <summary>What a <c>.dockerignore</c> leaves out of a build context; the last pattern that matches a path or a folder it is in decides.</summary>
/// <remarks>The rules: https://docs.docker.com/build/concepts/context/#dockerignore-files</remarks>
internal sealed class IgnoreFile
{
    private readonly IReadOnlyList<(Glob Glob, bool IsException)> patterns;

    private IgnoreFile(IReadOnlyList<(Glob Glob, bool IsException)> patterns) => this.patterns = patterns;

    /// <summary>Leaves nothing out.</summary>
    public static IgnoreFile None { get; } = new([]);

    /// <summary>Reads the text of a <c>.dockerignore</c>.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">The file as the user knows it.</param>
    /// <returns>The patterns.</returns>
    /// <exception cref="UsageException">A pattern is none; says which line.</exception>
    public static IgnoreFile Parse(string text, string file)
    {
        var patterns = new List<(Glob, bool)>();
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            // A comment starts in the first column: " # x" is a pattern.
            var pattern = line.StartsWith('#') ? "" : line.Trim();
            if (pattern.Length == 0)
            {
                continue;
            }

            var isException = pattern.StartsWith('!');
            pattern = isException ? pattern[1..].Trim() : pattern;
            if (pattern.Length == 0)
            {
                throw new UsageException($"{file}:{number}: '!' makes an exception of a pattern, and there is none after it");
            }

            var cleaned = ContextPath.Clean(pattern);
            try
            {
                patterns.Add((Glob.Parse(cleaned.Length > 1 ? cleaned.TrimStart('/') : cleaned), isException));
            }
            catch (FormatException fault)
            {
                throw new UsageException($"{file}:{number}: '{pattern}' is no pattern: {fault.Message}", fault);
            }
        }

        return new(patterns);
    }

    /// <summary>Which patterns match a path or a folder it is in, as far as they matter: like Docker, a pattern that would change nothing is not tried.</summary>
    /// <param name="path">With forward slashes, from the root of the context.</param>
    /// <param name="ofFolder">The same of the folder it is in; null at the root.</param>
    /// <returns>One answer a pattern.</returns>
    public bool[] Match(string path, bool[]? ofFolder)
    {
        var matches = new bool[patterns.Count];
        var excluded = false;
        for (var i = 0; i < matches.Length; i++)
        {
            // That an exception was not tried on a folder shows below it: after "*/b" and "!src", src/b stays out though src is in.
            matches[i] = ofFolder?[i] == true || (patterns[i].IsException == excluded && patterns[i].Glob.Matches(path));
            excluded = matches[i] ? !patterns[i].IsException : excluded;
        }

        return matches;
    }

    /// <summary>Whether a path is left out.</summary>
    /// <param name="matches">From <see cref="Match"/>.</param>
    /// <returns>What the last pattern that matches says.</returns>
    public bool Excludes(bool[] matches)
    {
        for (var i = matches.Length - 1; i >= 0; i--)
        {
            if (matches[i])
            {
                return !patterns[i].IsException;
            }
        }

        return false;
    }

    /// <summary>Whether a path is left out.</summary>
    /// <param name="path">With forward slashes, from the root of the context.</param>
    /// <returns>What the last pattern that matches it or a folder it is in says.</returns>
    public bool Excludes(string path)
    {
        bool[]? matches = null;
        for (var end = path.IndexOf('/', StringComparison.Ordinal); end >= 0; end = path.IndexOf('/', end + 1))
        {
            matches = Match(path[..end], matches);
        }

        return Excludes(Match(path, matches));
    }

    /// <summary>Whether an exception may bring back something inside a folder that is left out.</summary>
    /// <param name="folder">With forward slashes, from the root of the context.</param>
    /// <returns>False only when none can, so that it need not be looked into.</returns>
    public bool MayBringBackBelow(string folder) => patterns.Any(pattern => pattern.IsException && pattern.Glob.MayMatchBelow(folder));
}
