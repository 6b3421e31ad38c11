using System.Text.Json.Serialization;

namespace Agentops.AppleStandIn;

/// <summary>All that the services know; on disk between commands.</summary>
internal sealed class State
{
    public Dictionary<string, ContainerRecord> Containers { get; set; } = [];

    /// <summary>Images by their stored reference, such as <c>docker.io/library/alpine:3.20</c>.</summary>
    public Dictionary<string, string> References { get; set; } = [];

    /// <summary>What references point to, by the digest of the index, without <c>sha256:</c>.</summary>
    public Dictionary<string, ImageRecord> Images { get; set; } = [];

    /// <summary>Steps the builder has done: what makes each one, and the layer it made.</summary>
    public Dictionary<string, LayerRecord> BuildCache { get; set; } = [];

    /// <summary>What a registry has: references that can be pulled.</summary>
    public Dictionary<string, ImageRecord> Registry { get; set; } = [];

    public Dictionary<string, VolumeRecord> Volumes { get; set; } = [];

    /// <summary>The builder was started once, so that its container is listed.</summary>
    public bool HasBuilder { get; set; }
}

internal sealed class ContainerRecord
{
    public string Id { get; set; } = "";

    public string Reference { get; set; } = "";

    public string Digest { get; set; } = "";

    public string Executable { get; set; } = "";

    public List<string> Arguments { get; set; } = [];

    public List<string> Environment { get; set; } = [];

    public Dictionary<string, string> Labels { get; set; } = [];

    public List<MountRecord> Mounts { get; set; } = [];

    public bool Terminal { get; set; }

    public bool Init { get; set; }

    public bool HasNetwork { get; set; } = true;

    public int Cpus { get; set; } = 4;

    public long Memory { get; set; } = 1L << 30;

    public string? User { get; set; }

    public string WorkingDirectory { get; set; } = "/";

    public string? StopSignal { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }
}

internal sealed record MountRecord(string Type, string Source, string Target, bool ReadOnly);

internal sealed record LayerRecord(string DiffId, long Size, string CreatedAt);

internal sealed class ImageRecord
{
    public List<string> Entrypoint { get; set; } = [];

    public List<string> Command { get; set; } = [];

    public List<string> Environment { get; set; } = [];

    public Dictionary<string, string> Labels { get; set; } = [];

    public string? WorkingDirectory { get; set; }

    public string? User { get; set; }

    public string? StopSignal { get; set; }

    public string CreatedAt { get; set; } = "1970-01-01T00:00:00Z";

    public List<LayerRecord> Layers { get; set; } = [];

    public List<string> History { get; set; } = [];

    public ImageRecord Copy() => new()
    {
        Entrypoint = [.. Entrypoint],
        Command = [.. Command],
        Environment = [.. Environment],
        Labels = new(Labels),
        WorkingDirectory = WorkingDirectory,
        User = User,
        StopSignal = StopSignal,
        CreatedAt = CreatedAt,
        Layers = [.. Layers],
        History = [.. History],
    };
}

internal sealed class VolumeRecord
{
    public Dictionary<string, string> Labels { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }
}

[JsonSerializable(typeof(State))]
internal sealed partial class StateJson : JsonSerializerContext;
