namespace Agentops.Diagnosing;

/// <summary>How much something matters.</summary>
public enum FindingLevel
{
    /// <summary>It is as it should be.</summary>
    Fine,

    /// <summary>Runs can start all the same.</summary>
    Warning,

    /// <summary>It cannot be used.</summary>
    Error,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Level">How much it matters.</param>
/// <param name="Subject">What it is about, in a word; untrusted text.</param>
/// <param name="Message">What there is, without a full stop; untrusted text.</param>
internal sealed record Finding(FindingLevel Level, string Subject, string Message)
{
    /// <summary>What else there is to say, a line each; untrusted text.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>What to do about it; none when there is nothing to do. Untrusted text.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];
}
