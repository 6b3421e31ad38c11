using System.Globalization;
using System.Text;

namespace Agentops.Bench;

/// <summary>The table of <c>docs/performance.md</c>.</summary>
internal sealed class Report
{
    private readonly StringBuilder text = new("| measured | ours | peer | ratio | goal |\n| --- | --: | --: | --: | --- |\n");

    /// <summary>All goals that have a number were met.</summary>
    public bool GoalsMet { get; private set; } = true;

    public void Add(string measured, Comparison comparison, double? goal)
    {
        var met = goal is null || comparison.Ratio <= goal;
        GoalsMet &= met;
        Add(string.Create(CultureInfo.InvariantCulture, $"| {measured} | {Describe(comparison.OurWall, comparison.OurProcessor)} | {Describe(comparison.TheirWall, comparison.TheirProcessor)} | {comparison.Ratio:0.00} | ")
            + (goal is { } limit ? string.Create(CultureInfo.InvariantCulture, $"at most {limit:0.00}: {(met ? "met" : "**missed**")} |\n") : " |\n"));
    }

    public void Add(string measured, long ours, long? theirs, long? goal)
    {
        var met = goal is null || ours <= goal;
        GoalsMet &= met;
        var ratio = theirs is { } peer ? string.Create(CultureInfo.InvariantCulture, $"{(double)ours / peer:0.00}") : "";
        Add($"| {measured} | {Megabytes(ours)} | {(theirs is { } bytes ? Megabytes(bytes) : "")} | {ratio} | {(goal is { } limit ? $"at most {Megabytes(limit)}: {(met ? "met" : "**missed**")}" : "")} |\n");
    }

    public void Add(string measured, TimeSpan ours, TimeSpan goal)
    {
        var met = ours <= goal;
        GoalsMet &= met;
        Add(string.Create(CultureInfo.InvariantCulture, $"| {measured} | {ours.TotalMilliseconds:0.0} ms | | | at most {goal.TotalMilliseconds:0} ms: {(met ? "met" : "**missed**")} |\n"));
    }

    public override string ToString() => text.ToString();

    // Told at once too: what was measured is not lost with what comes after it.
    private void Add(string row)
    {
        text.Append(row);
        Console.Error.Write(row);
    }

    private static string Describe(TimeSpan wall, TimeSpan processor) =>
        string.Create(CultureInfo.InvariantCulture, $"{wall.TotalMilliseconds:0.0} ms ({processor.TotalMilliseconds:0.0} cpu)");

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}
