using System.Text.Json;

namespace Agentops.AppleStandIn;

/// <summary>The state folder that all processes of one stand-in share: <c>$CONTAINER_STAND_IN</c>.</summary>
/// <remarks>
/// In it: <c>state.json</c>, <c>lock</c>, a folder for each container, <c>release</c> (such as <c>1.4.1</c>; <c>$CONTAINER_STAND_IN_RELEASE</c> comes before it)
/// and <c>trouble</c>, see <see cref="Trouble"/>.
/// </remarks>
internal sealed class World
{
    public World()
    {
        Folder = Environment.GetEnvironmentVariable("CONTAINER_STAND_IN") is { Length: > 0 } set ? set : Path.Combine(Path.GetTempPath(), "container-stand-in");
        Directory.CreateDirectory(Folder);
        Release = Release.Parse(
            Environment.GetEnvironmentVariable("CONTAINER_STAND_IN_RELEASE") is { Length: > 0 } told ? told
            : File.Exists(Path.Combine(Folder, "release")) ? File.ReadAllText(Path.Combine(Folder, "release"))
            : "1.2.2");
    }

    public string Folder { get; }

    public Release Release { get; }

    public string FolderOf(string container) => Path.Combine(Folder, "containers", container);

    /// <summary>Looks at the state.</summary>
    public State Look()
    {
        using var mine = Lock();
        return Read();
    }

    /// <summary>Changes the state, alone.</summary>
    public T Change<T>(Func<State, T> change)
    {
        using var mine = Lock();
        var state = Read();
        var result = change(state);
        var draft = Path.Combine(Folder, "state.json.draft");
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(state, StateJson.Default.State));
        File.Move(draft, Path.Combine(Folder, "state.json"), overwrite: true);
        return result;
    }

    public void Change(Action<State> change) => Change(state =>
    {
        change(state);
        return true;
    });

    private State Read()
    {
        var path = Path.Combine(Folder, "state.json");
        return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), StateJson.Default.State)! : new State();
    }

    private FileStream Lock()
    {
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(Folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(2);
            }
        }
    }
}
