using System.Formats.Tar;
using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Copying;

/// <summary>Unpacks an archive that came out of a container, and trusts nothing in it.</summary>
/// <remarks>
/// All goes into a fresh folder beside the destination first, which nobody else may enter: so nothing half-written is left when it fails, and there is no link in it that
/// one could write through. Links of the archive's own are made last, when nothing is written any more. Only then are things moved to where they belong.
/// </remarks>
internal sealed class Unpacking
{
    private const UnixFileMode Plain = (UnixFileMode)0b111_101_101;

    // Without set-user-id, set-group-id and sticky bit.
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    private readonly string root;
    private readonly Dictionary<string, Part> parts = [];
    private readonly List<LeftOut> leftOut = [];
    private IReadOnlyList<string>? prefix;
    private long bytes;

    private Unpacking(string root, bool contents)
    {
        this.root = root;
        prefix = contents ? [] : null;
    }

    /// <summary>Unpacks an archive of one file or folder.</summary>
    /// <param name="archive">Untrusted.</param>
    /// <param name="destination">Where the file or folder is to be, absolute, whatever the archive calls it; its parent must be there. A folder that is there already keeps what else is in it.</param>
    /// <param name="contents">The archive is of what is in a folder, without a name of its own.</param>
    /// <param name="cancellationToken">Stops; nothing is left of it then.</param>
    /// <returns>What was unpacked. All of it belongs to this user; devices, pipes and sockets are left out.</returns>
    /// <exception cref="AgentopsException">The archive would write elsewhere, is broken, or something is in the way: says what. Nothing was copied then.</exception>
    public static async Task<Copied> Unpack(Stream archive, string destination, bool contents, CancellationToken cancellationToken)
    {
        // On the same disk: a folder that is there may be one of its own.
        var beside = FileStatus.Of(destination, followLink: false) is { Kind: FileKind.Folder } ? destination : Path.GetDirectoryName(destination)!;
        var staging = Path.Combine(beside, $".agentops-cp-{Guid.NewGuid():N}");
        try
        {
            PrivateFile.MakeFolder(staging);
            try
            {
                var unpacking = new Unpacking(Path.Combine(staging, "unpacked"), contents);
                await unpacking.Take(archive, cancellationToken);
                unpacking.MakeLinks();
                unpacking.PutInPlace(destination);
                return new Copied(unpacking.parts.Values.Count(part => part.Kind != PartKind.Folder), new ByteSize(unpacking.bytes), unpacking.leftOut);
            }
            finally
            {
                Directory.Delete(staging, recursive: true);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            var told = fault.Message.Replace(Path.Combine(staging, "unpacked"), destination, StringComparison.Ordinal).Replace(staging, beside, StringComparison.Ordinal);
            throw new AgentopsException($"Cannot write to {destination}: {told}", ExitCode.Failed, "cannotWrite", fault);
        }
    }

    private async Task Take(Stream archive, CancellationToken cancellationToken)
    {
        var ending = new EndingStream(archive);
        try
        {
            await using var tar = new TarReader(ending, leaveOpen: true);
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                await Put(entry, cancellationToken);
            }
        }
        catch (EndOfStreamException)
        {
            throw EndingStream.CutOff();
        }
        catch (Exception fault) when (fault is InvalidDataException or FormatException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw new AgentopsException($"The archive from the run is broken: {fault.Message}", ExitCode.Failed, "brokenArchive", fault);
        }

        await ending.ReadToEnd(cancellationToken);
        if (parts.Count == 0 && prefix is not [])
        {
            throw new AgentopsException("The archive from the run is empty: there was nothing in it that can be copied.", ExitCode.Failed, "brokenArchive");
        }
    }

