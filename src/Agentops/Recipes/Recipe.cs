namespace Agentops.Recipes;

/// <summary>What an agent is made of and how it is run; from <c>agent.yaml</c>, a devcontainer, or built in.</summary>
/// <param name="Agent">The agent's name.</param>
/// <param name="Origin">Where it was read, as the user knows it: <c>agent.yaml</c>, <c>.devcontainer/devcontainer.json</c>, <c>built-in agent claude</c>, <c>default base</c>.</param>
/// <param name="Foundation">What its image is built on.</param>
public sealed record Recipe(AgentName Agent, string Origin, Foundation Foundation)
{
    /// <summary>Packages of the base's package manager.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Shell commands run while the image is built, one layer each.</summary>
    public IReadOnlyList<string> Setup { get; init; } = [];

    /// <summary>The command of a run that names none; null: the image's own.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Environment variables of a run.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Values taken from the caller's environment at the start of a run, and kept nowhere.</summary>
    public IReadOnlyList<Secret> Secrets { get; init; } = [];

    /// <summary>What else of this machine a run sees; sources are absolute.</summary>
    public IReadOnlyList<Containers.Mount> Mounts { get; init; } = [];

    /// <summary>Processors; null for no limit.</summary>
    public double? Cpus { get; init; }

    /// <summary>Bytes of memory; null for no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>False: a run has no network.</summary>
    public bool Network { get; init; } = true;

    /// <summary>What of the safe defaults is relaxed.</summary>
    public Security Security { get; init; } = new();

    /// <summary>What of its source is left out or may surprise, one line each, to be said when its image is built; untrusted text.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A variable whose value comes from the caller's environment and is kept nowhere.</summary>
/// <param name="Name">Of the variable.</param>
/// <param name="Optional">False: a run without it is refused.</param>
public sealed record Secret(string Name, bool Optional = false);

/// <summary>The safe defaults of a run, and what a recipe may relax by name.</summary>
/// <param name="Init">A small init reaps orphaned processes.</param>
/// <param name="NoNewPrivileges">No process may gain privileges.</param>
/// <param name="Capabilities">Capabilities a run keeps or gets although they are dropped by default, such as <c>NET_RAW</c>.</param>
/// <param name="Pids">How many processes at once; null for no limit.</param>
/// <param name="RuntimeSocket">It may be handed the runtime's own socket, and with it the whole machine.</param>
public sealed record Security(bool Init = true, bool NoNewPrivileges = true, IReadOnlyList<string>? Capabilities = null, long? Pids = 4096, bool RuntimeSocket = false);

/// <summary>What an agent's image is built on.</summary>
public abstract record Foundation
{
    private Foundation()
    {
    }

    /// <summary>One of our base images.</summary>
    /// <param name="Image">Which.</param>
    public sealed record OnBase(BaseImage Image) : Foundation;

    /// <summary>Any image of any registry.</summary>
    /// <param name="Reference">Such as <c>python:3.12</c>.</param>
    public sealed record OnImage(string Reference) : Foundation;

    /// <summary>A Dockerfile of the user's.</summary>
    /// <param name="Path">Absolute.</param>
    /// <param name="Context">The folder its <c>COPY</c> sees, absolute.</param>
    /// <param name="Arguments">Build arguments.</param>
    /// <param name="Target">The stage to stop at, or null for the last.</param>
    public sealed record OnDockerfile(string Path, string Context, IReadOnlyDictionary<string, string> Arguments, string? Target) : Foundation;
}
