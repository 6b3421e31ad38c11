using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Cleaning;

/// <summary>Which results in a build cache are the layers of removed images. Pure.</summary>
internal static class CacheDrop
{
    /// <summary>Finds them by their size, which is that of the layer to the byte.</summary>
    /// <param name="held">Sizes of layers that no image has any more and that were not deleted.</param>
    /// <param name="cached">What the cache has now.</param>
    /// <returns>Ids. Of a size that more results have than layers are held, none: one of them is of something else, and nothing tells which.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<ByteSize> held, IReadOnlyList<CachedResult> cached)
    {
        var wanted = held.CountBy(size => size).ToDictionary();
        return [.. cached
            .Where(result => !result.IsShared && !result.IsInUse)
            .GroupBy(result => result.Size)
            .Where(same => wanted.TryGetValue(same.Key, out var count) && same.Count() <= count)
            .SelectMany(same => same.Select(result => result.Id))];
    }
}
