namespace Agentops.Bench;

/// <summary>One of the programs that are compared.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Arguments">Without the program's name.</param>
/// <param name="Environment">All of it.</param>
internal sealed record Peer(string Path, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The first words of its command line, as the table shows it.</summary>
    public string Shown { get; init; } = $"{System.IO.Path.GetFileName(Path)} {string.Join(' ', Arguments)}";

    public override string ToString() => $"{System.IO.Path.GetFileName(Path)} {string.Join(' ', Arguments)}";
}
