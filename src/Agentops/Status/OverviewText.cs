using System.Globalization;
using System.Text;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Status;

/// <summary>How <c>agent status --all</c> reads: a line for each runtime, then the runs of all of them, then what to do.</summary>
internal static class OverviewText
{
    /// <summary>Describes a view.</summary>
    /// <param name="overview">What there is.</param>
    /// <param name="columns">Of the terminal it is for; null for a file or a pipe.</param>
    /// <returns>Lines, each with its end.</returns>
    public static string Describe(Overview overview, int? columns)
    {
        var answering = overview.Answering.Count();
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"Runtimes ({overview.Looks.Count} total, {answering} {(answering == 1 ? "answers" : "answer")})\n"))
            .Append(Runtimes(overview, columns)).Append('\n');
        if (answering > 0)
        {
            text.Append(Runs(overview, columns)).Append('\n');
        }

        return text.Append("Health\n").AppendJoin("", Health(overview)).ToString();
    }

    /// <summary>What is left to say beside it.</summary>
    /// <param name="overview">What there is.</param>
    /// <returns>Lines, each with its end; empty when nothing is.</returns>
    public static string Note(Overview overview) => string.Concat(overview.Answering
        .SelectMany(look => StatusText.FigureFaults(look.Inventory!).Select(fault => $"agent: {SafeText.Escape(look.Place.Name)}: {SafeText.Escape(fault)}\n")));

    private static string Runtimes(Overview overview, int? columns)
    {
        var table = new Table("NAME", "RUNTIME", "RUNNING", "STOPPED", "IMAGES", "SIZE", "ENDPOINT") { Gaps = [4, 4, 3, 3, 3, 4], Right = [2, 3, 4], Flexible = [0, 1, 6] };
        foreach (var look in overview.Looks)
        {
            var name = $"{look.Place.Name}{(look.IsChosen ? " *" : "")}";
            table.Add(look.Inventory is { } inventory
                ? [name, $"{inventory.Runtime.Name} {inventory.Runtime.Version}".TrimEnd(), .. Figures(inventory), look.Place.Endpoint!]
                : [name, "-", "-", "-", "-", "-", $"✗ {look.Reason}{(look.Place.Endpoint is { } endpoint ? $" ({endpoint})" : "")}"]);
        }

        return table.Describe(indent: 2, columns);
    }

    private static IEnumerable<string> Figures(Inventory inventory)
    {
        var isKnown = inventory.ContainersFault is null && inventory.RecordsFault is null;
        string Number(int count, bool known) => known ? count.ToString(CultureInfo.InvariantCulture) : "?";
        yield return Number(inventory.Runs.Count(run => run.IsLive), isKnown);
        yield return Number(inventory.Runs.Count(run => !run.IsLive), isKnown);
        yield return Number(inventory.Images.Count, inventory.ImagesFault is null);
        yield return inventory.ImagesFault is null && inventory.ImagesTotal is { } total ? total.ToString() : "?";
    }

    private static string Runs(Overview overview, int? columns)
    {
        if (overview.RecordsFault is { } fault)
        {
            return $"Runs (?)\n  ⚠ {StatusText.RecordsFault}: {SafeText.Escape(fault)}\n";
        }

        var heading = string.Create(CultureInfo.InvariantCulture, $"Runs ({overview.Runs.Count} total, {overview.Runs.Count(placed => placed.Run.IsLive)} running)\n");
        if (overview.Runs.Count == 0)
        {
            return heading;
        }

        var table = new Table("NAME", "RUN ID", "STATE", "AGE", "DISK", "RUNTIME") { Gaps = [4, 4, 3, 3, 4], Flexible = [0, 5] };
        foreach (var (run, place) in overview.Runs)
        {
            // One that none of them has: where it was made is all that is known.
            table.Add(run.Name, run.Id.ToString(), run.State.Word(), Age.Describe(run.CreatedAt, overview.TakenAt), run.Disk.Total?.ToString() ?? "?", place ?? run.Record?.Endpoint ?? "?");
        }

        return heading + table.Describe(indent: 2, columns);
    }

    private static IEnumerable<string> Health(Overview overview)
    {
        var count = 0;
        foreach (var look in overview.Answering)
        {
            foreach (var fault in StatusText.ListingFaults(look.Inventory! with { RecordsFault = null }))
            {
                count++;
                yield return $"  ⚠ {SafeText.Escape(look.Place.Name)}: {SafeText.Escape(fault)}\n";
            }

            foreach (var line in look.Health.Where(line => !line.IsFine && line.Command is not null && IsOfThePlace(line.Kind) && line.Kind != HealthKind.StaleImages))
            {
                count++;
                yield return $"  ⚠ {SafeText.Escape(look.Place.Name)}: {SafeText.Escape(line.Message)}: {SafeText.Escape(CommandFor(look, line.Command!))}\n";
            }
        }

        // The records are of all places alike.
        foreach (var line in overview.Answering.FirstOrDefault()?.Health.Where(line => !line.IsFine && line.Command is not null && !IsOfThePlace(line.Kind)) ?? [])
        {
            count++;
            yield return $"  ⚠ {SafeText.Escape(line.Message)}: {SafeText.Escape(line.Command!)}\n";
        }

        if (overview.Looks.Count - overview.Answering.Count() is > 0 and var silent)
        {
            count++;
            yield return $"  ⚠ {(silent == 1 ? "1 runtime does" : $"{silent} runtimes do")} not answer: agent doctor\n";
        }

        if (count == 0)
        {
            yield return "  ✓ Nothing to do\n";
        }
    }

    private static bool IsOfThePlace(HealthKind kind) => kind is not (HealthKind.UnreadableRecords or HealthKind.Leftovers);

    /// <summary>A command that is to act on one place.</summary>
    /// <param name="look">The place.</param>
    /// <param name="command">Such as <c>agent clean</c>.</param>
    /// <returns>The same for a shell, with what leads it there.</returns>
    internal static string CommandFor(PlaceLook look, string command) => (look.Place.Origin, look.Inventory?.Runtime.Name) switch
    {
        _ when look.IsChosen => command,
        (PlaceOrigin.Context, _) => $"{command} --context {look.Place.Name}",
        (PlaceOrigin.Apple, _) => $"{command} --runtime apple",
        (_, "podman") => $"CONTAINER_HOST={look.Place.Endpoint} {command} --runtime podman",
        _ => $"DOCKER_HOST={look.Place.Endpoint} {command}",
    };
}
