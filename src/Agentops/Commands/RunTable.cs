using System.Globalization;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary>How runs read in a table.</summary>
internal static class RunTable
{
    public static string Describe(IReadOnlyList<Run> runs, string home, DateTimeOffset now)
    {
        var table = new Table("NAME", "RUN ID", "STATE", "AGE", "EXIT", "WORKSPACE");
        foreach (var run in runs)
        {
            table.Add(
                run.Name,
                run.Id.ToString(),
                run.State.Word(),
                Age.Describe(run.CreatedAt, now),
                run.ExitCode is { } code ? code.ToString(CultureInfo.InvariantCulture) : run.State == RunState.Stopped ? "?" : "-",
                HomePath.Describe(run.Record?.Workspace ?? "?", home));
        }

        return table.Describe();
    }

    /// <summary>What cannot be shown as a run, a line each.</summary>
    public static string DescribeFaults(RunList list) => string.Concat(
        list.Faults.Select(fault => $"agent: a record cannot be read, so it is kept: {SafeText.Escape(fault)}\n")
        .Concat(list.Orphans.Count == 0 ? [] : [DescribeOrphans(list.Orphans)]));

    private static string DescribeOrphans(IReadOnlyList<Orphan> orphans)
    {
        const int Named = 3;
        var names = string.Join(", ", orphans.Take(Named).Select(orphan => $"{SafeText.Escape(orphan.Container.Name)} ({orphan.State.Word()})"));
        var what = orphans.Count == 1 ? "1 container has no record of its run" : $"{orphans.Count} containers have no record of their runs";
        return $"agent: {what} (orphaned): {names}{(orphans.Count > Named ? ", …" : "")}\n";
    }
}
