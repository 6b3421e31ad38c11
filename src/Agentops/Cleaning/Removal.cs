using Agentops.Images;

namespace Agentops.Cleaning;

/// <summary>How the removal of an item went.</summary>
public enum RemovalOutcome
{
    /// <summary>It is gone, and we removed it.</summary>
    Removed,

    /// <summary>Somebody else removed it meanwhile.</summary>
    Gone,

    /// <summary>It is not what was shown any more, so it was left as it is.</summary>
    Skipped,

    /// <summary>It could not be removed, or not all of it.</summary>
    Failed,

    /// <summary>It was not come to: the command was interrupted, or the runtime does not answer any more.</summary>
    NotTried,
}

/// <summary>What became of an item.</summary>
/// <param name="Item">One of the plan.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Freed">What really went; null when its size was never known.</param>
/// <param name="Reason">Why it was left, for people; null when it is gone. Untrusted text.</param>
public sealed record Removal(CleanItem Item, RemovalOutcome Outcome, LayerBytes? Freed, string? Reason)
{
    internal static Removal Left(CleanItem item, RemovalOutcome outcome, string? reason) => new(item, outcome, LayerBytes.Zero, reason);
}

/// <summary>What became of a plan.</summary>
/// <param name="Removals">One an item, in the order of the plan.</param>
/// <param name="BuildCacheFreed">What the build cache held of the layers of removed images, and lost with them.</param>
public sealed record CleanReport(IReadOnlyList<Removal> Removals, LayerBytes BuildCacheFreed)
{
    /// <summary>How many items we removed.</summary>
    public int Removed => Count(RemovalOutcome.Removed);

    /// <summary>What went as far as it is known; see <see cref="Unknown"/>.</summary>
    public LayerBytes Freed => Removals.Aggregate(BuildCacheFreed, (sum, removal) => sum + (removal.Freed ?? LayerBytes.Zero));

    /// <summary>How many removed items had a size that was never known.</summary>
    public int Unknown => Removals.Count(removal => removal.Freed is null);

    /// <summary>How many items ended in a way.</summary>
    /// <param name="outcome">The way.</param>
    /// <returns>The number.</returns>
    public int Count(RemovalOutcome outcome) => Removals.Count(removal => removal.Outcome == outcome);

    /// <summary>Something that was promised could not be done.</summary>
    public bool HasFailures => Removals.Any(removal => removal.Outcome is RemovalOutcome.Failed or RemovalOutcome.NotTried);
}
