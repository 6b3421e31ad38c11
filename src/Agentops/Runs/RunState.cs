using Agentops.Containers;

namespace Agentops.Runs;

/// <summary>What a run does: what the runtime says now joined with the record, never a stored guess.</summary>
public enum RunState
{
    /// <summary>Its container is being made; its creator lives.</summary>
    Creating,

    /// <summary>Its command runs.</summary>
    Running,

    /// <summary>Its command is frozen.</summary>
    Paused,

    /// <summary>Its command ended.</summary>
    Stopped,

    /// <summary>Its command never started, or its creator died before it did.</summary>
    Failed,

    /// <summary>It lives on another runtime than the one that was asked.</summary>
    Unknown,
}

/// <summary>How states read and how they are decided.</summary>
public static class RunStates
{
    /// <summary>The state of a run.</summary>
    /// <param name="record">What disk remembers.</param>
    /// <param name="container">What the runtime says of its container; null when it has none.</param>
    /// <param name="creatorLives">The process that made the record still runs.</param>
    /// <param name="endpoint">Where the runtime answers that was asked.</param>
    /// <returns>Its state now.</returns>
    public static RunState Of(RunRecord record, Container? container, bool creatorLives, string endpoint) => container?.State switch
    {
        null when record.EndedAt is not null => RunState.Stopped,
        null when record.Failure is not null => RunState.Failed,
        null when record.Endpoint != endpoint => RunState.Unknown,
        null when record.StartedAt is not null => RunState.Stopped,
        null => creatorLives ? RunState.Creating : RunState.Failed,
        ContainerState.Created when record.Failure is not null => RunState.Failed,
        ContainerState.Created => creatorLives ? RunState.Creating : RunState.Failed,
        ContainerState.Paused => RunState.Paused,
        ContainerState.Exited or ContainerState.Dead or ContainerState.Removing => RunState.Stopped,
        // A word we do not know counts as running: nothing may be done to it.
        _ => RunState.Running,
    };

    /// <summary>The word for people and for JSON.</summary>
    /// <param name="state">A state.</param>
    /// <returns>Such as <c>running</c>; <c>?</c> while unknown.</returns>
    public static string Word(this RunState state) => state switch
    {
        RunState.Creating => "creating",
        RunState.Running => "running",
        RunState.Paused => "paused",
        RunState.Stopped => "stopped",
        RunState.Failed => "failed",
        _ => "?",
    };
}
