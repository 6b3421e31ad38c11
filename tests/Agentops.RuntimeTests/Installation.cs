using System.Diagnostics;
using System.Text;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.RuntimeTests;

/// <summary>A state folder and workspaces of its own, in which whole commands are given to the real <see cref="Agent"/> on a real engine.</summary>
/// <param name="connect">Connects to where its runs live, with variables of one command.</param>
internal sealed class Installation(Func<IReadOnlyDictionary<string, string>, Task<IContainerRuntime>> connect) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("agentops-installation-").FullName;

    /// <summary>Where its workspaces and its state folder lie.</summary>
    public string Folder => folder;

    /// <summary>Whose it is, as user and group: root's unless the engine is an ordinary user's, who must be able to reach it.</summary>
    public (uint User, uint Group) Owner { get; init; }

    /// <summary>What its commands know the time by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Makes the ids of its runs.</summary>
    public Func<RunId> NewRunId { get; init; } = RunId.New;

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

        if (Owner is not (0, 0))
        {
            using var chown = Process.Start("chown", ["-R", $"{Owner.User}:{Owner.Group}", folder]);
            chown.WaitForExit();
        }
    }

    /// <summary>Gives a command with no terminal and nothing to read.</summary>
    /// <param name="environment">Variables of this command alone.</param>
    /// <param name="arguments">What follows <c>agent</c>.</param>
    /// <returns>What it printed to standard output; the test fails with all that was printed when it did not end well.</returns>
    public async Task<string> Give(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var (output, error) = (new MemoryStream(), new MemoryStream());
        var code = await Give(output, error, environment, arguments);
        var printed = Encoding.UTF8.GetString(output.ToArray());
        Assert.True(code == ExitCode.Done, $"agent {string.Join(' ', arguments)}\n{printed}\n{Encoding.UTF8.GetString(error.ToArray())}\n[exit {code.Value}]");
        return printed;
    }

    /// <summary>Gives a command with no terminal and nothing to read, that may fail.</summary>
    /// <param name="output">Its standard output.</param>
    /// <param name="error">Its standard error; may be the same.</param>
    /// <param name="environment">Variables of this command alone.</param>
    /// <param name="arguments">What follows <c>agent</c>.</param>
    /// <returns>What it ended with.</returns>
    public async Task<ExitCode> Give(Stream output, Stream error, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var signals = new Signals();
        var surroundings = new Surroundings(new Dictionary<string, string>(environment) { ["AGENTOPS_HOME"] = Store.StateFolder }, folder, folder, Owner.User, Owner.Group);
        var world = new World(
            new Streams(Stream.Null, output, error, tty: null),
            Clock,
            surroundings,
            signals,
            Store,
            (_, _) => connect(environment),
            _ => [],
            () => [],
            _ => null,
            NewRunId,
            _ => { });
        return await Agent.Run(world, arguments);
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
