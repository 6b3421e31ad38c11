using System.Globalization;
using System.Text;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Status;

/// <summary>How <c>agent status</c> reads: the sections, columns and words of the design.</summary>
internal static class StatusText
{
    internal const string RecordsFault = "The records of runs cannot be read";
    private const string ContainersFault = "The containers cannot be listed";
    private const string ImagesFault = "The images cannot be listed";
    private const int MostUsers = 3;

    // Headings of sections and tables, and the empty lines between.
    private const int OtherLines = 9;

    /// <summary>Describes a picture.</summary>
    /// <param name="inventory">What there is.</param>
    /// <param name="health">What of it is in order.</param>
    /// <param name="columns">Of the terminal it is for; null for a file or a pipe.</param>
    /// <param name="rows">Of the screen all of it is to fit on: then the newest runs and images stand for all; null shows all.</param>
    /// <returns>Lines, each with its end.</returns>
    public static string Describe(Inventory inventory, IReadOnlyList<HealthLine> health, int? columns, int? rows = null)
    {
        var (mostRuns, mostImages) = rows is { } room ? Share(room - health.Count - OtherLines, inventory) : (int.MaxValue, int.MaxValue);
        return Things(inventory, columns, mostRuns, mostImages) + Describe(health);
    }

    /// <summary>All but the section Health.</summary>
    /// <param name="inventory">What there is.</param>
    /// <param name="columns">Of the terminal it is for; null for a file or a pipe.</param>
    /// <param name="mostRuns">The newest so many stand for all.</param>
    /// <param name="mostImages">The newest so many stand for all.</param>
    /// <returns>Lines, each with its end.</returns>
    internal static string Things(Inventory inventory, int? columns, int mostRuns = int.MaxValue, int mostImages = int.MaxValue)
    {
        var text = new StringBuilder("Runtime: ").Append(inventory.Runtime.Name).Append("\n\n");
        Runs(text, inventory, columns, mostRuns);
        text.Append('\n');
        Images(text, inventory, columns, mostImages);
        return text.Append('\n').ToString();
    }

    // Half for each, and what one does not need for the other; a line of each is for the number of those left out.
    private static (int Runs, int Images) Share(int lines, Inventory inventory)
    {
        var half = Math.Max(lines / 2, 2);
        var images = Math.Min(inventory.Images.Count, Math.Max(half, lines - inventory.Runs.Count));
        var runs = Math.Min(inventory.Runs.Count, Math.Max(half, lines - images));
        return (runs < inventory.Runs.Count ? runs - 1 : runs, images < inventory.Images.Count ? images - 1 : images);
    }

    /// <summary>What is left to say beside it.</summary>
    /// <param name="inventory">What there is.</param>
    /// <returns>Lines, each with its end; empty when nothing is.</returns>
    public static string Note(Inventory inventory)
    {
        var text = new StringBuilder();
        foreach (var fault in FigureFaults(inventory))
        {
            text.Append("agent: ").Append(SafeText.Escape(fault)).Append('\n');
        }

        return text.Append(inventory.Unmeasured switch
        {
            0 => "",
            1 => "agent: 1 size is still being measured. Wait for it: agent status --exact\n",
            var count => $"agent: {count.ToString("N0", CultureInfo.InvariantCulture)} sizes are still being measured. Wait for them: agent status --exact\n",
        }).ToString();
    }

    /// <summary>What could not be listed, for where there is no section to say so; untrusted text.</summary>
    /// <param name="inventory">What there is.</param>
    /// <returns>Sentences; none when all could.</returns>
    internal static IEnumerable<string> ListingFaults(Inventory inventory) => new[]
    {
        (What: RecordsFault, Why: inventory.RecordsFault),
        (What: ContainersFault, Why: inventory.ContainersFault),
        (What: ImagesFault, Why: inventory.ImagesFault),
    }.Where(fault => fault.Why is not null).Select(fault => $"{fault.What}: {fault.Why}");

