using System.Text;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.RuntimeTests;

/// <summary>A state folder and workspaces of its own, in which whole commands are given to the real <see cref="Agent"/> on a real engine.</summary>
/// <param name="engine">Where its runs live.</param>
internal sealed class Installation(TestEngine engine) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("agentops-installation-").FullName;

    /// <summary>What disk remembers of its runs.</summary>
    public RunStore Store => new(Path.Combine(folder, "state"));

    /// <summary>Writes the files of a workspace.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="files">Their names and contents.</param>
    public void Workspace(string name, params (string Name, string Content)[] files)
    {
        foreach (var (file, content) in files)
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            File.WriteAllText(Path.Combine(folder, name, file), content);
        }
    }

    /// <summary>Gives a command with no terminal and nothing to read.</summary>
    /// <param name="environment">Variables of this command alone.</param>
    /// <param name="arguments">What follows <c>agent</c>.</param>
    /// <returns>What it printed to standard output; the test fails with all that was printed when it did not end well.</returns>
    public async Task<string> Give(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var (output, error) = (new MemoryStream(), new MemoryStream());
        using var signals = new Signals();
        var surroundings = new Surroundings(new Dictionary<string, string>(environment) { ["AGENTOPS_HOME"] = Store.StateFolder }, folder, folder, 0, 0);
        var world = new World(
            new Streams(Stream.Null, output, error, tty: null),
            TimeProvider.System,
            surroundings,
            signals,
            Store,
            (_, _) => engine.ConnectWith([.. environment.Select(variable => (variable.Key, variable.Value))]),
            _ => [],
            () => [],
            _ => null,
            RunId.New,
            _ => { });
        var code = await Agent.Run(world, arguments);
        var printed = Encoding.UTF8.GetString(output.ToArray());
        Assert.True(code == ExitCode.Done, $"agent {string.Join(' ', arguments)}\n{printed}\n{Encoding.UTF8.GetString(error.ToArray())}\n[exit {code.Value}]");
        return printed;
    }

    /// <inheritdoc cref="Give(IReadOnlyDictionary{string, string}, string[])"/>
    public Task<string> Give(params string[] arguments) => Give(new Dictionary<string, string>(), arguments);

    /// <summary>What all folders of runs take.</summary>
    public long FolderBytes()
    {
        var runs = new DirectoryInfo(Path.Combine(Store.StateFolder, "runs"));
        return runs.Exists ? runs.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : 0;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
