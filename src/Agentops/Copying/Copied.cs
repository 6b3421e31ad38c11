using Agentops.Terminal;

namespace Agentops.Copying;

/// <summary>What a copy came to.</summary>
/// <param name="Files">Files and links.</param>
/// <param name="Size">Their contents.</param>
/// <param name="LeftOut">What was not copied.</param>
internal sealed record Copied(int Files, ByteSize Size, IReadOnlyList<LeftOut> LeftOut)
{
    /// <summary>Something that could have been copied was not.</summary>
    public bool LacksFiles => LeftOut.Any(left => left.IsLoss);

    /// <inheritdoc/>
    public override string ToString() => $"{Files} {(Files == 1 ? "file" : "files")} ({Size})";

    /// <summary>What was not copied, a line each; of many only the first.</summary>
    /// <returns>Ends with a line end unless it is empty.</returns>
    public string DescribeLeftOut()
    {
        const int Shown = 10;
        var lines = LeftOut.Take(Shown).Select(left => $"Left out: {SafeText.Escape(left.Path)}: {left.Reason}\n");
        return string.Concat(lines) + (LeftOut.Count > Shown ? $"Left out: {LeftOut.Count - Shown} more\n" : "");
    }
}

/// <summary>A file that was not copied.</summary>
/// <param name="Path">As it is called in the archive; untrusted text.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="IsLoss">It has a content, which is missing now; a socket or a device has none.</param>
internal sealed record LeftOut(string Path, string Reason, bool IsLoss = false)
{
    /// <summary>Neither file, folder nor link.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>Left out.</returns>
    public static LeftOut Special(string path) => new(path, "a device, pipe or socket");
}
