using Agentops.Runs;
using Agentops.Runtimes;

namespace Agentops.Commands;

/// <summary>What <c>agent list --json</c> prints. Additions only: <c>docs/json.md</c> is the contract.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Runtime">The runtime that was asked: <c>docker</c>, <c>podman</c> or <c>apple</c>.</param>
/// <param name="TakenAt">UTC.</param>
/// <param name="Runs">Newest first.</param>
/// <param name="Orphans">Containers of ours without a record that can be read.</param>
/// <param name="Unreadable">Records that cannot be read, for people.</param>
public sealed record ListJson(
    int SchemaVersion,
    string Runtime,
    DateTimeOffset TakenAt,
    IReadOnlyList<ListJson.Run> Runs,
    IReadOnlyList<ListJson.Orphan> Orphans,
    IReadOnlyList<string> Unreadable)
{
    internal static ListJson Of(RuntimeIdentity runtime, IReadOnlyList<Runs.Run> runs, RunList list) => new(
        1,
        runtime.Name,
        list.TakenAt.ToUniversalTime(),
        [.. runs.Select(run => new Run(
            run.Id.ToString(),
            run.Name,
            run.Agent,
            run.State == RunState.Unknown ? null : run.State.Word(),
            run.ExitCode,
            run.CreatedAt?.ToUniversalTime(),
            run.Record?.Workspace,
            run.Record?.WorkspaceCopied,
            run.Record?.Image,
            run.Record?.Command,
            run.Container?.Id,
            run.Record?.Failure))],
        [.. list.Orphans.Select(orphan => orphan.AsRun).OfType<Runs.Run>().Select(orphan => new Orphan(orphan.Id.ToString(), orphan.Container!.Name, orphan.Container.Id, orphan.State.Word()))],
        list.Faults);

    /// <summary>One run.</summary>
    /// <param name="Id">Eight characters.</param>
    /// <param name="Name">What the user calls it.</param>
    /// <param name="Agent">The agent's name.</param>
    /// <param name="State"><c>creating</c>, <c>running</c>, <c>paused</c>, <c>stopped</c>, <c>failed</c>; null when it lives on another runtime.</param>
    /// <param name="ExitCode">Of its command; null while it runs, never ran, or nobody knows.</param>
    /// <param name="CreatedAt">UTC.</param>
    /// <param name="Workspace">The folder it works on.</param>
    /// <param name="WorkspaceCopied">It works on a copy of that folder, in its container; null when nobody knows.</param>
    /// <param name="Image">The tag of its image.</param>
    /// <param name="Command">Null for the image's own.</param>
    /// <param name="ContainerId">In full; null when it has no container.</param>
    /// <param name="Failure">Why it never started; null when it did.</param>
    public sealed record Run(
        string Id,
        string Name,
        string Agent,
        string? State,
        int? ExitCode,
        DateTimeOffset? CreatedAt,
        string? Workspace,
        bool? WorkspaceCopied,
        string? Image,
        IReadOnlyList<string>? Command,
        string? ContainerId,
        string? Failure);

    /// <summary>A container of ours without a record that can be read.</summary>
    /// <param name="Id">The run's id in its name.</param>
    /// <param name="Name">The container's name.</param>
    /// <param name="ContainerId">In full.</param>
    /// <param name="State">As a run's.</param>
    public sealed record Orphan(string Id, string Name, string? ContainerId, string State);
}
