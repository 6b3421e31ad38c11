using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agentops.Runtimes.Apple;

// Only the fields used; each may be absent, or null, in some release. The names of both eras stand side by side.

/// <summary><c>container list</c> and <c>container inspect</c>: since 1.0.0 the status is an object, before that a word with its company beside it.</summary>
internal sealed record AppleContainer(string? Id, AppleConfiguration? Configuration, JsonElement? Status, JsonElement? StartedDate);

internal sealed record AppleConfiguration(string? Id, AppleImageName? Image, Dictionary<string, string?>? Labels, JsonElement? CreationDate, AppleProcess? InitProcess, AppleResources? Resources);

internal sealed record AppleImageName(AppleDescriptor? Descriptor, string? Reference);

internal sealed record AppleDescriptor(string? Digest);

internal sealed record AppleProcess(bool? Terminal);

internal sealed record AppleResources(long? MemoryInBytes);

/// <summary><c>container image list</c> and <c>inspect</c>: 1.0.0 has a configuration and an id, earlier ones a reference or name with a descriptor or index.</summary>
internal sealed record AppleImage(string? Id, AppleImageConfiguration? Configuration, string? Reference, string? Name, AppleDescriptor? Descriptor, AppleDescriptor? Index, AppleVariant?[]? Variants);

internal sealed record AppleImageConfiguration(string? Name, AppleDescriptor? Descriptor, JsonElement? CreationDate);

internal sealed record AppleVariant(ApplePlatform? Platform, AppleImageConfig? Config, long? Size);

internal sealed record ApplePlatform(string? Architecture, string? Os);

internal sealed record AppleImageConfig(string? Created, AppleProcessConfig? Config, AppleRootFs? Rootfs);

internal sealed record AppleProcessConfig(string[]? Cmd, string[]? Entrypoint, string[]? Env, Dictionary<string, string?>? Labels);

internal sealed record AppleRootFs([property: JsonPropertyName("diff_ids")] string[]? DiffIds);

/// <summary><c>container system status</c>, which 1.4.1 arranged anew.</summary>
internal sealed record AppleStatus(string? Status, string? ApiServerVersion, AppleServer? Server)
{
    public string? AppRoot { get; init; }

    public ApplePaths? Paths { get; init; }
}

internal sealed record ApplePaths(string? AppRoot);

internal sealed record AppleServer(string? Version);

/// <summary>How a container's process that we looked after has ended; ours, not Apple's.</summary>
/// <param name="Code">Its exit code; null when it got lost.</param>
/// <param name="StartedAt">Which of the container's lives it was, by Apple's own word.</param>
/// <param name="FinishedAt">By our clock.</param>
internal sealed record KeptEnd(int? Code, DateTimeOffset? StartedAt, DateTimeOffset FinishedAt);

/// <summary>What <c>container</c> prints, and what we keep beside it.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(AppleContainer[]))]
[JsonSerializable(typeof(AppleImage[]))]
[JsonSerializable(typeof(AppleStatus))]
[JsonSerializable(typeof(KeptEnd))]
internal sealed partial class AppleJson : JsonSerializerContext;
