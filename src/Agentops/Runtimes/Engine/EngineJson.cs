using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agentops.Runtimes.Engine;

// Only the fields used; each may be absent, or null, on some engine or version.

internal sealed record WireError(string? Message);

// Of a listing: read by hand, see WireContainers.
internal sealed record WireContainer(string? Id, string[]? Names, string? Image, string? ImageID, long? Created, WireLabels? Labels, string? State, string? Status)
{
    public WireMountPoint[]? Mounts { get; init; }
}

internal sealed record WireMountPoint(string? Type, string? Name);

internal sealed record WireContainerDetails(
    string? Id, string? Name, string? Created, string? Image, WireState? State, WireContainerConfig? Config, WireHostConfig? HostConfig)
{
    public WireMountPoint[]? Mounts { get; init; }

    public long? SizeRw { get; init; }
}

internal sealed record WireState(string? Status, int? ExitCode, bool? OOMKilled, string? Error, string? StartedAt, string? FinishedAt);

internal sealed record WireContainerConfig(string? Image, Dictionary<string, string>? Labels, bool? Tty, bool? OpenStdin);

internal sealed record WireHostConfig(long? Memory);

internal sealed record WireImage(string? Id, string? ParentId, string[]? RepoTags, string[]? RepoDigests, long? Size, long? Created, Dictionary<string, string>? Labels);

internal sealed record WireImageDetails(string? Id, string[]? RepoTags, long? Size, string? Created, WireImageConfig? Config, WireRootFs? RootFS, WireGraphDriver? GraphDriver);

internal sealed record WireImageConfig(string[]? Entrypoint, string[]? Cmd, string[]? Env, Dictionary<string, string>? Labels);

internal sealed record WireRootFs(string[]? Layers);

internal sealed record WireGraphDriver(string? Name, JsonElement? Data);

internal sealed record WireStep(string? CreatedBy, string? Comment, long? Size);

internal sealed record WireUsage(WireVolume[]? Volumes)
{
    public WireCached[]? BuildCache { get; init; }
}

internal sealed record WireCached(string? ID, long? Size, bool? Shared, bool? InUse);

internal sealed record WirePruned(string[]? CachesDeleted);

internal sealed record WireVolume(string? Name, WireVolumeUsage? UsageData);

internal sealed record WireVolumeUsage(long? Size, int? RefCount);

internal sealed record WireRemoval(string? Untagged, string? Deleted);

internal sealed record WireCreated(string? Id, string[]? Warnings);

internal sealed record WirePodman(WirePodmanHost? Host)
{
    public WirePodmanStore? Store { get; init; }
}

internal sealed record WirePodmanHost(string? CgroupVersion, string[]? CgroupControllers)
{
    public string? Hostname { get; init; }

    public WirePodmanSecurity? Security { get; init; }
}

internal sealed record WirePodmanSecurity(bool? Rootless);

internal sealed record WirePodmanStore(string? GraphDriverName, string? GraphRoot);

internal sealed record WireVersion(string? ApiVersion, string? MinAPIVersion);

internal sealed record WireInfo(
    string? Name, string? Driver, string? DockerRootDir, string? CgroupVersion, string[]? SecurityOptions, bool? MemoryLimit, bool? CpuCfsQuota, bool? PidsLimit);

internal sealed record WireWait(int? StatusCode, WireError? Error);

internal sealed record WireExec(int? ExitCode, bool? Running);

internal sealed record WirePathStat(uint? Mode, bool? IsDir);

internal sealed record WireProgress(
    string? Id, string? Stream, string? Status, WireProgressDetail? ProgressDetail, JsonElement? Aux, WireErrorDetail? ErrorDetail, string? Error);

internal sealed record WireProgressDetail(long? Current, long? Total);

internal sealed record WireErrorDetail(int? Code, string? Message);

internal sealed record WireCreate
{
    public required string Image { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public IReadOnlyList<string>? Entrypoint { get; init; }
    public IReadOnlyList<string>? Cmd { get; init; }
    public IReadOnlyList<string>? Env { get; init; }
    public string? WorkingDir { get; init; }
    public string? User { get; init; }
    public bool Tty { get; init; }
    public bool OpenStdin { get; init; }
    public bool StdinOnce { get; init; }
    public bool AttachStdin { get; init; }
    public bool AttachStdout { get; init; }
    public bool AttachStderr { get; init; }
    public required WireCreateHost HostConfig { get; init; }
}

internal sealed record WireCreateHost
{
    public IReadOnlyList<WireMount>? Mounts { get; init; }
    public IReadOnlyList<string>? Binds { get; init; }
    public string? UsernsMode { get; init; }
    public IReadOnlyDictionary<string, string>? Tmpfs { get; init; }
    public long? NanoCpus { get; init; }
    public long? Memory { get; init; }
    public long? MemorySwap { get; init; }
    public long? PidsLimit { get; init; }
    public string? NetworkMode { get; init; }
    public bool? Init { get; init; }
    public IReadOnlyList<string>? SecurityOpt { get; init; }
    public IReadOnlyList<string>? CapDrop { get; init; }
    public IReadOnlyList<string>? CapAdd { get; init; }
}

internal sealed record WireMount(string Type, string Source, string Target, bool ReadOnly);

internal sealed record WireExecCreate(
    IReadOnlyList<string> Cmd, bool Tty, bool AttachStdin, bool AttachStdout, bool AttachStderr, string? User, string? WorkingDir, IReadOnlyList<string>? Env, string? DetachKeys);

internal sealed record WireExecStart(bool Detach, bool Tty);

internal sealed record WireDockerConfig(string? CurrentContext);

internal sealed record WireDockerContext(string? Name, Dictionary<string, WireDockerContextEndpoint>? Endpoints);

internal sealed record WireDockerContextEndpoint(string? Host, bool? SkipTLSVerify);

/// <summary>The wire of the Engine API, and Docker's own files.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNameCaseInsensitive = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WireError))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(WireContainerDetails))]
[JsonSerializable(typeof(WireImage))]
[JsonSerializable(typeof(WireImageDetails))]
[JsonSerializable(typeof(WireStep))]
[JsonSerializable(typeof(WireUsage))]
[JsonSerializable(typeof(WirePruned))]
[JsonSerializable(typeof(WireRemoval[]))]
[JsonSerializable(typeof(WireCreated))]
[JsonSerializable(typeof(WirePodman))]
[JsonSerializable(typeof(WireVersion))]
[JsonSerializable(typeof(WireInfo))]
[JsonSerializable(typeof(WireWait))]
[JsonSerializable(typeof(WireExec))]
[JsonSerializable(typeof(WirePathStat))]
[JsonSerializable(typeof(WireProgress))]
[JsonSerializable(typeof(WireCreate))]
[JsonSerializable(typeof(WireExecCreate))]
[JsonSerializable(typeof(WireExecStart))]
[JsonSerializable(typeof(WireDockerConfig))]
[JsonSerializable(typeof(WireDockerContext))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class EngineJson : JsonSerializerContext;
