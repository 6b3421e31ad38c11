using System.Runtime.InteropServices;

namespace Agentops.Recipes;

/// <summary>What a path leads to.</summary>
internal enum FileKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A pipe, socket or device.</summary>
    Other,
}

/// <summary>Kind, mode and length of a file in one call; the class library tells no pipe from a file, and opening a pipe waits for ever.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Permissions with set-user-id, set-group-id and sticky bit.</param>
/// <param name="Length">Bytes; of a link, the length of its target's path.</param>
internal readonly partial record struct FileStatus(FileKind Kind, UnixFileMode Mode, long Length)
{
    /// <summary>The number of the user whose it is; 0 where users have none (Windows).</summary>
    public uint Owner { get; init; }

    /// <summary>When its content was changed the last time, UTC; of a folder, when something in it came, went or got another name.</summary>
    public DateTime Modified { get; init; }

    /// <summary>Looks at a path.</summary>
    /// <param name="path">Where.</param>
    /// <param name="followLink">False: a symbolic link is looked at itself.</param>
    /// <returns>Null when there is nothing, or it cannot be told.</returns>
    public static FileStatus? Of(string path, bool followLink) => OperatingSystem.IsWindows() ? OfAttributes(path) : OfStat(path, followLink);

    private static unsafe FileStatus? OfStat(string path, bool followLink)
    {
        // struct FileStatus { int32 Flags; int32 Mode; uint32 Uid; uint32 Gid; int64 Size, ATime, ATimeNsec, MTime, MTimeNsec; … }, some 120 bytes, the same on every platform:
        // https://github.com/dotnet/runtime/blob/main/src/native/libs/System.Native/pal_io.h
        var status = stackalloc byte[256];
        if ((followLink ? Stat(path, status) : LStat(path, status)) != 0)
        {
            return null;
        }

        var mode = *(int*)(status + 4);
        return new(
            (mode & 0xF000) switch
            {
                0x8000 => FileKind.File,
                0x4000 => FileKind.Folder,
                0xA000 => FileKind.Link,
                _ => FileKind.Other,
            },
            (UnixFileMode)(mode & 0xFFF),
            *(long*)(status + 16))
        {
            Owner = *(uint*)(status + 8),
            Modified = DateTime.UnixEpoch.AddTicks((*(long*)(status + 40) * TimeSpan.TicksPerSecond) + (*(long*)(status + 48) / TimeSpan.NanosecondsPerTick)),
        };
    }

    private static FileStatus? OfAttributes(string path)
    {
        const UnixFileMode All = (UnixFileMode)0b111_101_101;
        return Directory.Exists(path) ? new(FileKind.Folder, All, 0)
            : new FileInfo(path) is { Exists: true } file ? new(file.LinkTarget is null ? FileKind.File : FileKind.Link, All, file.Length)
            : null;
    }

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Stat(string path, byte* status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_LStat", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int LStat(string path, byte* status);
}
