using Agentops.Terminal;

namespace Agentops.Images;

/// <summary>An image as a runtime lists it.</summary>
/// <param name="Id">In full: <c>sha256:</c> and 64 hexadecimal digits.</param>
/// <param name="Tags">All its tags as the user knows them (<c>agentops/my-agent:latest</c>, no <c>docker.io/</c> or <c>localhost/</c> before it); empty when dangling.</param>
/// <param name="Size">As the runtime counts it, shared layers included; null while unknown.</param>
/// <param name="CreatedAt">UTC; null when the runtime does not say.</param>
/// <param name="Labels">Empty when it has none; untrusted text.</param>
public sealed record Image(
    string Id,
    IReadOnlyList<string> Tags,
    ByteSize? Size,
    DateTimeOffset? CreatedAt,
    IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>What all tags of ours start with.</summary>
    public const string TagPrefix = "agentops/";

    /// <summary>The start of the id, in the length that Docker shows and takes back.</summary>
    public string ShortId => Shorten(Id);

    /// <summary>The start of an image's id, in the length that Docker shows and takes back.</summary>
    /// <param name="id">In full.</param>
    /// <returns>Such as <c>sha256:a1b2c3d4e5f6</c>.</returns>
    public static string Shorten(string id) => id.Length > 19 && id.StartsWith("sha256:", StringComparison.Ordinal) ? id[..19] : id;

    /// <summary>Ours: by the label <c>agentops=true</c> or by a tag under <c>agentops/</c>.</summary>
    public bool IsOurs => Labels.GetValueOrDefault(Agentops.Labels.Ours) == "true" || Tags.Any(tag => tag.StartsWith(TagPrefix, StringComparison.Ordinal));
}

/// <summary>One image looked at closely.</summary>
/// <param name="Image">What a listing shows too, but for the size where only a listing tells it.</param>
/// <param name="Layers">The layers' identities (diff ids), lowest first; empty when the runtime does not say.</param>
/// <param name="Entrypoint">What starts before the command; empty for none.</param>
/// <param name="Command">The command when none is given; empty for none.</param>
/// <param name="Environment">Each <c>KEY=value</c>.</param>
public sealed record ImageDetails(
    Image Image,
    IReadOnlyList<string> Layers,
    IReadOnlyList<string> Entrypoint,
    IReadOnlyList<string> Command,
    IReadOnlyList<string> Environment);

/// <summary>A result of a build that the runtime keeps for later builds.</summary>
/// <param name="Id">The runtime's own id of it.</param>
/// <param name="Size">What it takes.</param>
/// <param name="IsShared">An image holds the same layer: it takes nothing of its own.</param>
/// <param name="IsInUse">A build uses it at this moment, or used it when BuildKit lost count: then until the engine is started anew.</param>
public sealed record CachedResult(string Id, ByteSize Size, bool IsShared, bool IsInUse);

/// <summary>What the runtime did when it was asked to remove an image.</summary>
/// <param name="Untagged">The tags that went.</param>
/// <param name="Deleted">Ids of images and layers that went; empty when another tag or image still holds them.</param>
public sealed record ImageRemoval(IReadOnlyList<string> Untagged, IReadOnlyList<string> Deleted);
