using System.CommandLine;
using System.Text.Json;
using Agentops.Diagnosing;
using Agentops.Runtimes;

namespace Agentops.Commands;

/// <summary><c>agent doctor</c>: whether a run could start, and what stands in its way.</summary>
internal static class DoctorCommand
{
    public static Command Create(World world)
    {
        var command = new Command("doctor", "Look at all runtimes and the state folder: can a run start, and what to do if not") { GlobalOptions.Json };
        command.SetAction((parse, cancellationToken) => Examine(world, parse, cancellationToken));
        return command;
    }

    private static async Task<int> Examine(World world, ParseResult parse, CancellationToken cancellationToken)
    {
        var facts = await DoctorTaking.Take(world, parse.RuntimeRequest(), RuntimeFinder.Patience(world.Surroundings) ?? DoctorTaking.Deadline, cancellationToken);
        var diagnosis = Diagnosis.Of(facts);
        await world.Streams.Out.WriteAsync(parse.GetValue(GlobalOptions.Json)
            ? JsonSerializer.Serialize(DoctorJson.Of(facts, diagnosis), OutputJson.Default.DoctorJson) + "\n"
            : DoctorText.Describe(diagnosis, world.Streams.Columns));
        return diagnosis.ExitCode.Value;
    }
}
