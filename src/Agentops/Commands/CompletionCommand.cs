using System.CommandLine;
using Agentops.Completing;

namespace Agentops.Commands;

/// <summary><c>agent completion</c>: a script that a shell completes command lines of ours with.</summary>
internal static class CompletionCommand
{
    public static Command Create(World world)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh" };
        var command = new Command("completion", "Print a script that completes commands, options, runs and agents in your shell") { shell };
        command.SetAction((parse, _) => Print(world, parse.GetValue(shell)!));
        return command;
    }

    private static async Task<int> Print(World world, string shell)
    {
        var script = CompletionScript.Of(shell) ?? throw new UsageException($"There is no completion for '{shell}': it is one of {string.Join(", ", CompletionScript.Shells)}.");
        await world.Streams.Out.WriteAsync(script);
        return ExitCode.Done.Value;
    }
}
