namespace Agentops.Completing;

/// <summary>A word that may stand where the cursor is.</summary>
/// <param name="Text">It; nothing in it means anything to a shell.</param>
/// <param name="Description">For people; untrusted text. Empty for none.</param>
internal sealed record Candidate(string Text, string Description)
{
    /// <summary>Whether it may be put on a command line as it is: names come from files that anybody may have written.</summary>
    public bool IsSafe => Text.Length > 0 && Text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '+' or '=' or '/');
}
