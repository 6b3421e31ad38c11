using System.IO.Enumeration;
using System.Runtime.InteropServices;
using Agentops.Recipes;
using Agentops.Terminal;

namespace Agentops.Runs;

/// <summary>Files and folders that are nobody else's business: 0600 and 0700.</summary>
internal static partial class PrivateFile
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode ContentMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens a file; one that is made is private.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="mode">Whether it is made.</param>
    /// <param name="access">What for.</param>
    /// <param name="share">What others may do meanwhile.</param>
    /// <returns>Unbuffered.</returns>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = ContentMode;
        }

        return new FileStream(path, options);
    }

    /// <summary>Makes a file, or empties the one that is there.</summary>
    /// <param name="path">Absolute.</param>
    /// <returns>To be written to.</returns>
    public static FileStream Create(string path) => Open(path, FileMode.Create, FileAccess.Write, FileShare.Read);

    /// <summary>Writes content beside a file that it is to replace by a rename.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of it.</param>
    /// <param name="survivesPowerLoss">Wait until it is on the disk.</param>
    /// <returns>The path of the draft; no other process has the same.</returns>
    public static string WriteDraft(string path, byte[] content, bool survivesPowerLoss = true)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.draft";
        return OrDelete(draft, () =>
        {
            using var file = Create(draft);
            file.Write(content);
            if (survivesPowerLoss)
            {
                file.Flush(flushToDisk: true);
            }

            return draft;
        });
    }

    /// <summary>Replaces a file: whoever reads it meets the old one or the new one. When it fails, the old one stays and nothing beside it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">All of it.</param>
    /// <param name="survivesPowerLoss">Wait until it is on the disk.</param>
    public static void Replace(string path, byte[] content, bool survivesPowerLoss = true)
    {
        var draft = WriteDraft(path, content, survivesPowerLoss);
        OrDelete(draft, () =>
        {
            File.Move(draft, path, overwrite: true);
            return draft;
        });
    }

    /// <summary>Makes a folder where there is none; its parent must be there.</summary>
    /// <param name="path">Absolute.</param>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, FolderMode);
        }
    }

    /// <summary>Whether we may make files in a folder; nothing is made.</summary>
    /// <param name="path">Absolute.</param>
    /// <returns>False also when it is not there, or on a disk that is read-only.</returns>
    public static bool MayWrite(string path)
    {
        const int ToWrite = 2;
        const int ToEnter = 1;
        return OperatingSystem.IsWindows() ? Directory.Exists(path) : Directory.Exists(path) && Access(path, ToWrite | ToEnter) == 0;
    }

    /// <summary>Sees to it that what was renamed in a folder survives a loss of power: without it that may bring the folder back without the file.</summary>
    /// <param name="path">The folder.</param>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var folder = Libc.Open(path, 0);
        if (folder >= 0)
        {
            _ = Sync(folder);
            _ = Libc.Close(folder);
        }
    }

    /// <summary>The lengths of all files in a folder. Links are not followed.</summary>
    /// <param name="folder">Absolute.</param>
    /// <param name="mostFiles">Beyond so many it is given up.</param>
    /// <returns>Null when it cannot be counted, or is a link itself; zero when there is none.</returns>
    public static ByteSize? SizeOf(string folder, int mostFiles)
    {
        if (FileStatus.Of(folder, followLink: false) is { Kind: FileKind.Link })
        {
            return null;
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };
        try
        {
            // The length of a link may be that of its target.
            var files = new FileSystemEnumerable<long>(folder, (ref entry) => entry.IsDirectory || (entry.Attributes & FileAttributes.ReparsePoint) != 0 ? 0 : entry.Length, options)
            {
                ShouldRecursePredicate = (ref entry) => entry.IsDirectory && (entry.Attributes & FileAttributes.ReparsePoint) == 0,
            };
            var (bytes, count) = (0L, 0);
            foreach (var length in files)
            {
                bytes += length;
                if (++count > mostFiles)
                {
                    return null;
                }
            }

            return new ByteSize(bytes);
        }
        catch (DirectoryNotFoundException)
        {
            return ByteSize.Zero;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A disk that is full would be fuller with each attempt.
    private static string OrDelete(string draft, Func<string> act)
    {
        try
        {
            return act();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(draft))
            {
                File.Delete(draft);
            }

            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);
}
