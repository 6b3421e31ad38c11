using System.Globalization;

namespace Agentops.Terminal;

/// <summary>A number of bytes, printed the way Docker prints it: decimal units, <c>1.5 MB</c> below ten, <c>312 MB</c> above.</summary>
/// <param name="Bytes">The exact number; never negative.</param>
public readonly record struct ByteSize(long Bytes)
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>No bytes at all.</summary>
    public static readonly ByteSize Zero = new(0);

    /// <summary>The sum of two sizes.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Both together.</returns>
    public static ByteSize operator +(ByteSize left, ByteSize right) => new(left.Bytes + right.Bytes);

    /// <summary>For people: <c>0 B</c>, <c>999 B</c>, <c>12 kB</c>, <c>1.5 MB</c>, <c>312 MB</c>, <c>1.2 GB</c>.</summary>
    /// <returns>Three significant digits at most, one decimal below ten.</returns>
    public override string ToString()
    {
        if (Bytes < 1000)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Bytes} B");
        }

        decimal value = Bytes;
        var unit = 0;
        // 999.5 kB would read "1000 kB": it is 1.0 MB.
        while (unit < Units.Length - 1 && value >= (unit == 0 ? 1000m : 999.5m))
        {
            value /= 1000m;
            unit++;
        }

        // 9.95 MB would read "10.0 MB": from there on it has no decimal.
        var format = unit == 0 || value >= 9.95m ? "0" : "0.0";
        return value.ToString(format, CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
