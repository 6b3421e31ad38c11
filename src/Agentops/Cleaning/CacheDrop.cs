using Agentops.Images;

namespace Agentops.Cleaning;

/// <summary>Which results in a build cache were kept for images that are gone. Pure.</summary>
/// <param name="Ids">Those that an image had too before some images were removed, that none has now, and that nothing uses.</param>
/// <param name="IsHeld">A build of this moment holds on to more of them.</param>
internal sealed record CacheDrop(IReadOnlyList<string> Ids, bool IsHeld)
{
    /// <summary>Compares the cache with what it was.</summary>
    /// <param name="before">Before the removals.</param>
    /// <param name="after">After them.</param>
    /// <returns>What to drop. What was in the cache alone before is somebody's, and stays, whoever uses it.</returns>
    public static CacheDrop Of(IReadOnlyList<CachedResult> before, IReadOnlyList<CachedResult> after)
    {
        var shared = before.Where(result => result.IsShared).Select(result => result.Id).ToHashSet();
        var open = after.Where(result => !result.IsShared && shared.Contains(result.Id)).ToList();
        return new CacheDrop([.. open.Where(result => !result.IsInUse).Select(result => result.Id)], open.Exists(result => result.IsInUse));
    }
}
