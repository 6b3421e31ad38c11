using System.CommandLine;

namespace Agentops.Commands;

/// <summary>How commands take runs: by id, by a unique prefix of it, or by name.</summary>
internal static class RunArgument
{
    public static Argument<string> One() => new("run") { Description = "The run's id, a unique prefix of it, or its name" };

    public static Argument<string[]> Several() => new("run") { Description = "Ids, unique prefixes of them, or names of runs", Arity = ArgumentArity.OneOrMore };
}
