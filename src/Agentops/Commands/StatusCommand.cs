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
        var command = new Command("status", "Show runs, images, the space they take, and what to do about it") { exact, watch, GlobalOptions.Json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(watch) && result.GetValue(GlobalOptions.Json))
            {
                result.AddError("--watch and --json exclude each other");
            }
        });
        command.SetAction((parse, cancellationToken) => Show(world, parse, parse.GetValue(exact) ? InventoryDepth.Exact : InventoryDepth.Quick, parse.GetValue(watch), cancellationToken));
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
            return await Watch(world, runtime, depth, options, cancellationToken);
        }

        var inventory = await InventoryTaking.Take(world, runtime, depth, cancellationToken);
        var plan = CleanPlan.For(inventory, options);
        var health = Health.Of(inventory, plan);
        var isJson = parse.GetValue(GlobalOptions.Json);
        await world.Streams.Out.WriteAsync(isJson
            ? JsonSerializer.Serialize(StatusJson.Of(inventory, plan, health), OutputJson.Default.StatusJson) + "\n"
            : StatusText.Describe(inventory, health, world.Streams.Columns));
        if (!isJson)
        {
            await world.Streams.Error.WriteAsync(StatusText.Note(inventory));
        }

        MeasureTheRest(world, inventory);
        return (inventory.HasFault || StatusText.FigureFaults(inventory).Any() ? ExitCode.Failed : ExitCode.Done).Value;
    }

    // Nobody waits for it: the next look finds the sizes remembered.
    private static void MeasureTheRest(World world, Inventory inventory)
    {
        if (inventory.Unmeasured > 0 && Directory.Exists(world.Runs.StateFolder))
        {
            world.StartAgent(["measure", "--runtime", inventory.Runtime.Name]);
        }
    }

    private static async Task<int> Watch(World world, IContainerRuntime runtime, InventoryDepth depth, CleanOptions options, CancellationToken cancellationToken)
    {
        using var screen = new LiveScreen(world.Streams);
        while (!screen.IsOver && !cancellationToken.IsCancellationRequested)
        {
            try
            {
                var inventory = await InventoryTaking.Take(world, runtime, depth, cancellationToken);
                var plan = CleanPlan.For(inventory, options);
                screen.Show(StatusText.Describe(inventory, Health.Of(inventory, plan), world.Streams.Columns, screen.Rows));
                await screen.Wait(Pause, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
        }

        return ExitCode.Done.Value;
    }
}