    private async Task Put(TarEntry entry, CancellationToken cancellationToken)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory or TarEntryType.DirectoryList:
                AddFolder(Locate(entry.Name), entry.Mode & Permissions, entry.ModificationTime);
                break;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await AddFile(entry, cancellationToken);
                break;
            case TarEntryType.SymbolicLink:
                AddLink(Locate(entry.Name), entry.LinkName);
                break;
            case TarEntryType.HardLink:
                AddSame(Locate(entry.Name), Locate(entry.LinkName), entry.LinkName);
                break;
            case TarEntryType.CharacterDevice or TarEntryType.BlockDevice or TarEntryType.Fifo:
                leftOut.Add(LeftOut.Special(entry.Name));
                break;
            case TarEntryType.GlobalExtendedAttributes:
                break;
            default:
                leftOut.Add(new(entry.Name, $"an entry of an unknown kind ({(char)entry.EntryType})", IsLoss: true));
                break;
        }
    }

    // The path below the root, "" for the root itself.
    private string Locate(string name)
    {
        var all = ArchivedName.Parts(name);
        // The first entry names what was asked for, and all others are in it.
        prefix ??= all is [var first, ..] ? [first] : [];
        return all.Take(prefix.Count).SequenceEqual(prefix)
            ? string.Join('/', all.Skip(prefix.Count))
            : throw ArchivedName.Refuse(name, "it is not in what was asked for");
    }

    private string OnDisk(string path) => path.Length == 0 ? root : Path.Combine(root, path);

    // A folder that is needed and was not told of, or is told of later, is made on the way.
    private void NeedFolder(string path)
    {
        if (path.Length > 0)
        {
            NeedFolder(Parent(path));
        }

        if (!parts.TryGetValue(path, out var there))
        {
            PrivateFile.MakeFolder(OnDisk(path));
            parts.Add(path, new(PartKind.Folder) { Mode = Plain });
        }
        else if (there.Kind != PartKind.Folder)
        {
            throw ArchivedName.Refuse(path, there.Kind == PartKind.Link ? "it is a link, and something was to be written through it" : "it is a file, and something was to be in it");
        }
    }

    private void Vacate(string path)
    {
        if (path.Length > 0)
        {
            NeedFolder(Parent(path));
        }

        if (parts.Remove(path, out var there))
        {
            if (there.Kind == PartKind.Folder)
            {
                throw ArchivedName.Refuse(path, "it is there twice, once as a folder");
            }

            // The last one of a name counts, as with tar; a link is not on the disk yet.
            File.Delete(OnDisk(path));
        }
    }

    private void AddFolder(string path, UnixFileMode mode, DateTimeOffset modified)
    {
        NeedFolder(path);
        parts[path] = new(PartKind.Folder) { Mode = mode, Modified = modified };
    }

    private async Task AddFile(TarEntry entry, CancellationToken cancellationToken)
    {
        var path = Locate(entry.Name);
        Vacate(path);
        await using (var file = Create(path))
        {
            if (entry.DataStream is { } content)
            {
                await content.CopyToAsync(file, cancellationToken);
                bytes += file.Length;
            }
        }

        parts[path] = new(PartKind.File) { Mode = entry.Mode & Permissions, Modified = entry.ModificationTime };
    }

    private void AddLink(string path, string target)
    {
        Vacate(path);
        parts[path] = new(PartKind.Link) { Target = target };
    }

    private void AddSame(string path, string original, string named)
    {
        if (path == original || !parts.TryGetValue(original, out var first) || first.Kind == PartKind.Folder)
        {
            throw ArchivedName.Refuse(path, $"it is a second name of {named}, which is not in the archive before it");
        }

        if (first.Kind == PartKind.Link)
        {
            AddLink(path, first.Target);
            return;
        }

        // Both are in our own folder. A copy for each name would let a small archive fill the disk.
        Vacate(path);
        Placement.Join(OnDisk(original), OnDisk(path));
        parts[path] = first;
    }

    private FileStream Create(string path) => PrivateFile.Open(OnDisk(path), FileMode.CreateNew, FileAccess.Write, FileShare.None);

    private void MakeLinks()
    {
        foreach (var (path, link) in parts.Where(part => part.Value.Kind == PartKind.Link))
        {
            File.CreateSymbolicLink(OnDisk(path), link.Target);
        }
    }

    private void PutInPlace(string destination)
    {
        if (!parts.ContainsKey(""))
        {
            // Only what is in a folder, of which nothing was told.
            NeedFolder("");
        }

        Placement.Check(root, destination);
        var moved = new Dictionary<string, string>();
        Placement.Move(root, destination, moved.Add);

        // Modes last and from the inside out: a folder may be one that nothing can be put into. One that was there before keeps its own.
        foreach (var (path, part) in parts.Where(part => part.Value.Kind != PartKind.Link).OrderByDescending(part => part.Key, StringComparer.Ordinal))
        {
            if (Place(OnDisk(path), moved) is { } place)
            {
                Finish(place, part);
            }
        }
    }

    private static void Finish(string place, Part part)
    {
        if (part.Modified > DateTimeOffset.UnixEpoch)
        {
            File.SetLastWriteTimeUtc(place, part.Modified.UtcDateTime);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(place, part.Mode);
        }
    }

    // Where something unpacked is now; null for a folder whose contents went into one that was there.
    private string? Place(string unpacked, Dictionary<string, string> moved)
    {
        for (var above = unpacked; above.Length >= root.Length; above = Path.GetDirectoryName(above)!)
        {
            if (moved.TryGetValue(above, out var to))
            {
                return to + unpacked[above.Length..];
            }
        }

        return null;
    }

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    private enum PartKind
    {
        Folder,
        File,
        Link,
    }

    private sealed record Part(PartKind Kind)
    {
        public UnixFileMode Mode { get; init; }

        public DateTimeOffset Modified { get; init; }

        public string Target { get; init; } = "";
    }
}
