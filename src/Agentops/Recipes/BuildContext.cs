using System.Formats.Tar;

namespace Agentops.Recipes;

/// <summary>The files a build sees, in an order that depends on nothing but their names.</summary>
/// <param name="Entries">A folder comes before what is in it.</param>
public sealed record BuildContext(IReadOnlyList<ContextEntry> Entries)
{
    // Builders leave times out of their cache keys, but they end up in layers: one constant makes the same image of the same files. Not 1970: zip archives start in 1980.
    private static readonly DateTimeOffset Time = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the context as a tar archive; contents are streamed, links stay links, everything belongs to root.</summary>
    /// <param name="archive">Where to.</param>
    /// <param name="cancellationToken">Stops in the middle.</param>
    /// <returns>When all is written.</returns>
    /// <exception cref="AgentopsException">A file cannot be read or changed while it was; says which.</exception>
    public async Task WriteTar(Stream archive, CancellationToken cancellationToken)
    {
        // Disposed only when all went well: that writes the archive's end, and one that lacks files must not look whole.
        var tar = new TarWriter(archive, TarEntryFormat.Gnu, leaveOpen: true);
        foreach (var entry in Entries)
        {
            await using var content = entry.Kind == ContextEntryKind.File ? entry.Open() : null;
            var record = new GnuTarEntry(
                entry.Kind switch
                {
                    ContextEntryKind.Folder => TarEntryType.Directory,
                    ContextEntryKind.Link => TarEntryType.SymbolicLink,
                    _ => TarEntryType.RegularFile,
                },
                entry.Path)
            {
                Mode = entry.Mode,
                ModificationTime = Time,
            };
            if (entry.Target is { } target)
            {
                record.LinkName = target;
            }

            if (content is { Length: > 0 })
            {
                record.DataStream = content;
            }

            await tar.WriteEntryAsync(record, cancellationToken);
        }

        await tar.DisposeAsync();
    }

    /// <summary>Collects the files of a folder.</summary>
    /// <param name="root">The folder, absolute.</param>
    /// <param name="ignore">What is left out.</param>
    /// <param name="sources">What is needed; null for everything.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <returns>Files, folders and links; pipes, sockets and devices are left out.</returns>
    /// <exception cref="AgentopsException">A folder cannot be listed; says which.</exception>
    internal static BuildContext Of(string root, IgnoreFile ignore, IReadOnlyList<Glob>? sources, CancellationToken cancellationToken)
    {
        var walk = new Walk(ignore, sources, cancellationToken);
        walk.Visit(root, "", null, sources is null);
        // A builder follows a link that is copied by name, wherever in the context it leads: only the whole context is sure to hold its target.
        return walk.FoundNamedLink ? Of(root, ignore, null, cancellationToken) : new(walk.Entries);
    }

    internal static AgentopsException Unreadable(string path, string reason, Exception? cause) =>
        new($"{path} cannot be sent to the builder: {reason}. If it is not needed, name it in .dockerignore", ExitCode.RunFailed, "buildContext", cause);

    private sealed class Walk(IgnoreFile ignore, IReadOnlyList<Glob>? sources, CancellationToken cancellationToken)
    {
        public List<ContextEntry> Entries { get; } = [];

        public bool FoundNamedLink { get; private set; }

        public void Visit(string folder, string prefix, bool[]? folderMatches, bool folderNeeded)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var name in Names(folder))
            {
                var full = Path.Combine(folder, name);
                var path = prefix + name;
                // Null: it went away since the folder was listed.
                if (FileStatus.Of(full, followLink: false) is not { } status || status.Kind == FileKind.Other)
                {
                    continue;
                }

                var named = !folderNeeded && sources!.Any(source => source.Matches(path));
                var needed = folderNeeded || named;
                var mayBeNeededBelow = needed || sources!.Any(source => source.MayMatchBelow(path));
                if (!mayBeNeededBelow)
                {
                    continue;
                }

                var matches = ignore.Match(path, folderMatches);
                var excluded = ignore.Excludes(matches);
                switch (status.Kind)
                {
                    case FileKind.Folder:
                        VisitFolder(full, path, status, matches, needed, excluded);
                        break;
                    case FileKind.Link when !excluded && !folderNeeded:
                        FoundNamedLink = true;
                        return;
                    case FileKind.Link when !excluded:
                        Entries.Add(new(path, ContextEntryKind.Link, status.Mode) { Target = new FileInfo(full).LinkTarget });
                        break;
                    case FileKind.File when !excluded && needed:
                        Entries.Add(new(path, ContextEntryKind.File, status.Mode) { Source = full });
                        break;
                }
            }
        }

        private void VisitFolder(string full, string path, FileStatus status, bool[] matches, bool needed, bool excluded)
        {
            if (excluded && !ignore.MayBringBackBelow(path))
            {
                return;
            }

            var place = Entries.Count;
            Entries.Add(new(path, ContextEntryKind.Folder, status.Mode));
            Visit(full, path + "/", matches, needed);
            // A folder that is not wanted itself is there only for what is in it.
            if (Entries.Count == place + 1 && (excluded || !needed))
            {
                Entries.RemoveAt(place);
            }
        }

        private static List<string> Names(string folder)
        {
            try
            {
                return [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
            }
            catch (DirectoryNotFoundException)
            {
                return [];
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw Unreadable(folder, fault is UnauthorizedAccessException ? "permission denied" : fault.Message, fault);
            }
        }
    }
}
