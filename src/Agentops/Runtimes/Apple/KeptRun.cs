using System.Text.Json;
using System.Text.RegularExpressions;
using Agentops.Runs;

namespace Agentops.Runtimes.Apple;

/// <summary>
/// What is kept of a container's process beside it, because Apple's container keeps it nowhere: its exit code, when it ended, its two outputs apart, and a way to it for who comes later.
/// In <c>apple/NAME</c> of the state folder; a <see cref="Keeper"/> fills it.
/// </summary>
internal sealed partial class KeptRun
{
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);

    private readonly string stateFolder;

    private KeptRun(string stateFolder, string container)
    {
        this.stateFolder = stateFolder;
        Container = container;
        Folder = Path.Combine(stateFolder, "apple", container);
    }

    /// <summary>The container's name.</summary>
    public string Container { get; }

    /// <summary>Absolute.</summary>
    public string Folder { get; }

    /// <summary>What it printed, as <see cref="SavedOutput"/> has it.</summary>
    public string Output => Path.Combine(Folder, "output.log");

    /// <summary>The socket that takes its input.</summary>
    public string Input => Path.Combine(Folder, "input");

    private string EndPath => Path.Combine(Folder, "end.json");

    private string FailurePath => Path.Combine(Folder, "failure");

    private string LockPath => Path.Combine(Folder, "lock");

    /// <summary>How it ended; null while it has not, and when it was not kept.</summary>
    public KeptEnd? End
    {
        get
        {
            try
            {
                return JsonSerializer.Deserialize(File.ReadAllBytes(EndPath), AppleJson.Default.KeptEnd);
            }
            catch (Exception failure) when (failure is IOException or JsonException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>Why it could not be started; null when it could.</summary>
    public string? Failure
    {
        get
        {
            try
            {
                return File.ReadAllText(FailurePath);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <summary>A keeper is with it.</summary>
    public bool IsKept
    {
        get
        {
            try
            {
                using var file = new FileStream(LockPath, FileMode.Open, FileAccess.Read, FileShare.Read);
                return false;
            }
            catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
            {
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    /// <summary>What may be kept of a container.</summary>
    /// <param name="stateFolder">Absolute.</param>
    /// <param name="container">Its name; untrusted text.</param>
    /// <returns>Null when no container can have that name.</returns>
    public static KeptRun? Of(string stateFolder, string container) => Name().IsMatch(container) ? new KeptRun(stateFolder, container) : null;

    /// <summary>Forgets what is kept of other containers that are gone: somebody removed them by hand.</summary>
    /// <param name="there">The names of all containers.</param>
    /// <param name="before">What was touched since then may be one that came since the containers were listed, UTC.</param>
    public void ForgetOthers(IReadOnlySet<string> there, DateTimeOffset before)
    {
        foreach (var folder in new DirectoryInfo(Path.GetDirectoryName(Folder)!).EnumerateDirectories().Where(folder => !there.Contains(folder.Name) && folder.LastWriteTimeUtc < before))
        {
            if (Of(stateFolder, folder.Name) is { IsKept: false } kept)
            {
                kept.Remove();
            }
        }
    }

    /// <summary>Forgets an earlier life and makes the folder.</summary>
    public void Prepare()
    {
        Remove();
        foreach (var folder in (ReadOnlySpan<string>)[stateFolder, Path.GetDirectoryName(Folder)!, Folder])
        {
            PrivateFile.MakeFolder(folder);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Remove()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>Is the keeper from now on, until the result is disposed of.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when another is.</returns>
    public async Task<IDisposable?> Lock(CancellationToken cancellationToken)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return PrivateFile.Open(LockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (patience.Elapsed < LockPatience)
            {
                // Somebody looks whether there is a keeper.
                await Task.Delay(5, cancellationToken);
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>Notes the end.</summary>
    /// <param name="end">How.</param>
    public void Note(KeptEnd end) => Write(EndPath, JsonSerializer.SerializeToUtf8Bytes(end, AppleJson.Default.KeptEnd));

    /// <summary>Notes that it could not be started.</summary>
    /// <param name="reason">In the runtime's words.</param>
    public void Note(string reason) => Write(FailurePath, System.Text.Encoding.UTF8.GetBytes(reason));

    private static void Write(string path, byte[] content) => File.Move(PrivateFile.WriteDraft(path, content), path, overwrite: true);

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]+\z")]
    private static partial Regex Name();
}
