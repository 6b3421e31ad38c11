using Agentops.Containers;

namespace Agentops.Runs;

/// <summary>A container of ours, or that looks like it, without a record of its run that we can read.</summary>
/// <param name="Container">What the runtime says.</param>
/// <param name="Id">The run it says it is of; null when its name and its label do not agree on one.</param>
/// <param name="Owner">Never <see cref="Owner.Another"/>: what other installations made is theirs.</param>
/// <param name="HasRecord">There is a folder of a run that its name or its label names, and the record in it cannot be read.</param>
public sealed record Orphan(Container Container, RunId? Id, Owner Owner, bool HasRecord)
{
    /// <summary>What it takes on disk; it has no record folder.</summary>
    public DiskUse Disk { get; init; } = DiskUse.Unknown;

    /// <summary>What it does now, in the words of runs.</summary>
    public RunState State => Run.Of(Id ?? default, Container).State;

    /// <summary>As a run, so that its output can be read and it can be stopped; null without an id.</summary>
    public Run? AsRun => Id is { } id ? Run.Of(id, Container) : null;
}
