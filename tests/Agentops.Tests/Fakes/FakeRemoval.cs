using Agentops.Containers;
using Agentops.Images;

namespace Agentops.Tests.Fakes;

/// <summary>What one call took from the fake runtime, and how things stood at that moment.</summary>
/// <param name="By">Whose call it was; null for the one under test.</param>
/// <param name="Asked">What it named.</param>
/// <param name="Bytes">What really went.</param>
public sealed record FakeRemoval(string? By, string Asked, long Bytes)
{
    /// <summary>The container that went.</summary>
    public ContainerDetails? Container { get; init; }

    /// <summary>The image that lost a name, as it was before.</summary>
    public StoredImage? Image { get; init; }

    /// <summary>It went whole.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>Ids of the containers that used the image.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>The images that were built on it.</summary>
    public IReadOnlyList<StoredImage> BuiltOnIt { get; init; } = [];
}
