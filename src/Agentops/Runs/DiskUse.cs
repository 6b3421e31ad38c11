using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Runs;

/// <summary>What a run takes on disk: what its container wrote over its image, its anonymous volumes and its record folder. Not the image, not the workspace.</summary>
/// <param name="Layer">Null while unknown.</param>
/// <param name="Volumes">Null while unknown.</param>
/// <param name="Folder">Null while unknown; zero for a container without a record.</param>
/// <param name="FinishedAt">The end of the container's process after which it was measured, by the runtime's clock; null when none ended or it was not measured.</param>
/// <param name="IsProven">False: measured earlier, and nothing proves that the container has not run since.</param>
public sealed record DiskUse(ByteSize? Layer, ByteSize? Volumes, ByteSize? Folder, DateTimeOffset? FinishedAt = null, bool IsProven = true)
{
    /// <summary>Nothing is known.</summary>
    public static readonly DiskUse Unknown = new(null, null, null);

    /// <summary>The runtime was asked; that a part is unknown all the same would not be helped by asking again.</summary>
    public bool WasAsked { get; init; }

    /// <summary>Why the runtime could not measure it; null when it could, or was not asked in time. Untrusted text.</summary>
    public string? Fault { get; init; }

    /// <summary>The runtime measures in whole blocks, and not all that it prepared for the container: containerd's image store.</summary>
    public bool IsRounded { get; init; }

    /// <summary>All of it; null while a part is unknown.</summary>
    public LayerBytes? Total => (Layer, Volumes, Folder) is ({ } layer, { } volumes, { } folder) ? new LayerBytes(layer + volumes + folder, IsProven && (!IsRounded || layer == ByteSize.Zero)) : null;
}