    /// <summary>Which figures are not known or estimates because the runtime failed to tell, a line for each reason; untrusted text.</summary>
    /// <param name="inventory">What there is.</param>
    /// <returns>Sentences; none when it told all that was asked.</returns>
    internal static IEnumerable<string> FigureFaults(Inventory inventory)
    {
        foreach (var (why, count) in inventory.SizeFaults)
        {
            yield return $"{count.ToString("N0", CultureInfo.InvariantCulture)} {(count == 1 ? "size" : "sizes")} could not be measured: {FirstLine(why)}";
        }

        if (inventory.LayersFault is { } layers)
        {
            yield return $"The layers of an image could not be read, so what images take is not known for certain: {FirstLine(layers)}";
        }
    }

    private static void Runs(StringBuilder text, Inventory inventory, int? columns, int most)
    {
        if (inventory.RecordsFault is { } records)
        {
            text.Append("Runs (?)\n").Append(Fault(RecordsFault, records));
            return;
        }

        var running = inventory.ContainersFault is null ? inventory.Runs.Count(run => run.IsLive).ToString(CultureInfo.InvariantCulture) : "?";
        text.Append(CultureInfo.InvariantCulture, $"Runs ({inventory.Runs.Count} total, {running} running)\n");
        if (inventory.ContainersFault is { } containers)
        {
            text.Append(Fault(ContainersFault, containers));
        }

        if (inventory.Runs.Count == 0)
        {
            return;
        }

        var table = new Table("NAME", "RUN ID", "STATE", "AGE", "DISK") { Gaps = [4, 4, 3, 3], Flexible = [0] };
        foreach (var run in inventory.Runs.Take(most))
        {
            table.Add(run.Name, run.Id.ToString(), run.State.Word(), Age.Describe(run.CreatedAt, inventory.TakenAt), run.Disk.Total?.ToString() ?? "?");
        }

        table.AppendTo(text, indent: 2, columns);
        text.Append(More(inventory.Runs.Count - most));
    }

    private static string More(int count) => count > 0 ? $"  … {count.ToString("N0", CultureInfo.InvariantCulture)} more\n" : "";

    private static void Images(StringBuilder text, Inventory inventory, int? columns, int most)
    {
        if (inventory.ImagesFault is { } fault)
        {
            text.Append("Images (?)\n").Append(Fault(ImagesFault, fault));
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"Images ({inventory.Images.Count} total, {inventory.ImagesTotal?.ToString() ?? "?"})\n");
        if (inventory.Images.Count == 0)
        {
            return;
        }

        var table = new Table("IMAGE", "CREATED", "SIZE", "USED BY") { Gaps = [5, 5, 4], Flexible = [0, 3] };
        foreach (var image in inventory.Images.Take(most))
        {
            // The bytes of a base are inside the sizes of those built on it.
            var size = image is { IsBase: true, BuiltOnIt.Count: > 0 } ? "-" : image.Image.Size?.ToString() ?? "?";
            table.Add(image.Name, Age.Describe(image.Image.CreatedAt, inventory.TakenAt), size, UsedBy(image, inventory.ContainersFault is null));
        }

        table.AppendTo(text, indent: 2, columns);
        text.Append(More(inventory.Images.Count - most));
    }

    private static string UsedBy(InventoryImage image, bool isKnown)
    {
        var names = image.UserNames;
        var who = names.Count > MostUsers ? $"{string.Join(", ", names.Take(MostUsers))}, … ({names.Count})"
            : names.Count > 0 ? string.Join(", ", names)
            : image is { IsBase: true, BuiltOnIt.Count: > 0 } ? "(base)"
            : image.IsDangling ? "(dangling)"
            : image.BuiltOnIt.Count > 0 ? "(base)"
            : isKnown ? "(unused)"
            : "?";
        return image.Owner == Owner.Another ? $"{who} (another installation)" : who;
    }

    /// <summary>The section Health.</summary>
    internal static string Describe(IReadOnlyList<HealthLine> health)
    {
        var text = new StringBuilder("Health\n");
        foreach (var line in health)
        {
            text.Append("  ").Append(line.IsFine ? '✓' : '⚠').Append(' ').Append(SafeText.Escape(line.Message));
            if (line.Command is { } command)
            {
                text.Append(": ").Append(SafeText.Escape(command));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Fault(string what, string why) => $"  ⚠ {what}: {SafeText.Escape(why)}\n";

    private static string FirstLine(string why) => why.Split('\n')[0];
}
