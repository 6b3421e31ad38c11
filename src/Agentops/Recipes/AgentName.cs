using System.Text.RegularExpressions;

namespace Agentops.Recipes;

/// <summary>The name of an agent, fit to be part of an image's tag and of a path.</summary>
public sealed partial record AgentName
{
    private AgentName(string text) => Text = text;

    /// <summary>The name.</summary>
    public string Text { get; }

    /// <summary>The tag of the agent's image.</summary>
    public string ImageTag => $"agentops/{Text}:latest";

    /// <summary>Reads a name.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <returns>The name.</returns>
    /// <exception cref="UsageException">It is none; the message shows a valid one.</exception>
    public static AgentName Parse(string text) => Fault(text) is { } fault
        ? throw new UsageException($"'{text}' is not a name for an agent: {fault}. A valid one: {Suggest(text)}")
        : new AgentName(text);

    /// <summary>Reads a name in a file.</summary>
    /// <param name="field">Where it stands.</param>
    /// <returns>The name.</returns>
    /// <exception cref="UsageException">It is none; says where.</exception>
    internal static AgentName Parse(Field field)
    {
        try
        {
            return Parse(field.Text("a name such as my-agent"));
        }
        catch (UsageException fault) when (!fault.Message.StartsWith(field.File, StringComparison.Ordinal))
        {
            throw new UsageException($"{field.Where}: {fault.Message}", fault);
        }
    }

    /// <summary>Makes a valid name out of any text, a folder's name for example.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The nearest valid name; <c>my-agent</c> when nothing of it can stay.</returns>
    public static string Suggest(string text)
    {
        var name = Separators().Replace(Others().Replace(text.ToLowerInvariant(), "-"), match => match.Value[..1]).Trim('-', '_');
        while (name.StartsWith("base-", StringComparison.Ordinal))
        {
            name = name["base-".Length..];
        }

        name = name.Length > 63 ? name[..63].TrimEnd('-', '_') : name;
        return name.Length == 0 || name == "base" ? "my-agent" : name;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string? Fault(string text) =>
        !Form().IsMatch(text) ? "it takes 1 to 63 of a-z, 0-9, _ and -, and starts with a letter or digit"
        // What a registry allows between letters is one _ or any number of -, nothing at the end: https://pkg.go.dev/github.com/distribution/reference
        : !TagForm().IsMatch(text) ? "no image can be tagged with it (one _ or some - go between letters or digits, none at the end)"
        : text.StartsWith("base-", StringComparison.Ordinal) ? "names that start with base- are those of base images"
        : null;

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9_-]{0,62}\z")]
    private static partial Regex Form();

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:_|__|-+)[a-z0-9]+)*\z")]
    private static partial Regex TagForm();

    [GeneratedRegex("[^a-z0-9_-]+")]
    private static partial Regex Others();

    [GeneratedRegex("[_-]{2,}")]
    private static partial Regex Separators();
}
