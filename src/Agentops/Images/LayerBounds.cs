using Agentops.Terminal;

namespace Agentops.Images;

/// <summary>How many bytes the lowest layers of an image can have together, by all readings of its history.</summary>
/// <param name="Least">At least so many.</param>
/// <param name="Most">At most so many.</param>
internal readonly record struct LayerBounds(long Least, long Most)
{
    /// <summary>Works out which steps can have made which layer. All steps of some size did, in order; of the steps of no size, as many as layers are left over.</summary>
    /// <param name="count">Layers.</param>
    /// <param name="total">Bytes of all layers.</param>
    /// <param name="steps">Oldest first.</param>
    /// <returns>For each layer, bytes up to and with it; null when the history contradicts the total.</returns>
    /// <remarks>A history may lack its last layers, as imported images have none: then <paramref name="total"/> tells what these have, unless they are empty and the rest fits.</remarks>
    public static LayerBounds[]? Of(int count, ByteSize total, IReadOnlyList<ImageStep> steps)
    {
        var rows = steps.Where(step => !step.IsMetadata).Select(step => step.Size.Bytes).ToArray();
        var told = rows.Sum();
        var needed = rows.Count(size => size > 0);
        if (told > total.Bytes || needed > count)
        {
            return null;
        }

        var isComplete = rows.Length >= count && told == total.Bytes;
        if (isComplete && (rows.Length == count || needed == count))
        {
            return OneToOne(rows.Length == count ? rows : [.. rows.Where(size => size > 0)]);
        }

        var bounds = new LayerBounds[count];
        for (var layer = 1; layer <= count; layer++)
        {
            bounds[layer - 1] = Within(layer, count, total.Bytes, rows, isComplete);
        }

        return bounds;
    }

    private static LayerBounds[] OneToOne(long[] sizes)
    {
        var sum = 0L;
        return [.. sizes.Select(size => new LayerBounds(sum += size, sum))];
    }

    // A cut after some row is possible when the layers below it can be made by the rows below it, and those above by those above.
    private static LayerBounds Within(int layer, int count, long total, long[] rows, bool isComplete)
    {
        var needed = rows.Count(size => size > 0);
        var (least, most) = (long.MaxValue, -1L);
        var (sum, neededBelow) = (0L, 0);
        for (var cut = 0; cut <= rows.Length; cut++)
        {
            var (above, neededAbove) = (count - layer, needed - neededBelow);
            if (neededBelow <= layer && layer <= cut && neededAbove <= above && (!isComplete || above <= rows.Length - cut))
            {
                least = Math.Min(least, sum);
                most = Math.Max(most, sum);
            }

            if (cut < rows.Length)
            {
                sum += rows[cut];
                neededBelow += rows[cut] > 0 ? 1 : 0;
            }
        }

        // Beyond the end of the history.
        if (!isComplete && layer > needed)
        {
            least = Math.Min(least, sum);
            most = total;
        }

        return layer == count ? new LayerBounds(total, total) : new LayerBounds(least, most);
    }
}
