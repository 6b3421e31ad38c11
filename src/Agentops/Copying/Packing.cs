using System.Formats.Tar;
using Agentops.Recipes;
using Agentops.Terminal;

namespace Agentops.Copying;

/// <summary>Packs a file or folder of this machine while it is sent.</summary>
/// <param name="archive">Where to.</param>
/// <param name="owner">Whose all of it is in the archive.</param>
/// <param name="cancellationToken">Stops in the middle.</param>
internal sealed class Packing(TarWriter archive, (uint User, uint Group) owner, CancellationToken cancellationToken)
{
    private readonly List<LeftOut> leftOut = [];
    private int files;
    private long bytes;

    /// <summary>Writes an archive of one file or folder; contents are streamed, links stay links.</summary>
    /// <param name="archive">Where to.</param>
    /// <param name="source">The file or folder, absolute.</param>
    /// <param name="name">What it is called in the archive; <c>.</c> for a folder that is there already.</param>
    /// <param name="owner">Whose all of it is there.</param>
    /// <param name="cancellationToken">Stops in the middle.</param>
    /// <returns>What was packed. What this user may not read is left out, as an agent that runs as this user could not read it either.</returns>
    /// <exception cref="AgentopsException">A file changed while it was read.</exception>
    public static async Task<Copied> Write(Stream archive, string source, string name, (uint User, uint Group) owner, CancellationToken cancellationToken)
    {
        // Disposed only when all went well: that writes the archive's end, and one that lacks files must not look whole.
        var tar = new TarWriter(archive, TarEntryFormat.Gnu, leaveOpen: true);
        var packing = new Packing(tar, owner, cancellationToken);
        await packing.Pack(source, name);
        await tar.DisposeAsync();
        return new Copied(packing.files, new ByteSize(packing.bytes), packing.leftOut);
    }

    private async Task Pack(string path, string name)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (FileStatus.Of(path, followLink: false))
        {
            case null:
                // Gone since the folder was listed.
                break;
            case { Kind: FileKind.Folder } status:
                await PackFolder(path, name, status);
                break;
            case { Kind: FileKind.Link } status when new FileInfo(path).LinkTarget is { } target:
                var link = Entry(TarEntryType.SymbolicLink, name, path, status);
                link.LinkName = target;
                await archive.WriteEntryAsync(link, cancellationToken);
                files++;
                break;
            case { Kind: FileKind.File } status:
                await PackFile(path, name, status);
                break;
            default:
                leftOut.Add(LeftOut.Special(name));
                break;
        }
    }

    private async Task PackFolder(string path, string name, FileStatus status)
    {
        List<string> names;
        try
        {
            names = [.. Directory.EnumerateFileSystemEntries(path).Select(inside => Path.GetFileName(inside)!).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }
        catch (UnauthorizedAccessException)
        {
            names = [];
            leftOut.Add(new(name, "permission denied", IsLoss: true));
        }

        await archive.WriteEntryAsync(Entry(TarEntryType.Directory, name + "/", path, status), cancellationToken);
        foreach (var inside in names)
        {
            await Pack(Path.Combine(path, inside), $"{name}/{inside}");
        }
    }

    private async Task PackFile(string path, string name, FileStatus status)
    {
        Stream content;
        try
        {
            content = new SteadyFile(path, Changed);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return;
        }
        catch (UnauthorizedAccessException)
        {
            leftOut.Add(new(name, "permission denied", IsLoss: true));
            return;
        }
        catch (IOException fault)
        {
            throw Changed(path, fault.Message);
        }

        await using (content)
        {
            var entry = Entry(TarEntryType.RegularFile, name, path, status);
            if (content.Length > 0)
            {
                entry.DataStream = content;
            }

            await archive.WriteEntryAsync(entry, cancellationToken);
            files++;
            bytes += content.Length;
        }
    }

    private GnuTarEntry Entry(TarEntryType type, string name, string path, FileStatus status) => new(type, name)
    {
        Mode = status.Mode,
        Uid = (int)owner.User,
        Gid = (int)owner.Group,
        ModificationTime = ModifiedAt(path),
    };

    // Of a link itself, not of what it leads to. Before 1970 a number in the archive could not say it.
    private static DateTimeOffset ModifiedAt(string path) =>
        new FileInfo(path).LastWriteTimeUtc is var at && at > DateTime.UnixEpoch ? new DateTimeOffset(at, TimeSpan.Zero) : DateTimeOffset.UnixEpoch;

    private static AgentopsException Changed(string path, string reason) => new($"{path} cannot be copied: {reason}. Try again when it is at rest.", ExitCode.Failed, "changedMeanwhile");
}
