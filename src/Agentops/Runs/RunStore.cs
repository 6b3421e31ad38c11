using System.IO.Enumeration;
using System.Text.Json;
using Agentops.Recipes;
using Agentops.Terminal;

namespace Agentops.Runs;

/// <summary>A run's folder as it was found.</summary>
/// <param name="Id">From the folder's name.</param>
/// <param name="Record">Null when it cannot be read.</param>
/// <param name="Fault">Why it cannot be read, for people; null when it can.</param>
public sealed record RunEntry(RunId Id, RunRecord? Record, string? Fault)
{
    /// <summary>When something in its folder came, went or got another name, UTC, before the record was read; null when that cannot be told.</summary>
    public DateTime? FolderModified { get; init; }
}

/// <summary>A folder in <c>runs/</c> that a killed command left.</summary>
/// <param name="Name">Of the folder.</param>
/// <param name="Size">Null when it cannot be counted.</param>
public sealed record Leftover(string Name, ByteSize? Size);

/// <summary>What disk remembers of runs: <c>runs/&lt;id&gt;/run.json</c> and saved output under the state folder, folders 0700, files 0600.</summary>
/// <param name="stateFolder">Absolute; made when first written to.</param>
public sealed class RunStore(string stateFolder)
{
    private const string RecordName = "run.json";
    private const string Creating = ".creating-";
    private const string Removed = ".removed-";
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromMinutes(1);
    private const int LargestRecord = 1024 * 1024;
    private const int UsualRecord = 4000;

    private static readonly EnumerationOptions AllOrNothing = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    private readonly Lock remembering = new();

    /// <summary>The state folder.</summary>
    public string StateFolder { get; } = stateFolder;

    private string RunsFolder { get; } = Path.Combine(stateFolder, "runs");

    private string UsesFolder => Path.Combine(StateFolder, "uses");

    private string UseOf(string image) => Path.Combine(UsesFolder, Uri.EscapeDataString(image));

    /// <summary>The folder of one run.</summary>
    /// <param name="id">The run.</param>
    /// <returns>An absolute path; nothing may be there.</returns>
    public string FolderOf(RunId id) => Path.Combine(RunsFolder, id.ToString());

    /// <summary>Where the output of a run is kept once its container is gone.</summary>
    /// <param name="id">The run.</param>
    /// <returns>An absolute path; nothing may be there.</returns>
    public string OutputOf(RunId id) => Path.Combine(FolderOf(id), "output.log");

