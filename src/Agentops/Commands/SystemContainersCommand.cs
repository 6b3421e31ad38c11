using System.CommandLine;
using System.Text.Json;
using Agentops.Containers;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent system containers</c>: the containers that are ours, and the native commands for them.</summary>
internal static class SystemContainersCommand
{
    public static Command Create(World world)
    {
        var command = new Command("containers", "List the containers that are agentops' own") { GlobalOptions.Json };
        command.SetAction((parse, cancellationToken) => List(world, parse, cancellationToken));
        return command;
    }

    private static async Task<int> List(World world, ParseResult parse, CancellationToken cancellationToken)
    {
        await using var runtime = await world.ConnectRuntime(parse.RuntimeRequest(), cancellationToken);
        var containers = (await runtime.ListContainers(cancellationToken))
            .Where(container => container.IsOurs).OrderByDescending(container => container.CreatedAt ?? DateTimeOffset.MinValue).ThenBy(container => container.Id, StringComparer.Ordinal).ToList();
        var now = world.Clock.GetUtcNow();
        await world.Streams.Out.WriteAsync(parse.GetValue(GlobalOptions.Json)
            ? JsonSerializer.Serialize(SystemContainersJson.Of(runtime.Identity, containers, now), OutputJson.Default.SystemContainersJson) + "\n"
            : Describe(runtime.Identity, containers, world.Runs.KnownInstallation, now));
        return ExitCode.Done.Value;
    }

    internal static string Describe(RuntimeIdentity runtime, IReadOnlyList<Container> containers, string? installation, DateTimeOffset now)
    {
        if (containers.Count == 0)
        {
            return "No containers.\n";
        }

        var table = new Table("CONTAINER ID", "NAME", "STATUS", "CREATED", "");
        foreach (var container in containers)
        {
            // On Apple's container a name, of which it takes no beginning.
            var id = container.Id.Length == 64 ? container.Id[..12] : container.Id;
            table.Add(id, container.Name, container.State.Word(), Age.Describe(container.CreatedAt, now), SystemCommand.Note(container.Labels, installation));
        }

        var native = NativeCommands.Of(runtime.Name);
        return $"{table.Describe()}\nTo remove a container: {native.RemoveContainer}\nTo view logs: {native.Logs}\n";
    }
}
