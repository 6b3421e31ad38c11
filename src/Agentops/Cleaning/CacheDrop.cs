using Agentops.Images;

namespace Agentops.Cleaning;

/// <summary>Which results in a build cache were kept for images that are gone. Pure.</summary>
internal static class CacheDrop
{
    /// <summary>Those that an image had too before some images were removed, and that none has now.</summary>
    /// <param name="before">The cache before the removals.</param>
    /// <param name="after">The cache after them.</param>
    /// <returns>Ids; without what a build uses at this moment. What was in the cache alone before is somebody's, and stays.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<CachedResult> before, IReadOnlyList<CachedResult> after)
    {
        var shared = before.Where(result => result.IsShared).Select(result => result.Id).ToHashSet();
        return [.. after.Where(result => !result.IsShared && !result.IsInUse && shared.Contains(result.Id)).Select(result => result.Id)];
    }
}
