namespace Agentops.Cleaning;

/// <summary>Why something is kept, whatever the details.</summary>
public enum KeepReason
{
    /// <summary>Its process runs, is paused, or may run again by itself.</summary>
    Running,

    /// <summary>It is being made at this moment.</summary>
    BeingMade,

    /// <summary>Its removal is under way.</summary>
    BeingRemoved,

    /// <summary>It lives on another runtime than the one that was asked.</summary>
    Elsewhere,

    /// <summary>Something could not be looked at, and what cannot be looked at is kept.</summary>
    NotKnown,

    /// <summary>There is a record of its run that cannot be read.</summary>
    UnreadableRecord,

    /// <summary>Another installation made it.</summary>
    AnotherInstallation,

    /// <summary>Nothing proves who made it.</summary>
    UnknownOwner,

    /// <summary>A container that stays was made from it.</summary>
    InUse,

    /// <summary>An image that stays is built on it.</summary>
    BuiltOn,

    /// <summary>Only tags of the user's hold it.</summary>
    UsersOwn,

    /// <summary><c>clean.pin</c> names its agent.</summary>
    Pinned,

    /// <summary>It is younger than <c>--older-than</c>.</summary>
    TooYoung,

    /// <summary>It is one of the last runs of its agent.</summary>
    KeptLast,

    /// <summary>A run was made from it lately.</summary>
    UsedLately,

    /// <summary>The command line left its kind out.</summary>
    NotAsked,
}
