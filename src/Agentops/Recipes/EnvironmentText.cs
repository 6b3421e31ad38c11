namespace Agentops.Recipes;

/// <summary>Reads environment variables as people write them: <c>-e KEY[=VALUE]</c>, lines of an <c>--env-file</c>, names in <c>agent.yaml</c>.</summary>
public static class EnvironmentText
{
    /// <summary>Reads a variable; without <c>=</c> its value is the caller's.</summary>
    /// <param name="text"><c>KEY=VALUE</c> or <c>KEY</c>.</param>
    /// <param name="caller">The caller's environment.</param>
    /// <param name="where">What the message of a fault starts with: <c>-e</c>, or a place in a file.</param>
    /// <returns>Null when the caller has no such variable: it is left out, as Docker does.</returns>
    /// <exception cref="UsageException">It has no name, or one that cannot be.</exception>
    public static KeyValuePair<string, string>? Parse(string text, IReadOnlyDictionary<string, string> caller, string where)
    {
        var split = text.IndexOf('=', StringComparison.Ordinal);
        var name = CheckName(split < 0 ? text : text[..split], where, text);
        return split >= 0 ? new(name, CheckValue(text[(split + 1)..], name, where))
            : caller.TryGetValue(name, out var value) ? new(name, value)
            : null;
    }

    /// <summary>Reads the text of an <c>--env-file</c> as Docker does: a variable a line, <c>#</c> starts a comment line, nothing is unquoted or expanded.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">The file as the user knows it.</param>
    /// <param name="caller">The caller's environment, for lines without <c>=</c>.</param>
    /// <returns>In the order of the file.</returns>
    /// <exception cref="UsageException">A line is none; says which.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> ParseFile(string text, string file, IReadOnlyDictionary<string, string> caller)
    {
        var variables = new List<KeyValuePair<string, string>>();
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            // A value keeps the spaces at its end; the carriage return of a Windows file is none.
            var trimmed = line.TrimEnd('\r').TrimStart();
            if (trimmed.Length > 0 && !trimmed.StartsWith('#') && Parse(trimmed, caller, $"{file}:{number}") is { } variable)
            {
                variables.Add(variable);
            }
        }

        return variables;
    }

    /// <summary>Checks the name of a variable.</summary>
    /// <param name="name">As written.</param>
    /// <param name="where">What the message of a fault starts with.</param>
    /// <param name="text">The whole of what was written, for the message; null when it is the name.</param>
    /// <returns>The name.</returns>
    /// <exception cref="UsageException">It is empty, or has a space, a control character or a <c>=</c> in it.</exception>
    public static string CheckName(string name, string where, string? text = null) =>
        name.Length == 0 ? throw new UsageException($"{where}: expected a variable such as NAME=value, got '{text ?? name}', which has no name")
        : name.FirstOrDefault(character => char.IsWhiteSpace(character) || char.IsControl(character) || character == '=') is var wrong and not '\0'
            ? throw new UsageException($"{where}: '{name}' cannot be the name of a variable: there is {(wrong == '=' ? "a =" : char.IsWhiteSpace(wrong) ? "a space" : "a control character")} in it")
        : name.Contains('\0') ? throw new UsageException($"{where}: '{name}' cannot be the name of a variable: there is a control character in it")
        : name;

    // The value may be a secret: it is not repeated in a message.
    private static string CheckValue(string value, string name, string where) =>
        value.Contains('\0') ? throw new UsageException($"{where}: the value of {name} has a NUL character in it") : value;
}
