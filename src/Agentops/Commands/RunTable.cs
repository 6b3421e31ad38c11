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
                Shorten(run.Record?.Workspace ?? "?", home));
        }

        return table.Describe();
    }

    /// <summary>What cannot be shown as a run, a line each.</summary>
    public static string DescribeFaults(RunList list) => string.Concat(
        list.Faults.Select(fault => $"agent: a record cannot be read, so it is kept: {SafeText.Escape(fault)}\n")
        .Concat(list.Orphans.Select(orphan => $"agent: the container of run {orphan.Id} is {orphan.State.Word()} and has no record (orphaned): {orphan.Id.ContainerName}\n")));

    private static string Shorten(string path, string home) =>
        home.Length > 1 && (path == home || path.StartsWith(home + Path.DirectorySeparatorChar, StringComparison.Ordinal)) ? "~" + path[home.Length..] : path;
}
