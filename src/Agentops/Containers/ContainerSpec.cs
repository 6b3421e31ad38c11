namespace Agentops.Containers;

/// <summary>A folder or file of this machine seen inside a container.</summary>
/// <param name="Source">An absolute path here; any character may be in it.</param>
/// <param name="Target">An absolute path inside the container.</param>
/// <param name="ReadOnly">The container cannot write to it.</param>
public sealed record Mount(string Source, string Target, bool ReadOnly);

/// <summary>All a runtime needs to know to create one container.</summary>
/// <param name="Name">Such as <c>agentops-a1b2c3d4</c>.</param>
/// <param name="Image">The id of the image, so that a tag moved meanwhile changes nothing.</param>
/// <param name="Labels">The labels the container gets.</param>
public sealed record ContainerSpec(string Name, string Image, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Replaces the image's entrypoint; null keeps it.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Replaces the image's command; null keeps it.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Each <c>KEY=value</c>, on top of the image's.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The folder the process starts in; null keeps the image's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Such as <c>1000:1000</c>; null keeps the image's.</summary>
    public string? User { get; init; }

    /// <summary>What of this machine is seen inside.</summary>
    public IReadOnlyList<Mount> Mounts { get; init; } = [];

    /// <summary>Absolute paths inside the container that are kept in memory, with mount options such as <c>mode=0700,uid=1000</c>.</summary>
    public IReadOnlyDictionary<string, string> MemoryFolders { get; init; } = new Dictionary<string, string>();

    /// <summary>The process gets a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>The process's standard input is open.</summary>
    public bool Input { get; init; }

    /// <summary>Standard input ends for good when the first who attached to it goes.</summary>
    public bool InputOnce { get; init; }

    /// <summary>Processors, such as 1.5; null for no limit.</summary>
    public double? Cpus { get; init; }

    /// <summary>Bytes of memory, swap not on top of it; null for no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>How many processes it may hold at once; null for no limit.</summary>
    public long? Pids { get; init; }

    /// <summary>False: no network at all, but for its own loopback.</summary>
    public bool Network { get; init; } = true;

    /// <summary>A small init reaps its orphaned processes and passes signals on.</summary>
    public bool Init { get; init; } = true;

    /// <summary>No process in it may gain privileges (set-user-id programs).</summary>
    public bool NoNewPrivileges { get; init; } = true;

    /// <summary>Capabilities taken away from the runtime's defaults, such as <c>NET_RAW</c>.</summary>
    public IReadOnlyList<string> DroppedCapabilities { get; init; } = [];

    /// <summary>Capabilities on top of the runtime's defaults.</summary>
    public IReadOnlyList<string> AddedCapabilities { get; init; } = [];
}

/// <summary>A command run inside a container that is there already.</summary>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Terminal">It gets a terminal.</param>
/// <param name="Input">Its standard input is open.</param>
/// <param name="User">Null for the container's own.</param>
/// <param name="WorkingDirectory">Null for the container's own.</param>
/// <param name="Environment">Each <c>KEY=value</c>, on top of the container's.</param>
public sealed record ExecSpec(
    IReadOnlyList<string> Command,
    bool Terminal,
    bool Input,
    string? User = null,
    string? WorkingDirectory = null,
    IReadOnlyList<string>? Environment = null);
