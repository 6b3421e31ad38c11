using System.Runtime.InteropServices;
using System.Text.Json;

namespace Agentops.Runs;

/// <summary>A run's folder as it was found.</summary>
/// <param name="Id">From the folder's name.</param>
/// <param name="Record">Null when it cannot be read.</param>
/// <param name="Fault">Why it cannot be read, for people; null when it can.</param>
public sealed record RunEntry(RunId Id, RunRecord? Record, string? Fault);

/// <summary>What disk remembers of runs: <c>runs/&lt;id&gt;/run.json</c> and saved output under the state folder, folders 0700, files 0600.</summary>
/// <param name="stateFolder">Absolute; made when first written to.</param>
public sealed partial class RunStore(string stateFolder)
{
    private const string RecordName = "run.json";
    private const int LargestRecord = 1024 * 1024;
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The state folder.</summary>
    public string StateFolder { get; } = stateFolder;

    /// <summary>The folder of one run.</summary>
    /// <param name="id">The run.</param>
    /// <returns>An absolute path; nothing may be there.</returns>
    public string FolderOf(RunId id) => Path.Combine(StateFolder, "runs", id.ToString());

    /// <summary>Where the output of a run is kept once its container is gone.</summary>
    /// <param name="id">The run.</param>
    /// <returns>An absolute path; nothing may be there.</returns>
    public string OutputOf(RunId id) => Path.Combine(FolderOf(id), "output.log");

    /// <summary>The id of this state folder; null when it has none yet.</summary>
    public string? KnownInstallation => ReadInstallation(Path.Combine(StateFolder, "installation"));

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

        MakeFolder(StateFolder);
        var mine = Guid.NewGuid().ToString("N");
        var draft = WriteDraft(path, System.Text.Encoding.ASCII.GetBytes(mine + "\n"));
        try
        {
            // Not overwriting: of two first runs at once, the second takes the first one's id.
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (ReadInstallation(path) is not null)
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
        MakeFolder(StateFolder);
        MakeFolder(Path.Combine(StateFolder, "runs"));
        var folder = FolderOf(id);
        if (!TryMakeFolder(folder))
        {
            return false;
        }

        try
        {
            Write(folder, record);
            SyncFolder(Path.Combine(StateFolder, "runs"));
            return true;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
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
    public void Discard(RunId id)
    {
        var folder = FolderOf(id);
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            File.Delete(file);
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder);
        }
    }

    /// <summary>Reads one record.</summary>
    /// <param name="id">The run.</param>
    /// <returns>Null when there is no folder of that run.</returns>
    public RunEntry? Read(RunId id) => Directory.Exists(FolderOf(id)) ? ReadFolder(id) : null;

    /// <summary>Reads all records.</summary>
    /// <returns>In no order; folders that are not named as a run are nobody's.</returns>
    public IReadOnlyList<RunEntry> ReadAll()
    {
        var runs = Path.Combine(StateFolder, "runs");
        try
        {
            return [.. new DirectoryInfo(runs).EnumerateFileSystemInfos()
                .Where(entry => RunId.TryParse(entry.Name, out _))
                .Select(entry => RunId.TryParse(entry.Name, out var id) ? ReadFolder(id) : throw new InvalidOperationException("Its name was read a moment ago."))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AgentopsException($"Cannot read {runs}: {failure.Message}", ExitCode.Failed, "stateUnreadable", failure);
        }
    }

    /// <summary>Opens a new file of a run for its saved output; takes its name by <see cref="KeepOutput"/>.</summary>
    /// <param name="id">The run.</param>
    /// <returns>A draft beside the file.</returns>
    public FileStream DraftOutput(RunId id) => CreateFile(OutputOf(id) + ".draft");

    /// <summary>Gives the draft of a run's output its name.</summary>
    /// <param name="id">The run.</param>
    public void KeepOutput(RunId id) => File.Move(OutputOf(id) + ".draft", OutputOf(id), overwrite: true);

    /// <summary>Opens the lock file of a name, to hold while it is worked on; released when closed and when the process dies.</summary>
    /// <param name="name">Such as an image's tag.</param>
    /// <returns>Null while somebody else holds it.</returns>
    /// <exception cref="AgentopsException">The state folder cannot be written.</exception>
    public FileStream? TryLock(string name) => Guarded("Cannot take a lock", StateFolder, () =>
    {
        var locks = Path.Combine(StateFolder, "locks");
        MakeFolder(StateFolder);
        MakeFolder(locks);
        var path = Path.Combine(locks, name.Replace('/', '_').Replace(':', '_') + ".lock");
        try
        {
            return new FileStream(path, Private(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
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
            var text = File.ReadAllText(path).Trim();
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

    private RunEntry ReadFolder(RunId id)
    {
        try
        {
            var folder = new DirectoryInfo(FolderOf(id));
            if (folder.LinkTarget is not null)
            {
                return new RunEntry(id, null, $"{folder.FullName} is a link, not a folder");
            }

            var file = new FileInfo(Path.Combine(folder.FullName, RecordName));
            var record = file.Length > LargestRecord ? null : JsonSerializer.Deserialize(File.ReadAllBytes(file.FullName), RunJson.Default.RunRecord);
            var fault = record is null ? "not a record" : record.Fault(id.ToString());
            return new RunEntry(id, fault is null ? record : null, fault is null ? null : $"{file.FullName}: {fault}");
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

    private static void Write(string folder, RunRecord record)
    {
        var path = Path.Combine(folder, RecordName);
        var draft = WriteDraft(path, JsonSerializer.SerializeToUtf8Bytes(record, RunJson.Default.RunRecord));
        File.Move(draft, path, overwrite: true);
        SyncFolder(folder);
    }

    private static string WriteDraft(string path, byte[] content)
    {
        var draft = $"{path}.{Environment.ProcessId}.draft";
        using var file = CreateFile(draft);
        file.Write(content);
        file.Flush(flushToDisk: true);
        return draft;
    }

    private static FileStream CreateFile(string path) => new(path, Private(FileMode.Create, FileAccess.Write, FileShare.Read));

    private static FileStreamOptions Private(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode600;
        }

        return options;
    }

    private static void MakeFolder(string path)
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

    private static bool TryMakeFolder(string path)
    {
        // Directory.CreateDirectory is content with a folder that is there; mkdir(2) tells who was first.
        if (OperatingSystem.IsWindows())
        {
            var free = !Directory.Exists(path);
            Directory.CreateDirectory(path);
            return free;
        }

        const int Exists = 17;
        return MakeDirectory(path, (uint)FolderMode) == 0
            || (Marshal.GetLastPInvokeError() == Exists ? false : throw new IOException(Marshal.GetLastPInvokeErrorMessage()));
    }

    // A rename is on the disk only when its folder is: without it, power loss may bring the folder back without the file.
    private static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var folder = Open(path, 0);
        if (folder >= 0)
        {
            _ = Sync(folder);
            _ = Close(folder);
        }
    }

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
