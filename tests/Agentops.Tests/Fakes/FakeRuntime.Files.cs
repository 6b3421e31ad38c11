using System.Formats.Tar;
using Agentops.Containers;

namespace Agentops.Tests.Fakes;

public sealed partial class FakeRuntime
{
    /// <summary>What comes instead when a path of a container is packed, such as an archive that no honest engine sends.</summary>
    public Dictionary<string, byte[]> Archives { get; } = [];

    public Task<PathKind> FindPath(string container, string path, CancellationToken cancellationToken)
    {
        Called($"{container} {path}");
        lock (gate)
        {
            var found = Container(container);
            return Task.FromResult(found.Files.GetValueOrDefault(Resolve(found, path, lastToo: true)) switch
            {
                null => found.Files.ContainsKey(Resolve(found, path, lastToo: false)) ? PathKind.File : PathKind.Nothing,
                { Type: TarEntryType.Directory } => PathKind.Folder,
                _ => PathKind.File,
            });
        }
    }

    public async Task CopyIn(string container, string folder, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        Called($"{container} {folder}");
        lock (gate)
        {
            var found = Container(container);
            _ = found.Files.GetValueOrDefault(Resolve(found, folder, lastToo: true)) switch
            {
                null => throw Refuse(RuntimeRefusal.NotFound, $"Could not find the file {folder} in container {container}"),
                { Type: not TarEntryType.Directory } => throw Refuse(RuntimeRefusal.Other, "extraction point is not a directory"),
                var there => there,
            };
        }

        var archive = new MemoryStream();
        await write(archive, cancellationToken);
        archive.Position = 0;
        await using var tar = new TarReader(archive);
        while (await tar.GetNextEntryAsync(copyData: true, cancellationToken) is { } entry)
        {
            lock (gate)
            {
                Unpack(Container(container), folder, entry);
            }
        }
    }

    public Task<Stream> CopyOut(string container, string path, CancellationToken cancellationToken)
    {
        Called($"{container} {path}");
        lock (gate)
        {
            var found = Container(container);
            if (Archives.TryGetValue(path, out var prepared))
            {
                return Task.FromResult<Stream>(new MemoryStream(prepared));
            }

            var contents = path.EndsWith("/.", StringComparison.Ordinal);
            var start = Resolve(found, contents ? path[..^2] : path, contents);
            if (!found.Files.TryGetValue(start, out var there) || (contents && there.Type != TarEntryType.Directory))
            {
                throw Refuse(RuntimeRefusal.NotFound, $"Could not find the file {path} in container {container}");
            }

            return Task.FromResult<Stream>(Pack(found, start, contents ? "." : start[(start.LastIndexOf('/') + 1)..]));
        }
    }

    /// <summary>The owner of a file of a container, and its permissions: <c>1000:1000 0644</c>.</summary>
    public string OwnerOf(string container, string path)
    {
        lock (gate)
        {
            var file = Container(container).Files[path];
            return $"{file.Uid}:{file.Gid} {Convert.ToString((int)file.Mode, 8).PadLeft(4, '0')}";
        }
    }

    /// <summary>All paths of a container that are below a folder.</summary>
    public IReadOnlyList<string> FilesOf(string container, string folder)
    {
        lock (gate)
        {
            return [.. Container(container).Files.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        }
    }

    private static void Unpack(FakeContainer container, string folder, TarEntry entry)
    {
        var parts = entry.Name.Split('/').Where(part => part is not ("" or "."));
        var path = Resolve(container, folder + "/" + string.Join('/', parts), lastToo: false);
        if (container.Files.TryGetValue(path, out var there) && (there.Type == TarEntryType.Directory) != (entry.EntryType == TarEntryType.Directory))
        {
            throw Refuse(RuntimeRefusal.Other, $"cannot overwrite {(there.Type == TarEntryType.Directory ? "directory" : "non-directory")} {path} with another kind");
        }

        var bytes = new MemoryStream();
        entry.DataStream?.CopyTo(bytes);
        container.Written += bytes.Length;
        container.Files[path] = new FakeFile(entry.EntryType, entry.Mode, entry.Uid, entry.Gid, entry.ModificationTime, bytes.ToArray(), entry.LinkName);
    }

    private static MemoryStream Pack(FakeContainer container, string start, string name)
    {
        var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (path, file) in container.Files.Where(file => file.Key == start || file.Key.StartsWith(start.TrimEnd('/') + "/", StringComparison.Ordinal)).OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                var entry = new PaxTarEntry(file.Type, name + path[start.TrimEnd('/').Length..] + (file.Type == TarEntryType.Directory ? "/" : ""))
                {
                    Mode = file.Mode,
                    Uid = file.Uid,
                    Gid = file.Gid,
                    ModificationTime = file.Modified,
                };
                if (file.Type is TarEntryType.SymbolicLink)
                {
                    entry.LinkName = file.Target;
                }
                else if (file.Bytes.Length > 0)
                {
                    entry.DataStream = new MemoryStream(file.Bytes);
                }

                tar.WriteEntry(entry);
            }
        }

        archive.Position = 0;
        return archive;
    }

    // Links on the way are followed, and the last one where that is asked for.
    private static string Resolve(FakeContainer container, string path, bool lastToo)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var resolved = "";
        for (var index = 0; index < parts.Length; index++)
        {
            var next = resolved + "/" + parts[index];
            var follow = index < parts.Length - 1 || lastToo;
            resolved = follow && container.Files.TryGetValue(next, out var file) && file.Type == TarEntryType.SymbolicLink ? Path.GetFullPath(file.Target, resolved + "/") : next;
        }

        return resolved.Length == 0 ? "/" : resolved;
    }

    private sealed record FakeFile(TarEntryType Type, UnixFileMode Mode, int Uid, int Gid, DateTimeOffset Modified, byte[] Bytes, string Target)
    {
        public static FakeFile Folder(DateTimeOffset at) => new(TarEntryType.Directory, (UnixFileMode)0b111_101_101, 0, 0, at, [], "");
    }
}