    /// <summary>The id of this state folder; null when it has none yet, or none that can be read: then nothing is known to be ours.</summary>
    public string? KnownInstallation
    {
        get
        {
            try
            {
                return ReadInstallation(Path.Combine(StateFolder, "installation"));
            }
            catch (UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>The id of this state folder; made now when it has none.</summary>
    /// <returns>32 hexadecimal digits.</returns>
    /// <exception cref="AgentopsException">The state folder cannot be written.</exception>
    public string Installation() => Guarded("Cannot prepare the state folder", StateFolder, () =>
    {
        var path = Path.Combine(StateFolder, "installation");
        if (ReadInstallation(path) is { } known)
        {
            return known;
        }

        PrivateFile.MakeFolder(StateFolder);
        var mine = Guid.NewGuid().ToString("N");
        var draft = PrivateFile.WriteDraft(path, System.Text.Encoding.ASCII.GetBytes(mine + "\n"));
        try
        {
            // Not overwriting: of two first runs at once, the second takes the first one's id.
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (ReadInstallation(path) is not null)
        {
        }
        finally
        {
            File.Delete(draft);
        }

        return ReadInstallation(path) ?? mine;
    });

    /// <summary>Makes the folder and the record of a new run, so that they survive a loss of power.</summary>
    /// <param name="id">The run.</param>
    /// <param name="record">Its record.</param>
    /// <returns>False when the id is taken.</returns>
    /// <exception cref="AgentopsException">It cannot be written; nothing of it stays.</exception>
    public bool TryCreate(RunId id, RunRecord record) => Guarded("Cannot write the record of the run", FolderOf(id), () =>
    {
        PrivateFile.MakeFolder(StateFolder);
        PrivateFile.MakeFolder(RunsFolder);
        // Made beside its place and moved there whole: killed at any point, there is a run with its record or none.
        var draft = Path.Combine(RunsFolder, $"{Creating}{id}-{Guid.NewGuid():N}");
        PrivateFile.MakeFolder(draft);
        using var inHand = FolderLock.Take(draft);
        try
        {
            Write(draft, record);
            if (Path.Exists(FolderOf(id)))
            {
                return false;
            }

            Directory.Move(draft, FolderOf(id));
            PrivateFile.SyncFolder(RunsFolder);
            return true;
        }
        catch (IOException) when (Directory.Exists(draft) && Path.Exists(FolderOf(id)))
        {
            // Another took the id between the two lines above.
            return false;
        }
        finally
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }
    });

    /// <summary>Replaces the record of a run; a reader meets the old or the new one.</summary>
    /// <param name="id">The run.</param>
    /// <param name="record">Its record.</param>
    /// <exception cref="AgentopsException">It cannot be written; the old one stays.</exception>
    public void Save(RunId id, RunRecord record) => Guarded("Cannot write the record of the run", FolderOf(id), () =>
    {
        Write(FolderOf(id), record);
        return true;
    });

    /// <summary>Forgets a run that never came to be.</summary>
    /// <param name="id">The run.</param>
    public void Discard(RunId id) => Remove(id);

    /// <summary>Removes a run's folder. Links in it are removed, never followed. Killed at any point, the run is there whole or gone, and the rest is a <see cref="Leftover"/>.</summary>
    /// <param name="id">The run.</param>
    /// <returns>What went, in bytes; nothing when there is no such folder.</returns>
    /// <exception cref="AgentopsException">It cannot be removed, or not all of it.</exception>
    public ByteSize Remove(RunId id)
    {
        var gone = Path.Combine(RunsFolder, $"{Removed}{id}-{Guid.NewGuid():N}");
        using var inHand = FolderLock.Take(FolderOf(id));
        try
        {
            Directory.Move(FolderOf(id), gone);
            PrivateFile.SyncFolder(RunsFolder);
        }
        catch (DirectoryNotFoundException)
        {
            return ByteSize.Zero;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unremovable(FolderOf(id), failure);
        }

        return Delete(gone);
    }

    /// <summary>What killed commands left: folders of runs that never came to be, or that were being removed.</summary>
    /// <param name="now">UTC; where it cannot be told whether somebody is at work on one, a young one is taken for that.</param>
    /// <returns>In no order, without what is somebody's work in hand; none when the folder cannot be read.</returns>
    public IReadOnlyList<Leftover> Leftovers(DateTimeOffset now)
    {
        try
        {
            return [.. new DirectoryInfo(RunsFolder).EnumerateDirectories(".*")
                .Where(folder => folder.Name.StartsWith(Creating, StringComparison.Ordinal) || folder.Name.StartsWith(Removed, StringComparison.Ordinal))
                .Where(folder => folder.LinkTarget is null && !IsInHand(folder, now))
                .Select(folder => new Leftover(folder.Name, PrivateFile.SizeOf(folder.FullName, int.MaxValue)))];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsInHand(DirectoryInfo folder, DateTimeOffset now)
    {
        using var mine = FolderLock.TryTake(folder.FullName);
        return mine is null || (!mine.IsHeld && now - folder.LastWriteTimeUtc < LeftoverAge);
    }

    /// <summary>Removes what a killed command left.</summary>
    /// <param name="leftover">From <see cref="Leftovers"/>.</param>
    /// <returns>What went, in bytes; nothing when it is gone already, or going by somebody else's hand.</returns>
    /// <exception cref="AgentopsException">It cannot be removed, or not all of it.</exception>
    public ByteSize Remove(Leftover leftover)
    {
        var folder = Path.Combine(RunsFolder, Path.GetFileName(leftover.Name));
        using var mine = FolderLock.TryTake(folder);
        return mine is null ? ByteSize.Zero : Delete(folder);
    }

    private static ByteSize Delete(string folder)
    {
        var before = PrivateFile.SizeOf(folder, int.MaxValue);
        try
        {
            Directory.Delete(folder, recursive: true);
            return before ?? ByteSize.Zero;
        }
        catch (DirectoryNotFoundException)
        {
            return ByteSize.Zero;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unremovable(folder, failure);
        }
    }

    private static AgentopsException Unremovable(string folder, Exception failure) =>
        new($"{folder}: {failure.Message}", ExitCode.Failed, "stateUnwritable", failure);

    /// <summary>Remembers when an image was used, for when no record tells it any more.</summary>
    /// <param name="image">Its tag or its id.</param>
    /// <param name="at">UTC; an earlier use than is known already changes nothing.</param>
    /// <exception cref="AgentopsException">The state folder cannot be written.</exception>
    public void RememberUse(string image, DateTimeOffset at) => Guarded("Cannot remember the use of an image", UsesFolder, () =>
    {
        // Several runs of one image may be removed at once: the latest counts.
        lock (remembering)
        {
            if (at > (LastUse(image) ?? DateTimeOffset.UnixEpoch))
            {
                PrivateFile.MakeFolder(StateFolder);
                PrivateFile.MakeFolder(UsesFolder);
                // An empty file with the time of the use. Killed before it is set, it is that of the moment, which only keeps the image longer.
                using var file = PrivateFile.Open(UseOf(image), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                File.SetLastWriteTimeUtc(file.SafeFileHandle, at.UtcDateTime);
            }

            return true;
        }
    });

    /// <summary>When an image was used by a run whose record is gone.</summary>
    /// <param name="image">Its tag or its id.</param>
    /// <returns>UTC; null when nothing tells.</returns>
    public DateTimeOffset? LastUse(string image)
    {
        var file = new FileInfo(UseOf(image));
        return file.Exists ? new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero) : null;
    }

    /// <summary>Forgets the use of an image that is gone.</summary>
    /// <param name="image">Its tag or its id.</param>
    public void ForgetUse(string image)
    {
        try
        {
            File.Delete(UseOf(image));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It takes no room, and an image of that name can only stay the longer for it.
        }
    }

    /// <summary>Reads one record.</summary>
    /// <param name="id">The run.</param>
    /// <returns>Null when there is no folder of that run.</returns>
    public RunEntry? Read(RunId id) => Directory.Exists(FolderOf(id)) ? ReadFolder(id, null) : null;

    /// <summary>Reads all records.</summary>
    /// <returns>In no order; folders that are not named as a run are nobody's.</returns>
    public IReadOnlyList<RunEntry> ReadAll()
    {
        try
        {
            var entries = new List<RunEntry>();
            var names = new FileSystemEnumerable<string>(RunsFolder, (ref found) => found.FileName.ToString(), AllOrNothing) { ShouldIncludePredicate = (ref found) => RunId.IsValid(found.FileName) };
            foreach (var name in names)
            {
                if (RunId.TryParse(name, out var id))
                {
                    entries.Add(ReadFolder(id, entries.Count > 0 ? entries[^1].Record : null));
                }
            }

            return entries;
        }
        catch (DirectoryNotFoundException failure)
        {
            // Unless it was made just now.
            return FileStatus.Of(RunsFolder, followLink: true) is { Kind: FileKind.Folder } ? ReadAll() : FileStatus.Of(RunsFolder, followLink: false) switch
            {
                null => [],
                // To a disk that is not mounted, perhaps: that no record is there proves nothing.
                { Kind: FileKind.Link } => throw Unreadable("it is a link, and nothing is where it leads to", failure),
                _ => throw Unreadable("it is not a folder", failure),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(failure.Message, failure);
        }

        AgentopsException Unreadable(string why, Exception failure) => new($"Cannot read {RunsFolder}: {why}", ExitCode.Failed, "stateUnreadable", failure);
    }

    /// <summary>What the folder of a run takes: the lengths of its files. Links are not followed.</summary>
    /// <param name="id">The run.</param>
    /// <param name="mostFiles">Beyond so many it is given up.</param>
    /// <returns>Null when it cannot be counted; zero when there is none.</returns>
    public ByteSize? FolderSize(RunId id, int mostFiles = int.MaxValue) => PrivateFile.SizeOf(FolderOf(id), mostFiles);

    /// <summary>Opens a new file of a run for its saved output; takes its name by <see cref="KeepOutput"/>.</summary>
    /// <param name="id">The run.</param>
    /// <returns>A draft beside the file.</returns>
    public FileStream DraftOutput(RunId id) => PrivateFile.Create(OutputOf(id) + ".draft");

    /// <summary>Gives the draft of a run's output its name.</summary>
    /// <param name="id">The run.</param>
    public void KeepOutput(RunId id) => File.Move(OutputOf(id) + ".draft", OutputOf(id), overwrite: true);

    /// <summary>Opens the lock file of a name, to hold while it is worked on; released when closed and when the process dies.</summary>
    /// <param name="name">Such as an image's tag.</param>
    /// <returns>Null while somebody else holds it.</returns>
    /// <exception cref="AgentopsException">The state folder cannot be written.</exception>
    public FileStream? TryLock(string name) => TryLock(name, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Opens the lock file of a name together with others who do the same; nobody holds it alone meanwhile.</summary>
    /// <param name="name">Such as an image's tag.</param>
    /// <returns>Null while somebody holds it alone.</returns>
    /// <exception cref="AgentopsException">The state folder cannot be written.</exception>
    public FileStream? TryShareLock(string name) => TryLock(name, FileAccess.Read, FileShare.Read);

    private FileStream? TryLock(string name, FileAccess access, FileShare share) => Guarded("Cannot take a lock", StateFolder, () =>
    {
        var locks = Path.Combine(StateFolder, "locks");
        PrivateFile.MakeFolder(StateFolder);
        PrivateFile.MakeFolder(locks);
        var path = Path.Combine(locks, name.Replace('/', '_').Replace(':', '_') + ".lock");
        try
        {
            return PrivateFile.Open(path, FileMode.OpenOrCreate, access, share);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    });

    private static string? ReadInstallation(string path)
    {
        try
        {
            var text = FileStatus.Of(path, followLink: true) is { Kind: FileKind.File, Length: < 1000 } ? File.ReadAllText(path).Trim() : "";
            return text.Length == 32 && text.All(char.IsAsciiHexDigitLower) ? text : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static T Guarded<T>(string failed, string path, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AgentopsException($"{failed} ({path}): {failure.Message}", ExitCode.Failed, "stateUnwritable", failure);
        }
    }

    private RunEntry ReadFolder(RunId id, RunRecord? like)
    {
        try
        {
            var folder = FolderOf(id);
            var found = FileStatus.Of(folder, followLink: false);
            if (found is { Kind: FileKind.Link })
            {
                return new RunEntry(id, null, $"{folder} is a link, not a folder");
            }

            var path = Path.Combine(folder, RecordName);
            var record = ReadRecord(path, like);
            var fault = record is null ? "not a record" : record.Fault(id.ToString());
            return new RunEntry(id, fault is null ? record : null, fault is null ? null : $"{path}: {fault}") { FolderModified = found?.Modified };
        }
        catch (JsonException)
        {
            return new RunEntry(id, null, $"{Path.Combine(FolderOf(id), RecordName)}: empty, cut short or not JSON");
        }
        catch (FileNotFoundException)
        {
            return new RunEntry(id, null, $"{FolderOf(id)} holds no {RecordName}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new RunEntry(id, null, $"{Path.Combine(FolderOf(id), RecordName)}: {failure.Message}");
        }
    }

    // It is replaced by a rename and never written to, so nobody has to be kept from that.
    private static RunRecord? ReadRecord(string path, RunRecord? like)
    {
        Span<byte> content = stackalloc byte[UsualRecord];
        return SmallFile.TryRead(path, content) is > 0 and var count ? RunRecordReader.Read(content[..count], like)
            // A pipe would be waited for, and a device read without end.
            : FileStatus.Of(path, followLink: false) is { } status && (status.Kind != FileKind.File || status.Length > LargestRecord) ? null
            : RunRecordReader.Read(File.ReadAllBytes(path), like);
    }

    private static void Write(string folder, RunRecord record)
    {
        var path = Path.Combine(folder, RecordName);
        PrivateFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(record, RunJson.Default.RunRecord));
        PrivateFile.SyncFolder(folder);
    }
}
