using System.CommandLine;

namespace Agentops.Commands;

/// <summary><c>agent system</c>: the read-only way down to images and containers.</summary>
internal static class SystemCommand
{
    public static Command Create(World world)
    {
        var command = new Command("system", "Look at the images and containers behind the runs; read-only")
        {
            SystemImagesCommand.Create(world),
            SystemContainersCommand.Create(world),
        };
        return command;
    }

    /// <summary>Said of what another state folder made; nothing of our own and of what nobody signed.</summary>
    public static string Note(IReadOnlyDictionary<string, string> labels, string? installation) => Labels.AreOfAnother(labels, installation) ? "(another installation)" : "";
}
