using System.CommandLine;
using System.Text.Json;
using Agentops.Cleaning;
using Agentops.Runs;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent why</c>: who made a thing, who uses it, and which rule keeps it or lets it go.</summary>
internal static class WhyCommand
{
    public static Command Create(World world)
    {
        var thing = new Argument<string>("thing") { Description = "A run, an image or a container: its name, tag or id" };
        var command = new Command("why", "Explain who made a run, image or container, who uses it, and what keeps it") { thing, GlobalOptions.Json };
        command.SetAction((parse, cancellationToken) => Why(world, parse, parse.GetValue(thing)!, cancellationToken));
        return command;
    }

    private static async Task<int> Why(World world, ParseResult parse, string thing, CancellationToken cancellationToken)
    {
        var options = CleanOptions.Of(Configuration.Read(world.Runs.StateFolder).Clean);
        await using var search = new RunSearch(world, parse.RuntimeRequest());
        var runtime = await search.ConnectNear(thing, cancellationToken);
        var inventory = await InventoryTaking.Take(world, runtime, InventoryDepth.Quick, cancellationToken);
        var explanation = Explanation.Of(inventory, CleanPlan.For(inventory, options), thing, world.Surroundings.Home);
        await world.Streams.Out.WriteAsync(parse.GetValue(GlobalOptions.Json)
            ? JsonSerializer.Serialize(WhyJson.Of(inventory, explanation), OutputJson.Default.WhyJson) + "\n"
            : Describe(explanation));
        if (!parse.GetValue(GlobalOptions.Json))
        {
            await world.Streams.Error.WriteAsync(string.Concat(StatusText.ListingFaults(inventory).Select(fault => $"agent: {SafeText.Escape(fault)}\n")));
        }

        return (inventory.HasFault ? ExitCode.Failed : ExitCode.Done).Value;
    }

    private static string Describe(Explanation explanation)
    {
        var table = new Table();
        foreach (var (label, text) in explanation.Facts)
        {
            table.Add(label, text);
        }

        var verdict = explanation.Cleanable switch
        {
            true => "Can be cleaned",
            false => "Kept",
            null => "Not judged",
        };
        return $"{char.ToUpperInvariant(explanation.Kind[0])}{explanation.Kind[1..]} {SafeText.Escape(explanation.Name)}\n{table.Describe(indent: 2)}\n{verdict}: {SafeText.Escape(explanation.Why)}\n{(explanation.Cleanable == false ? "To change that: " : "")}{SafeText.Escape(explanation.Cleanable == false ? explanation.Change : Capital(explanation.Change))}\n";
    }

    private static string Capital(string text) => text.StartsWith("agent ", StringComparison.Ordinal) ? text : $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
