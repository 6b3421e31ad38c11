namespace Agentops.Images;

/// <summary>Anything that a runtime stores as an image: ours or not, with tags, dangling, or a step of the classic builder.</summary>
/// <param name="Image">What a listing shows of it.</param>
/// <param name="Digests">References of the form <c>node@sha256:…</c>, which hold an image as tags do; empty for most.</param>
/// <param name="ParentId">The image it was built from step by step here; null when the runtime knows none, as for all that BuildKit made.</param>
public sealed record StoredImage(Image Image, IReadOnlyList<string> Digests, string? ParentId)
{
    /// <summary>Somebody can ask for it by a name. All else is a step of another image, or what a rebuild left.</summary>
    public bool HasName => Image.Tags.Count > 0 || Digests.Count > 0;

    /// <summary>What it is called: its first tag, else a digest, else the start of its id.</summary>
    public string Name => Image.Tags is [var tag, ..] ? tag : Digests is [var digest, ..] ? digest : Image.ShortId;
}
