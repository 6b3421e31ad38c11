using System.CommandLine;
using System.Text.Json;
using Agentops.Cleaning;
using Agentops.Runtimes;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent status</c>: runs, images, what they take, and what to do about it.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public static Command Create(World world)
    {
        var exact = new Option<bool>("--exact") { Description = "Wait for all sizes, those of running runs too" };
        var watch = new Option<bool>("--watch", "-w") { Description = "Show it again and again, in place, until Ctrl+C or q" };
        var all = new Option<bool>("--all", "-a") { Description = "Show all runtimes and Docker contexts in one view" };
        var command = new Command("status", "Show runs, images, the space they take, and what to do about it") { all, exact, watch, GlobalOptions.Json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(watch) && result.GetValue(GlobalOptions.Json))
            {
                result.AddError("--watch and --json exclude each other");
            }

            // Those wait, or name one runtime; the view of all does neither.
            if (result.GetValue(all) && new (string Name, bool IsSet)[] { ("--exact", result.GetValue(exact)), ("--watch", result.GetValue(watch)), ("--runtime", result.GetValue(GlobalOptions.Runtime) is not null), ("--context", result.GetValue(GlobalOptions.Context) is not null) }
                .FirstOrDefault(other => other.IsSet) is { Name: { } other })
            {
                result.AddError($"--all and {other} exclude each other");
            }
        });
        command.SetAction((parse, cancellationToken) => parse.GetValue(all) ? ShowAll(world, parse, cancellationToken) : Show(world, parse, parse.GetValue(exact) ? InventoryDepth.Exact : InventoryDepth.Quick, parse.GetValue(watch), cancellationToken));
        return command;
    }

    private static async Task<int> Show(World world, ParseResult parse, InventoryDepth depth, bool watch, CancellationToken cancellationToken)
    {
        var options = CleanOptions.Of(Configuration.Read(world.Runs.StateFolder).Clean);
        if (watch && world.Streams.Columns is null)
        {
            throw new UsageException("--watch needs a terminal to show it in. For scripts: agent status --json");
        }

        await using var runtime = await world.ConnectRuntime(parse.RuntimeRequest(), cancellationToken);
        if (watch)
        {
            using var screen = LiveScreen.On(world.Streams);
            return (await Watch(world, runtime, depth, options, screen, cancellationToken)).Value;
        }

        var inventory = await InventoryTaking.Take(world, runtime, depth, cancellationToken);
        // Of a thousand runs, the plan takes as long as the text.
        var healthTask = Task.Run(
            () =>
            {
                var plan = CleanPlan.For(inventory, options);
                return (Plan: plan, Lines: Health.Of(inventory, plan));
            },
            CancellationToken.None);
        if (parse.GetValue(GlobalOptions.Json))
        {
            var health = await healthTask;
            await world.Streams.Out.WriteAsync(JsonSerializer.Serialize(StatusJson.Of(inventory, health.Plan, health.Lines), OutputJson.Default.StatusJson) + "\n");
        }
        else
        {
            var things = StatusText.Things(inventory, world.Streams.Columns);
            await world.Streams.Out.WriteAsync(things + StatusText.Describe((await healthTask).Lines));
            await world.Streams.Error.WriteAsync(StatusText.Note(inventory));
        }

        MeasureTheRest(world, inventory);
        return (inventory.HasFault || StatusText.FigureFaults(inventory).Any() ? ExitCode.Failed : ExitCode.Done).Value;
    }

    private static async Task<int> ShowAll(World world, ParseResult parse, CancellationToken cancellationToken)
    {
        var options = CleanOptions.Of(Configuration.Read(world.Runs.StateFolder).Clean);
        var overview = await OverviewTaking.Take(world, options, RuntimeFinder.Patience(world.Surroundings) ?? OverviewTaking.Deadline, cancellationToken);
        if (overview.Looks.Count == 0)
        {
            throw new RuntimeUnavailableException("There is no container runtime: no Docker context, no DOCKER_HOST, no CONTAINER_HOST, and no socket where engines usually listen.\nInstall and start Docker or Podman. What was looked at: agent doctor");
        }

        if (parse.GetValue(GlobalOptions.Json))
        {
            await world.Streams.Out.WriteLineAsync(JsonSerializer.Serialize(OverviewJson.Of(overview), OutputJson.Default.OverviewJson));
        }
        else
        {
            await world.Streams.Out.WriteAsync(OverviewText.Describe(overview, world.Streams.Columns));
            await world.Streams.Error.WriteAsync(OverviewText.Note(overview));
        }

        return (!overview.Answering.Any() ? ExitCode.RuntimeUnavailable : overview.HasFault ? ExitCode.Failed : ExitCode.Done).Value;
    }

    // Nobody waits for it: the next look finds the sizes remembered.
    private static void MeasureTheRest(World world, Inventory inventory)
    {
        if (inventory.Unmeasured > 0 && Directory.Exists(world.Runs.StateFolder))
        {
            world.StartAgent(["measure", .. inventory.Runtime.Context is { } context ? ["--context", context] : new[] { "--runtime", inventory.Runtime.Name }]);
        }
    }

    /// <summary>Shows it again and again until the user or a signal ends it, also in the middle of a look.</summary>
    internal static async Task<ExitCode> Watch(
        World world, IContainerRuntime runtime, InventoryDepth depth, CleanOptions options, LiveScreen screen, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, screen.Over);
        try
        {
            while (true)
            {
                var inventory = await InventoryTaking.Take(world, runtime, depth, end.Token);
                screen.Show(StatusText.Describe(inventory, Health.Of(inventory, CleanPlan.For(inventory, options)), screen.Columns, screen.Rows));
                await Task.Delay(Pause, world.Clock, end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return ExitCode.Done;
        }
    }
}
