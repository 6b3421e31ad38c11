using System.Text.Json.Serialization;

namespace Agentops.Runs;

/// <summary>What disk remembers of a run: <c>runs/&lt;id&gt;/run.json</c>. Holds no environment and no secret.</summary>
/// <param name="SchemaVersion">1; a larger one was written by a newer <c>agent</c>.</param>
/// <param name="Id">The run's id, equal to the folder's name.</param>
/// <param name="Name">What the user calls the run.</param>
/// <param name="Agent">The agent's name.</param>
/// <param name="Workspace">The folder it works on, absolute.</param>
/// <param name="Image">The tag of its image.</param>
/// <param name="Command">Its command; null for the image's own.</param>
/// <param name="Runtime">The runtime it lives on, such as <c>docker</c>.</param>
/// <param name="Endpoint">Where that runtime answered.</param>
/// <param name="Installation">The id of the state folder.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="Creator">The process that makes it.</param>
/// <param name="Terminal">It has a terminal of its own.</param>
/// <param name="RemoveAtEnd">Its container goes when it ends (<c>--rm</c>); the record and the output stay.</param>
public sealed record RunRecord(
    int SchemaVersion,
    string Id,
    string Name,
    string Agent,
    string Workspace,
    string Image,
    IReadOnlyList<string>? Command,
    string Runtime,
    string Endpoint,
    string Installation,
    DateTimeOffset CreatedAt,
    RunCreator Creator,
    bool Terminal,
    bool RemoveAtEnd)
{
    /// <summary>The version that this program writes and the newest it reads.</summary>
    public const int CurrentSchema = 1;

    /// <summary>It works on a copy of its workspace, in its container: the runtime cannot see our folders.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WorkspaceCopied { get; init; }

    /// <summary>The context of Docker's that led to its runtime; null for none.</summary>
    public string? Context { get; init; }

    /// <summary>When its command was started, UTC; null before, or when its creator died in between.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended, UTC; set when its container is removed, since from then on nobody else knows.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Set along with <see cref="EndedAt"/>; null when nobody saw it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Why its command never started; null when it did or nobody knows yet. Untrusted text.</summary>
    public string? Failure { get; init; }

    /// <summary>Why the record cannot be what we wrote, or null.</summary>
    /// <param name="folder">The name of the folder it was found in.</param>
    /// <returns>For people.</returns>
    internal string? Fault(string folder) =>
        SchemaVersion > CurrentSchema ? $"written by a newer agent (schema {SchemaVersion}, this one reads {CurrentSchema})"
        : SchemaVersion < 1 || Name is null || Agent is null || Workspace is null || Image is null || Runtime is null || Endpoint is null || Creator is null ? "incomplete"
        : Id != folder ? "the record of another run"
        : null;
}

/// <summary>The process that makes a run; when it is gone, a run that has not started never will.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="StartedAt">UTC; tells it from a later process with the same id.</param>
public sealed record RunCreator(int Pid, DateTimeOffset StartedAt);

/// <summary>The JSON that disk holds, as it is written; it is read by <see cref="RunRecordReader"/>.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunRecord))]
internal sealed partial class RunJson : JsonSerializerContext;
