using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Containers;

/// <summary>What a container does now, in the runtime's words.</summary>
public enum ContainerState
{
    /// <summary>A word we do not know; treat it as in use.</summary>
    Unknown,

    /// <summary>Made and never started.</summary>
    Created,

    /// <summary>Its process runs.</summary>
    Running,

    /// <summary>Its process is frozen.</summary>
    Paused,

    /// <summary>It is about to be started again by the runtime.</summary>
    Restarting,

    /// <summary>Its removal is under way.</summary>
    Removing,

    /// <summary>Its process ended.</summary>
    Exited,

    /// <summary>The runtime failed to remove it.</summary>
    Dead,
}

/// <summary>How states of containers read.</summary>
public static class ContainerStates
{
    /// <summary>The runtimes' own word for a state.</summary>
    /// <param name="state">A state.</param>
    /// <returns>Such as <c>exited</c>; <c>?</c> for one we do not know.</returns>
    public static string Word(this ContainerState state) => state switch
    {
        ContainerState.Created => "created",
        ContainerState.Running => "running",
        ContainerState.Paused => "paused",
        ContainerState.Restarting => "restarting",
        ContainerState.Removing => "removing",
        ContainerState.Exited => "exited",
        ContainerState.Dead => "dead",
        _ => "?",
    };
}

/// <summary>A container as a runtime lists it.</summary>
/// <param name="Id">In full, 64 hexadecimal digits (Apple: the name).</param>
/// <param name="Name">Without a leading slash; untrusted text.</param>
/// <param name="State">Now.</param>
/// <param name="ExitCode">Of its last process; null while none ended or the listing does not say.</param>
/// <param name="ImageId">In full, <c>sha256:…</c>; null when the runtime does not say.</param>
/// <param name="Image">The image as it was named at creation; untrusted text.</param>
/// <param name="CreatedAt">UTC; null when the runtime does not say.</param>
/// <param name="Labels">Those of its image included; untrusted text.</param>
public sealed record Container(
    string Id,
    string Name,
    ContainerState State,
    int? ExitCode,
    string? ImageId,
    string Image,
    DateTimeOffset? CreatedAt,
    IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Ours: by the label <c>agentops.run</c> or by the exact form of its name. Others matter as users of images.</summary>
    public bool IsOurs => Labels.ContainsKey(Agentops.Labels.Run) || RunId.IsContainerName(Name);

    /// <summary>Its process has ended and may be started again only by somebody's command.</summary>
    public bool HasEnded => State is ContainerState.Exited or ContainerState.Dead;

    /// <summary>Its process ended at least so long ago, by the runtime's own clock; null when it has not ended or the listing does not say.</summary>
    public TimeSpan? EndedAtLeast { get; init; }

    /// <summary>Volumes without a name of their own, which go with the container.</summary>
    public IReadOnlyList<string> AnonymousVolumes { get; init; } = [];
}

/// <summary>A container that was created.</summary>
/// <param name="Id">In full.</param>
/// <param name="Warnings">What it was to have and the runtime cannot give, each a sentence with what to do about it.</param>
public sealed record CreatedContainer(string Id, IReadOnlyList<string> Warnings);

/// <summary>What a container takes on disk.</summary>
/// <param name="Details">The container at that moment.</param>
/// <param name="Layer">What it wrote over its image; null when the runtime does not say.</param>
public sealed record ContainerSize(ContainerDetails Details, ByteSize? Layer);

/// <summary>What a volume takes on disk.</summary>
/// <param name="Size">Null when the runtime does not say.</param>
/// <param name="Users">How many containers have it; null when the runtime does not say.</param>
public sealed record VolumeSize(ByteSize? Size, int? Users);

/// <summary>One container looked at closely.</summary>
/// <param name="Container">What a listing shows too.</param>
/// <param name="StartedAt">UTC; null when never started.</param>
/// <param name="FinishedAt">UTC; null while its process has not ended.</param>
/// <param name="KilledByMemory">The kernel killed it at its memory limit; null when it may have, and the runtime does not notice such things.</param>
/// <param name="MemoryLimit">Bytes; null for none.</param>
/// <param name="Error">Why it could not be started, in the runtime's words; null when it could.</param>
/// <param name="HasTerminal">It was created with a terminal: output comes as one raw stream.</param>
/// <param name="TakesInput">Its standard input was created open.</param>
public sealed record ContainerDetails(
    Container Container,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    bool? KilledByMemory,
    long? MemoryLimit,
    string? Error,
    bool HasTerminal,
    bool TakesInput);
