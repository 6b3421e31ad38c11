using System.CommandLine;
using System.Text.Json;
using Agentops.Cleaning;
using Agentops.Runtimes;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent clean</c>: removes ended runs and what nothing uses any more; shows exactly that before it asks.</summary>
internal static class CleanCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run", "-n") { Description = "Show what would go, and remove nothing" };
    private static readonly Option<bool> Force = new("--force", "-f") { Description = "Do not ask" };
    private static readonly Option<bool> Interactive = new("--interactive", "-i") { Description = "Pick from a full-screen list" };
    private static readonly Option<bool> Runs = new("--runs") { Description = "Only runs, and containers without a record" };
    private static readonly Option<bool> Images = new("--images") { Description = "Only images" };
    private static readonly Option<string?> OlderThan = new("--older-than") { Description = "Keep what was created since then, such as 7d or 12h", HelpName = "age" };
    private static readonly Option<string?> KeepLast = new("--keep-last") { Description = "Keep the last N ended runs of each agent", HelpName = "N" };
    private static readonly Option<string?> PlanTo = new("--plan") { Description = "Write the plan to a file, and remove nothing", HelpName = "file" };
    private static readonly Option<string?> Apply = new("--apply") { Description = "Remove exactly what a plan in a file names, if it is still as it was", HelpName = "file" };

    public static Command Create(World world)
    {
        var command = new Command("clean", "Remove ended runs and images that nothing uses; shows them and asks first")
        {
            DryRun, Force, Interactive, Runs, Images, OlderThan, KeepLast, PlanTo, Apply, GlobalOptions.Json,
        };
        command.Validators.Add(result =>
        {
            Exclude(Interactive, Force, DryRun, GlobalOptions.Json, PlanTo, Apply);
            Exclude(DryRun, Force, PlanTo);
            Exclude(PlanTo, Apply, Force);
            Exclude(Apply, Runs, Images, OlderThan, KeepLast);

            void Exclude(Option one, params Option[] others)
            {
                if (result.GetResult(one) is { Implicit: false } && others.FirstOrDefault(other => result.GetResult(other) is { Implicit: false }) is { } other)
                {
                    result.AddError($"{one.Name} and {other.Name} exclude each other");
                }
            }
        });
        command.SetAction((parse, cancellationToken) => Clean(world, parse, cancellationToken));
        return command;
    }

    private static async Task<int> Clean(World world, ParseResult parse, CancellationToken cancellationToken)
    {
        var options = Options(parse, Configuration.Read(world.Runs.StateFolder).Clean);
        var asJson = parse.GetValue(GlobalOptions.Json);
        var file = parse.GetValue(Apply) is { } path ? PlanFile.Read(Path.GetFullPath(path, world.Surroundings.Folder)) : null;
        if (parse.GetValue(Interactive) && !world.Streams.AreInteractive)
        {
            throw new UsageException("--interactive needs a terminal. For scripts: agent clean --dry-run, then agent clean --force");
        }

        await using var runtime = await world.ConnectRuntime(parse.RuntimeRequest(), cancellationToken);
        if (!asJson)
        {
            await world.Streams.Error.WriteLineAsync("Scanning for resources to clean...\n");
        }

        var inventory = await InventoryTaking.Take(world, runtime, InventoryDepth.Removal, cancellationToken);
        await TellFaults(world, inventory);
        var plan = CleanPlan.For(inventory, options);
        if (file is not null)
        {
            (plan, var drift) = PlanFile.Check(file, inventory, plan);
            await world.Streams.Error.WriteAsync(string.Concat(drift.Select(line => $"Left as it is, {SafeText.Escape(line)}\n").Append(drift.Count > 0 ? "\n" : "")));
        }

        if (parse.GetValue(Interactive) && !plan.IsEmpty)
        {
            if (await CleanPicker.Pick(world, inventory, plan, parse.GetValue(GlobalOptions.NoColor), cancellationToken) is not { } picked)
            {
                await world.Streams.Out.WriteLineAsync("Nothing removed.");
                return ExitCode.Done.Value;
            }

            plan = picked;
        }

        return (await Go(world, runtime, inventory, plan, parse, asJson, cancellationToken)).Value;
    }

    private static async Task<ExitCode> Go(
        World world, IContainerRuntime runtime, Inventory inventory, CleanPlan plan, ParseResult parse, bool asJson, CancellationToken cancellationToken)
    {
        var (dryRun, verbose, planTo) = (parse.GetValue(DryRun), parse.GetValue(GlobalOptions.Verbose), parse.GetValue(PlanTo));
        var looked = inventory.HasFault ? ExitCode.Failed : ExitCode.Done;
        if (planTo is not null)
        {
            PlanFile.Write(Path.GetFullPath(planTo, world.Surroundings.Folder), CleanPlanJson.Of(inventory, plan));
        }

        if (asJson && (dryRun || planTo is not null))
        {
            await world.Streams.Out.WriteLineAsync(JsonSerializer.Serialize(CleanPlanJson.Of(inventory, plan), OutputJson.Default.CleanPlanJson));
            return looked;
        }

        // With JSON the plan is for whoever is asked, and nobody is with --force.
        var shown = asJson ? world.Streams.Error : world.Streams.Out;
        if (!asJson || !(plan.IsEmpty || parse.GetValue(Force)))
        {
            await shown.WriteAsync(plan.IsEmpty ? "Nothing to clean.\n" : CleanText.Describe(plan, inventory.TakenAt, world.Streams.Columns));
            if (verbose || dryRun || plan.IsEmpty || planTo is not null)
            {
                await shown.WriteAsync(CleanText.Describe(plan.Kept, verbose));
            }
        }

        if (planTo is not null)
        {
            await shown.WriteLineAsync($"\nPlan written to {planTo}. To apply it: agent clean --apply {planTo}");
            return looked;
        }

        if (dryRun || (plan.IsEmpty && !asJson))
        {
            return looked;
        }

        if (!plan.IsEmpty && !parse.GetValue(Force))
        {
            await shown.WriteLineAsync();
            if (!await world.Streams.Confirm("Remove these resources?", cancellationToken))
            {
                await shown.WriteLineAsync("Nothing removed.");
                return looked;
            }
        }

        var report = await Remove(world, runtime, inventory, plan, asJson, cancellationToken);
        return cancellationToken.IsCancellationRequested ? throw new OperationCanceledException(cancellationToken)
            : report.HasFailures ? ExitCode.Failed
            : looked;
    }

    private static async Task<CleanReport> Remove(World world, IContainerRuntime runtime, Inventory inventory, CleanPlan plan, bool asJson, CancellationToken cancellationToken)
    {
        var told = asJson ? TextWriter.Null : world.Streams.Out;
        using var alone = await BeAlone(world, asJson, cancellationToken);
        IOException? unheard = null;
        Tell("\n");
        var report = await new Cleaner(world, runtime, inventory).CarryOut(
            plan, item => Tell(CleanText.Describe(item)), removal => Tell(CleanText.Describe(removal) + "\n"), cancellationToken);
        Tell($"\n{CleanText.Describe(report)}");
        if (unheard is not null)
        {
            throw unheard;
        }

        if (asJson)
        {
            await world.Streams.Out.WriteLineAsync(JsonSerializer.Serialize(CleanReportJson.Of(inventory.Runtime, inventory.TakenAt, report), OutputJson.Default.CleanReportJson));
        }

        return report;

        // What was shown is removed, whether or not somebody goes on reading: else it would stop with several in hand.
        void Tell(string text)
        {
            try
            {
                (unheard is null ? told : TextWriter.Null).Write(text);
            }
            catch (IOException failure)
            {
                unheard = failure;
            }
        }
    }

    // Of two at once, each would say that it removed what both asked the runtime to remove.
    private static async Task<IDisposable> BeAlone(World world, bool asJson, CancellationToken cancellationToken)
    {
        for (var isTold = asJson; ; isTold = true)
        {
            if (world.Runs.TryLock("clean") is { } alone)
            {
                return alone;
            }

            if (!isTold)
            {
                await world.Streams.Error.WriteLineAsync("Waiting for another agent clean to end...");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), world.Clock, cancellationToken);
        }
    }

    // What could not be looked at is kept, and that is said.
    private static async Task TellFaults(World world, Inventory inventory)
    {
        foreach (var (what, fault) in new[] { ("The records of runs cannot be read", inventory.RecordsFault), ("The containers cannot be listed", inventory.ContainersFault), ("The images cannot be listed", inventory.ImagesFault) })
        {
            if (fault is not null)
            {
                await world.Streams.Error.WriteLineAsync($"agent: {what}, so what depends on it is kept: {SafeText.Escape(fault.Split('\n')[0])}");
            }
        }

        foreach (var record in inventory.UnreadableRecords)
        {
            await world.Streams.Error.WriteLineAsync($"agent: a record cannot be read, so it is kept: {SafeText.Escape(record)}");
        }
    }

    private static CleanOptions Options(ParseResult parse, CleanSettings settings)
    {
        var (runs, images) = (parse.GetValue(Runs), parse.GetValue(Images));
        var options = CleanOptions.Of(settings);
        return options with
        {
            Runs = runs || !images,
            Images = images || !runs,
            OlderThan = parse.GetValue(OlderThan) is { } age ? Duration.Parse(age, "--older-than") : null,
            KeepLast = parse.GetValue(KeepLast) is { } last ? Number(last) : options.KeepLast,
        };
    }

    private static int Number(string text) => int.TryParse(text, out var number) && number >= 0
        ? number
        : throw new UsageException($"--keep-last takes a number of runs, 0 or more, got '{text}'");
}
