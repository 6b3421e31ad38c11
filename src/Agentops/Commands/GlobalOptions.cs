using System.CommandLine;
using Agentops.Runtimes;

namespace Agentops.Commands;

/// <summary>The options that every command takes.</summary>
internal static class GlobalOptions
{
    /// <summary>Which runtime to use.</summary>
    public static readonly Option<string?> Runtime = new("--runtime") { Description = "The container runtime to use: docker, podman or apple", HelpName = "name", Recursive = true };

    /// <summary>Which of Docker's contexts to use.</summary>
    public static readonly Option<string?> Context = new("--context") { Description = "The Docker context to use: a name that 'docker context ls' shows", HelpName = "name", Recursive = true };

    /// <summary>No colour; there is none yet, so that scripts may pass it everywhere.</summary>
    public static readonly Option<bool> NoColor = new("--no-color") { Description = "No colours (also: NO_COLOR)", Recursive = true };

    /// <summary>Say more.</summary>
    public static readonly Option<bool> Verbose = new("--verbose") { Description = "Show what is done in full", Recursive = true };

    /// <summary>One JSON document on standard output; on the commands that list or report.</summary>
    public static readonly Option<bool> Json = new("--json") { Description = "Print one JSON document" };

    /// <summary>Adds the options of every command.</summary>
    /// <param name="root">The root.</param>
    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Runtime);
        root.Options.Add(Context);
        root.Options.Add(NoColor);
        root.Options.Add(Verbose);
    }

    /// <summary>Which runtime the command line asks for.</summary>
    /// <param name="parse">The command line.</param>
    /// <returns>The request.</returns>
    public static RuntimeRequest RuntimeRequest(this ParseResult parse) => new(parse.GetValue(Runtime), parse.GetValue(Context));
}
