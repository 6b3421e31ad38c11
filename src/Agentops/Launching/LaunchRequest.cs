using Agentops.Containers;
using Agentops.Recipes;

namespace Agentops.Launching;

/// <summary>What the command line of <c>agent run</c> asks for; checked, but nothing looked up yet.</summary>
/// <param name="Workspace">Absolute; a folder that is there.</param>
internal sealed record LaunchRequest(string Workspace)
{
    /// <summary>The name of the run; null for the agent's.</summary>
    public string? Name { get; init; }

    /// <summary>The command; null for the recipe's.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Variables on top of the recipe's, later ones win.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Secrets on top of the recipe's.</summary>
    public IReadOnlyList<Secret> Secrets { get; init; } = [];

    /// <summary>Mounts on top of the recipe's.</summary>
    public IReadOnlyList<Mount> Mounts { get; init; } = [];

    /// <summary>Processors; null for the recipe's.</summary>
    public double? Cpus { get; init; }

    /// <summary>Bytes of memory; null for the recipe's.</summary>
    public long? Memory { get; init; }

    /// <summary>Null for the recipe's.</summary>
    public bool? Network { get; init; }

    /// <summary>Do not wait for the run.</summary>
    public bool Detach { get; init; }

    /// <summary>Remove its container when it ends.</summary>
    public bool Remove { get; init; }

    /// <summary>Remove the cached image and build without cache.</summary>
    public bool Rebuild { get; init; }

    /// <summary>The run gets a terminal: the caller has one.</summary>
    public bool Terminal { get; init; }
}
