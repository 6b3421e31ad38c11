using System.CommandLine;
using Agentops.Completing;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent complete -- …</c>, hidden: what the scripts of <c>agent completion</c> ask, a candidate a line, its description behind a tab.</summary>
internal static class CompleteCommand
{
    /// <summary>Its name: after it, too, there may be a <c>--</c>.</summary>
    public const string Name = "complete";

    public static Command Create(World world, IReadOnlyList<string>? words)
    {
        var command = new Command(Name, "Complete a command line") { Hidden = true };
        command.SetAction((parse, _) => Complete(world, parse.RootCommandResult.Command, words ?? []));
        return command;
    }

    private static async Task<int> Complete(World world, Command root, IReadOnlyList<string> words)
    {
        var lines = Completion.Of(root, words, CompletionSources.Of(world)).Select(candidate => $"{candidate.Text}\t{SafeText.Escape(candidate.Description)}".TrimEnd('\t') + "\n");
        await world.Streams.Out.WriteAsync(string.Concat(lines));
        return ExitCode.Done.Value;
    }
}
