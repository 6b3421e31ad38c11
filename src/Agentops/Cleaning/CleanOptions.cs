namespace Agentops.Cleaning;

/// <summary>What the user wants cleaned, and what kept; from the command line and <c>config.yaml</c>.</summary>
public sealed record CleanOptions
{
    /// <summary>What <c>config.yaml</c> wants kept; all else goes.</summary>
    /// <param name="settings">From the file.</param>
    /// <returns>The options without those of a command line.</returns>
    public static CleanOptions Of(CleanSettings settings) => new() { KeepLast = settings.KeepLast, KeepImagesUsedWithin = settings.KeepImagesUsedWithin, Pin = settings.Pin };

    /// <summary>Take runs and orphaned containers.</summary>
    public bool Runs { get; init; } = true;

    /// <summary>Take images.</summary>
    public bool Images { get; init; } = true;

    /// <summary>Keep what was created since then; null keeps nothing for that.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>Keep so many ended runs of each agent, the newest; null keeps none for that.</summary>
    public int? KeepLast { get; init; }

    /// <summary>Keep images that a run was made from since then; null keeps none for that.</summary>
    public TimeSpan? KeepImagesUsedWithin { get; init; }

    /// <summary>Keep all runs and images of these agents.</summary>
    public IReadOnlyList<string> Pin { get; init; } = [];
}
