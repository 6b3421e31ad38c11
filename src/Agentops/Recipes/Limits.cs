using System.Globalization;
using System.Text.RegularExpressions;

namespace Agentops.Recipes;

/// <summary>Reads the limits of a run; the same rules for <c>agent.yaml</c> and the command line.</summary>
public static partial class Limits
{
    // What engines take at least: "Minimum memory limit allowed is 6MB".
    private const long LeastMemory = 6L << 20;

    /// <summary>Reads a size of memory: a number and <c>B</c>, <c>K</c>, <c>M</c>, <c>G</c> or <c>T</c>, also written <c>KB</c> or <c>KiB</c>, in either case; without a unit it is bytes.</summary>
    /// <remarks>Units are powers of 1024, as for Docker's <c>--memory</c>: memory is never sold in other sizes, and who moves here from Docker gets the same limit.</remarks>
    /// <param name="text">As written, <c>4GB</c> or <c>1.5g</c>.</param>
    /// <param name="where">What the message of a fault starts with: a place in a file, or <c>--memory</c>.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="UsageException">It is none, or less than a container can have.</exception>
    public static long ParseMemory(string text, string where)
    {
        var match = MemoryForm().Match(text);
        if (!match.Success || !decimal.TryParse(match.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            throw new UsageException($"{where}: expected a size such as 4GB, got '{text}'");
        }

        var unit = match.Groups["unit"].ValueSpan is [var letter, ..] ? "bkmgt".IndexOf(char.ToLowerInvariant(letter), StringComparison.Ordinal) : 0;
        var factor = 1L << (10 * unit);
        if (number > long.MaxValue / factor)
        {
            throw new UsageException($"{where}: expected a size such as 4GB, got '{text}', which is more than any machine has");
        }

        var bytes = (long)(number * factor);
        return bytes >= LeastMemory
            ? bytes
            : throw new UsageException($"{where}: expected a size of at least 6MB, got '{text}'{(match.Groups["unit"].Length == 0 ? " (bytes, for want of a unit)" : "")}");
    }

    /// <summary>Says a limit of memory in the units it is read in.</summary>
    /// <param name="bytes">The limit.</param>
    /// <returns>Such as <c>64 MiB</c>.</returns>
    public static string DescribeMemory(long bytes) => bytes switch
    {
        >= 1L << 30 when bytes % (1L << 30) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30} GiB"),
        >= 1L << 20 when bytes % (1L << 20) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB"),
        _ => new Terminal.ByteSize(bytes).ToString(),
    };

    /// <summary>Reads a number of processors.</summary>
    /// <param name="text">As written, <c>2</c> or <c>1.5</c>.</param>
    /// <param name="where">What the message of a fault starts with.</param>
    /// <returns>At least 0.01.</returns>
    /// <exception cref="UsageException">It is none.</exception>
    public static double ParseCpus(string text, string where) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cpus) && cpus is >= 0.01 and <= 100_000
            ? cpus
            : throw new UsageException($"{where}: expected a number of processors such as 1.5, got '{text}'");

    /// <summary>Reads how many processes a run may hold at once.</summary>
    /// <param name="text">A number, or <c>unlimited</c>.</param>
    /// <param name="where">What the message of a fault starts with.</param>
    /// <returns>Null for no limit.</returns>
    /// <exception cref="UsageException">It is none.</exception>
    public static long? ParsePids(string text, string where) =>
        text == "unlimited" ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pids) && pids > 0 ? pids
        : throw new UsageException($"{where}: expected a number of processes such as 4096, or unlimited, got '{text}'");

    /// <summary>Reads whether a run has a network.</summary>
    /// <param name="text"><c>default</c> or <c>none</c>.</param>
    /// <param name="where">What the message of a fault starts with.</param>
    /// <returns>False for none.</returns>
    /// <exception cref="UsageException">It is neither.</exception>
    public static bool ParseNetwork(string text, string where) => text switch
    {
        "default" => true,
        "none" => false,
        _ => throw new UsageException($"{where}: expected default or none, got '{text}'"),
    };

    [GeneratedRegex(@"\A(?<number>[0-9]{1,20}(\.[0-9]{1,9})?) ?(?<unit>b|[kmgt](i?b)?)?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex MemoryForm();
}
