namespace Agentops.Recipes;

/// <summary>What a part of a build context is.</summary>
public enum ContextEntryKind
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A folder; what is in it are entries of their own.</summary>
    Folder,

    /// <summary>A symbolic link, sent as a link.</summary>
    Link,
}

/// <summary>One part of a build context.</summary>
/// <param name="Path">From the root of the context, with forward slashes.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Its permissions.</param>
public sealed record ContextEntry(string Path, ContextEntryKind Kind, UnixFileMode Mode)
{
    /// <summary>Of a file on disk: where it is, absolute. Null when <see cref="Content"/> has it.</summary>
    public string? Source { get; init; }

    /// <summary>Of a file that is not on disk: its bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Of a link: what it points at, as it is written in the link.</summary>
    public string? Target { get; init; }

    /// <summary>Opens the content of a file.</summary>
    /// <returns>A stream that ends in an error when the file changes its length while it is read.</returns>
    /// <exception cref="AgentopsException">It cannot be read; says which file.</exception>
    internal Stream Open()
    {
        if (Source is null)
        {
            return new MemoryStream(Content.ToArray(), writable: false);
        }

        try
        {
            // It may have become a pipe since the folder was listed, and opening one waits.
            return FileStatus.Of(Source, followLink: false) is { Kind: not FileKind.File }
                ? throw BuildContext.Unreadable(Source, "it is no regular file any more", null)
                : new SteadyFile(Source, (path, reason) => BuildContext.Unreadable(path, reason, null));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw BuildContext.Unreadable(Source, fault is UnauthorizedAccessException ? "permission denied" : fault is FileNotFoundException or DirectoryNotFoundException ? "it is gone" : fault.Message, fault);
        }
    }
}
