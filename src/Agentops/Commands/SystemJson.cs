using Agentops.Containers;
using Agentops.Runtimes;

namespace Agentops.Commands;

/// <summary>What <c>agent system images --json</c> prints. Additions only: <c>docs/json.md</c> is the contract.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Runtime">The runtime that was asked.</param>
/// <param name="TakenAt">UTC.</param>
/// <param name="Images">Newest first.</param>
public sealed record SystemImagesJson(int SchemaVersion, string Runtime, DateTimeOffset TakenAt, IReadOnlyList<SystemImagesJson.Image> Images)
{
    internal static SystemImagesJson Of(RuntimeIdentity runtime, IReadOnlyList<Agentops.Images.Image> images, DateTimeOffset now) => new(
        1,
        runtime.Name,
        now.ToUniversalTime(),
        [.. images.Select(image => new Image(
            image.Id,
            [.. image.Tags.Order(StringComparer.Ordinal)],
            image.Size?.Bytes,
            image.CreatedAt?.ToUniversalTime(),
            image.Labels.GetValueOrDefault(Labels.Agent),
            image.Labels.GetValueOrDefault(Labels.Installation)))]);

    /// <summary>One image.</summary>
    /// <param name="Id">In full.</param>
    /// <param name="Tags">All its tags; empty when dangling.</param>
    /// <param name="Size">Bytes as the runtime counts them, shared layers included; null while unknown.</param>
    /// <param name="CreatedAt">UTC; null when the runtime does not say.</param>
    /// <param name="Agent">The agent it was built for; null for a base, or when it is not labelled.</param>
    /// <param name="Installation">The id of the state folder that made it; null when it is not labelled.</param>
    public sealed record Image(string Id, IReadOnlyList<string> Tags, long? Size, DateTimeOffset? CreatedAt, string? Agent, string? Installation);
}

/// <summary>What <c>agent system containers --json</c> prints. Additions only: <c>docs/json.md</c> is the contract.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Runtime">The runtime that was asked.</param>
/// <param name="TakenAt">UTC.</param>
/// <param name="Containers">Newest first.</param>
public sealed record SystemContainersJson(int SchemaVersion, string Runtime, DateTimeOffset TakenAt, IReadOnlyList<SystemContainersJson.Container> Containers)
{
    internal static SystemContainersJson Of(RuntimeIdentity runtime, IReadOnlyList<Agentops.Containers.Container> containers, DateTimeOffset now) => new(
        1,
        runtime.Name,
        now.ToUniversalTime(),
        [.. containers.Select(container => new Container(
            container.Id,
            container.Name,
            container.State == ContainerState.Unknown ? null : container.State.Word(),
            container.ExitCode,
            container.CreatedAt?.ToUniversalTime(),
            container.ImageId,
            container.Labels.GetValueOrDefault(Labels.Run),
            container.Labels.GetValueOrDefault(Labels.Agent),
            container.Labels.GetValueOrDefault(Labels.Installation)))]);

    /// <summary>One container.</summary>
    /// <param name="Id">In full.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Status">The runtime's own word; null for one we do not know.</param>
    /// <param name="ExitCode">Null while it has not ended.</param>
    /// <param name="CreatedAt">UTC; null when the runtime does not say.</param>
    /// <param name="ImageId">In full; null when the runtime does not say.</param>
    /// <param name="Run">The run in its label, whatever it says; null when it is not labelled.</param>
    /// <param name="Agent">The agent in its label.</param>
    /// <param name="Installation">The id of the state folder that made it; null when it is not labelled.</param>
    public sealed record Container(
        string Id, string Name, string? Status, int? ExitCode, DateTimeOffset? CreatedAt, string? ImageId, string? Run, string? Agent, string? Installation);
}
