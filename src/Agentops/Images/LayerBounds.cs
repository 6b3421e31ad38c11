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

        // Sums and counts of the lowest so many rows.
        var sums = new long[rows.Length + 1];
        var sized = new int[rows.Length + 1];
        for (var row = 0; row < rows.Length; row++)
        {
            sums[row + 1] = sums[row] + rows[row];
            sized[row + 1] = sized[row] + (rows[row] > 0 ? 1 : 0);
        }

        var bounds = new LayerBounds[count];
        for (var layer = 1; layer < count; layer++)
        {
            bounds[layer - 1] = isComplete ? Within(layer, count, sums, sized) : WithinPart(layer, count, total.Bytes, sums, sized);
        }

        bounds[count - 1] = new LayerBounds(total.Bytes, total.Bytes);
        return bounds;
    }

    private static LayerBounds[] OneToOne(long[] sizes)
    {
        var sum = 0L;
        return [.. sizes.Select(size => new LayerBounds(sum += size, sum))];
    }

    // A cut after some row is possible when the rows below it can make the layers below it, and those above the layers above.
    private static LayerBounds Within(int layer, int count, long[] sums, int[] sized)
    {
        var (rows, needed, above) = (sums.Length - 1, sized[^1], count - layer);
        var (least, most) = (long.MaxValue, -1L);
        for (var cut = layer; cut <= rows - above && sized[cut] <= layer; cut++)
        {
            if (needed - sized[cut] <= above)
            {
                least = Math.Min(least, sums[cut]);
                most = sums[cut];
            }
        }

        return new LayerBounds(least, most);
    }

    // The layers above need no rows, and the cut may be beyond the last row.
    private static LayerBounds WithinPart(int layer, int count, long total, long[] sums, int[] sized)
    {
        var (rows, needed, above) = (sums.Length - 1, sized[^1], count - layer);
        var (least, most) = layer > needed ? (sums[^1], total) : (long.MaxValue, -1L);
        for (var cut = layer; cut <= rows && sized[cut] <= layer; cut++)
        {
            if (needed - sized[cut] <= above)
            {
                least = Math.Min(least, sums[cut]);
                most = Math.Max(most, sums[cut]);
            }
        }

        return new LayerBounds(least, most);
    }
}
