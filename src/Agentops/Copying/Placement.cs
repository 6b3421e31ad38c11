using System.Runtime.InteropServices;
using Agentops.Recipes;

namespace Agentops.Copying;

/// <summary>Moves what was unpacked to where it belongs, all on one disk. Nothing is written through a link: one that is in the way is replaced, or refused when a folder would have to be there.</summary>
internal static partial class Placement
{
    /// <summary>Looks whether all of it can be put in place.</summary>
    /// <param name="unpacked">A file, folder or link.</param>
    /// <param name="destination">Where it is to be.</param>
    /// <exception cref="AgentopsException">A folder is where a file would have to be, or the other way round.</exception>
    public static void Check(string unpacked, string destination)
    {
        if (FileStatus.Of(destination, followLink: false) is not { } there)
        {
            return;
        }

        var isFolder = FileStatus.Of(unpacked, followLink: false) is { Kind: FileKind.Folder };
        if (isFolder != (there.Kind == FileKind.Folder))
        {
            throw new AgentopsException(
                isFolder ? $"{destination} is in the way: a folder is to be there, and it is {(there.Kind == FileKind.Link ? "a link" : "none")}. Nothing was copied."
                    : $"{destination} is in the way: a file is to be there, and it is a folder. Nothing was copied.",
                ExitCode.Failed,
                "inTheWay");
        }

        if (isFolder)
        {
            foreach (var inside in Directory.EnumerateFileSystemEntries(unpacked))
            {
                Check(inside, Path.Combine(destination, Path.GetFileName(inside)));
            }
        }
    }

    /// <summary>Moves it; a folder that is there already gets what is in the unpacked one.</summary>
    /// <param name="unpacked">A file, folder or link.</param>
    /// <param name="destination">Where it is to be.</param>
    /// <param name="moved">Told of each that was moved: from where, to where.</param>
    public static void Move(string unpacked, string destination, Action<string, string> moved)
    {
        if (FileStatus.Of(destination, followLink: false) is not { Kind: FileKind.Folder })
        {
            // The call that renames links themselves, and replaces a file by a file at one blow; a folder only replaces nothing.
            if (Rename(unpacked, destination) != 0)
            {
                throw new IOException($"{destination}: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            moved(unpacked, destination);
            return;
        }

        foreach (var inside in Directory.EnumerateFileSystemEntries(unpacked).ToList())
        {
            Move(inside, Path.Combine(destination, Path.GetFileName(inside)), moved);
        }
    }

    /// <summary>Gives a file a second name.</summary>
    /// <param name="file">Its first, no link.</param>
    /// <param name="name">Nothing is there yet.</param>
    public static void Join(string file, string name)
    {
        if (Link(file, name) != 0)
        {
            throw new IOException($"{name}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string file, string name);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Rename(string from, string to);
}
