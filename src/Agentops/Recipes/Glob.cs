using System.Text;

namespace Agentops.Recipes;

/// <summary>A pattern over paths as Docker reads it in <c>.dockerignore</c> and <c>COPY</c>: Go's <c>filepath.Match</c>, and <c>**</c> for any number of folders.</summary>
/// <remarks>Tried as a set of states, one step a character: no pattern takes more than length times length. The rules: https://docs.docker.com/build/concepts/context/#syntax</remarks>
internal sealed class Glob
{
    private readonly string pattern;
    private readonly string literalStart;
    private readonly bool isLiteral;
    private readonly List<Token> tokens = [];

    private Glob(string pattern)
    {
        this.pattern = pattern;
        var special = pattern.AsSpan().IndexOfAny("*?[\\");
        isLiteral = special < 0;
        literalStart = isLiteral ? pattern : pattern[..special];
        if (!isLiteral)
        {
            Compile([.. pattern.EnumerateRunes()]);
        }
    }

    private enum TokenKind
    {
        /// <summary>One character: a certain one.</summary>
        Exactly,

        /// <summary>One character but a slash: <c>?</c>.</summary>
        AnyOne,

        /// <summary>One character of a class: <c>[a-z]</c>, <c>[^a]</c>.</summary>
        OneOf,

        /// <summary>Any characters but slashes: <c>*</c>.</summary>
        Star,

        /// <summary>Any characters: <c>**</c> at the end.</summary>
        Rest,

        /// <summary>Nothing, or folders with the slash after them: <c>**/</c>. Always followed by <see cref="Inside"/>.</summary>
        Folders,

        /// <summary>Within those folders.</summary>
        Inside,
    }

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">With forward slashes, already cleaned.</param>
    /// <returns>The pattern.</returns>
    /// <exception cref="FormatException">A class in it is not closed, or is empty; or it ends in a backslash.</exception>
    public static Glob Parse(string pattern) => new(pattern);

    /// <summary>Whether a path is what the pattern says.</summary>
    /// <param name="path">With forward slashes, from the root of the context.</param>
    /// <returns>Of the path alone, not of the folders it is in.</returns>
    public bool Matches(string path)
    {
        if (isLiteral || !path.StartsWith(literalStart, StringComparison.Ordinal))
        {
            return isLiteral && path == pattern;
        }

        var states = new bool[tokens.Count + 1];
        Enter(states, 0);
        foreach (var character in path.EnumerateRunes())
        {
            var next = new bool[tokens.Count + 1];
            for (var i = 0; i < tokens.Count; i++)
            {
                if (states[i])
                {
                    Step(next, i, character);
                }
            }

            states = next;
        }

        return states[^1];
    }

    /// <summary>Whether the pattern may match something inside a folder, or the folder is inside what it matches.</summary>
    /// <param name="folder">With forward slashes, from the root of the context.</param>
    /// <returns>False only when it cannot.</returns>
    public bool MayMatchBelow(string folder)
    {
        var wanted = pattern.Split('/');
        var given = folder.Split('/');
        for (var i = 0; i < Math.Min(wanted.Length, given.Length); i++)
        {
            // Splitting at a slash inside a class or after a backslash would give half a pattern: then anything is possible.
            if (wanted[i].Contains("**", StringComparison.Ordinal) || wanted[i].AsSpan().ContainsAny('[', '\\'))
            {
                return true;
            }

            if (!new Glob(wanted[i]).Matches(given[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void Compile(Rune[] runes)
    {
        for (var i = 0; i < runes.Length; i++)
        {
            switch ((char)Math.Min(runes[i].Value, char.MaxValue))
            {
                case '*' when i + 1 < runes.Length && runes[i + 1].Value == '*':
                    i = CompileFolders(runes, i);
                    break;
                case '*':
                    tokens.Add(new(TokenKind.Star));
                    break;
                case '?':
                    tokens.Add(new(TokenKind.AnyOne));
                    break;
                case '[':
                    i = CompileClass(runes, i + 1);
                    break;
                case '\\':
                    tokens.Add(new(TokenKind.Exactly, i + 1 < runes.Length ? runes[++i] : throw new FormatException("it ends in a backslash")));
                    break;
                default:
                    tokens.Add(new(TokenKind.Exactly, runes[i]));
                    break;
            }
        }
    }

    private int CompileFolders(Rune[] runes, int start)
    {
        var after = start + 2;
        var slash = after < runes.Length && runes[after].Value == '/';
        after += slash ? 1 : 0;
        // "**name" alone is any path that ends in name, "xname" included; moby has it as a case of its own.
        var isSuffix = start == 0 && !slash && !runes.Skip(after).Any(rune => rune.Value is '*' or '?' or '[' or '\\');
        if (after >= runes.Length || isSuffix)
        {
            tokens.Add(new(TokenKind.Rest));
        }
        else
        {
            tokens.Add(new(TokenKind.Folders));
            tokens.Add(new(TokenKind.Inside));
        }

        return after - 1;
    }

    private int CompileClass(Rune[] runes, int start)
    {
        var i = start;
        var negated = i < runes.Length && runes[i].Value == '^';
        i += negated ? 1 : 0;
        var ranges = new List<(Rune, Rune)>();
        while (i < runes.Length && runes[i].Value != ']')
        {
            var low = ClassCharacter(runes, ref i);
            var high = low;
            if (i < runes.Length && runes[i].Value == '-')
            {
                i++;
                high = ClassCharacter(runes, ref i);
            }

            ranges.Add((low, high));
        }

        if (i >= runes.Length || ranges.Count == 0)
        {
            throw new FormatException("a [ in it is not closed, or nothing is between [ and ]");
        }

        tokens.Add(new(TokenKind.OneOf, default, negated, ranges));
        return i;
    }

    private static Rune ClassCharacter(Rune[] runes, ref int i)
    {
        if (i < runes.Length && runes[i].Value == '\\')
        {
            i++;
        }

        return i >= runes.Length || (runes[i].Value is '-' or ']' && runes[Math.Max(0, i - 1)].Value != '\\')
            ? throw new FormatException("a [ in it is not closed, or has a - without both its ends")
            : runes[i++];
    }

    // Adds a state and all that are reached from it without a character.
    private void Enter(bool[] states, int state)
    {
        states[state] = true;
        if (state < tokens.Count)
        {
            switch (tokens[state].Kind)
            {
                case TokenKind.Star or TokenKind.Rest:
                    Enter(states, state + 1);
                    break;
                case TokenKind.Folders:
                    states[state + 1] = true;
                    Enter(states, state + 2);
                    break;
            }
        }
    }

    private void Step(bool[] next, int state, Rune character)
    {
        var token = tokens[state];
        var slash = character.Value == '/';
        switch (token.Kind)
        {
            case TokenKind.Star when !slash:
            case TokenKind.Rest:
                Enter(next, state);
                break;
            case TokenKind.Inside:
                next[state] = true;
                if (slash)
                {
                    Enter(next, state + 1);
                }

                break;
            case TokenKind.Exactly when token.Character == character:
            case TokenKind.AnyOne when !slash:
            case TokenKind.OneOf when token.Ranges!.Any(range => range.Low <= character && character <= range.High) != token.Negated:
                Enter(next, state + 1);
                break;
        }
    }

    private readonly record struct Token(TokenKind Kind, Rune Character = default, bool Negated = false, List<(Rune Low, Rune High)>? Ranges = null);
}
