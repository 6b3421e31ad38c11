using Agentops.Containers;

namespace Agentops.Runs;

/// <summary>One agent at work in one container, from <c>agent run</c> until it is cleaned.</summary>
/// <param name="Id">Its container is named <c>agentops-{Id}</c>.</param>
/// <param name="Name">What the user calls it.</param>
/// <param name="Agent">The agent's name.</param>
/// <param name="State">What the runtime said at the time of the listing.</param>
/// <param name="ExitCode">Of its command; null while it runs, never ran, or nobody knows.</param>
/// <param name="CreatedAt">UTC; null when neither record nor runtime know.</param>
/// <param name="Record">What disk remembers; null when that cannot be read.</param>
/// <param name="Container">What the runtime says; null when the run has none.</param>
public sealed record Run(
    RunId Id,
    string Name,
    string Agent,
    RunState State,
    int? ExitCode,
    DateTimeOffset? CreatedAt,
    RunRecord? Record,
    Container? Container)
{
    /// <summary>What it takes on disk.</summary>
    public DiskUse Disk { get; init; } = DiskUse.Unknown;

    /// <summary>Its command runs or may run again by itself.</summary>
    public bool IsLive => State is RunState.Running or RunState.Paused or RunState.Creating;

    /// <summary>When it last used its image, as far as anything tells: it was made then, or ended.</summary>
    public DateTimeOffset? LastUsedAt => Later(Later(CreatedAt, Record?.EndedAt), Disk.FinishedAt);

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one > other || other is null ? one : other;

    /// <summary>Joins a record with what the runtime says.</summary>
    /// <param name="id">The run.</param>
    /// <param name="record">What disk remembers.</param>
    /// <param name="container">Null when it has none.</param>
    /// <param name="creatorLives">The process that made the record still runs.</param>
    /// <param name="endpoint">Where the runtime answers that was asked.</param>
    /// <returns>The run.</returns>
    public static Run Of(RunId id, RunRecord record, Container? container, bool creatorLives, string endpoint)
    {
        var state = RunStates.Of(record, container, creatorLives, endpoint);
        var exitCode = state == RunState.Stopped ? container?.ExitCode ?? record.ExitCode : null;
        var createdAt = record.CreatedAt == default ? container?.CreatedAt : record.CreatedAt;
        return new Run(id, record.Name, record.Agent, state, exitCode, createdAt, record, container);
    }

    /// <summary>A run of which only the container is left or readable.</summary>
    /// <param name="id">The run.</param>
    /// <param name="container">Its container.</param>
    /// <returns>The run, named after its agent.</returns>
    public static Run Of(RunId id, Container container)
    {
        var agent = container.Labels.GetValueOrDefault(Labels.Agent) ?? "?";
        var state = container.State switch
        {
            ContainerState.Created => RunState.Failed,
            ContainerState.Paused => RunState.Paused,
            ContainerState.Exited or ContainerState.Dead or ContainerState.Removing => RunState.Stopped,
            _ => RunState.Running,
        };
        return new Run(id, agent, agent, state, container.ExitCode, container.CreatedAt, null, container);
    }
}
