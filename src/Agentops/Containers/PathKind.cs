namespace Agentops.Containers;

/// <summary>What a path inside a container leads to, links followed.</summary>
public enum PathKind
{
    /// <summary>There is nothing.</summary>
    Nothing,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A file, or anything else that is no folder; a link that leads nowhere too.</summary>
    File,
}
