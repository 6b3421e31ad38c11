using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Agentops.EndToEnd.Drivers;

/// <summary>One user's place: a state folder and a workspace with an <c>agent.yaml</c>. Its containers, and its own agent's images, go at the end.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private readonly Dictionary<string, string?> environment;
    private readonly bool ownsAgent;

    private Desk(string agent, bool ownsAgent, Engine? engine = null)
    {
        // First, so that without it no folder is left behind.
        Engine = engine ?? Engine.Usual;
        Agent = agent;
        this.ownsAgent = ownsAgent;
        Folder = Directory.CreateTempSubdirectory("agentops-e2e-").FullName;
        State = Path.Combine(Folder, "state");
        Workspace = Directory.CreateDirectory(Path.Combine(Folder, "work")).FullName;
        environment = new()
        {
            ["AGENTOPS_HOME"] = State,
            ["DOCKER_HOST"] = Engine.Host,
            ["DOCKER_CONTEXT"] = null,
            ["DOCKER_TLS_VERIFY"] = null,
            ["DOCKER_CERT_PATH"] = null,
            ["DOCKER_CONFIG"] = Path.Combine(Folder, "docker"),
            ["HOME"] = Folder,
            ["NO_COLOR"] = null,
            ["AGENTOPS_DEBUG"] = null,
        };
    }

    /// <summary>Where its runs live.</summary>
    public Engine Engine { get; }

    /// <summary>The agent's name.</summary>
    public string Agent { get; }

    public string Image => $"agentops/{Agent}:latest";

    /// <summary>Holds all else; removed at the end.</summary>
    public string Folder { get; }

    public string State { get; }

    public string Workspace { get; }

    public IReadOnlyDictionary<string, string?> Environment => environment;

    /// <summary>A desk with the plainest agent; all such desks share one image, so that only the first builds it.</summary>
    public static Desk Plain()
    {
        var desk = new Desk("e2e", ownsAgent: false);
        desk.Recipe("");
        return desk;
    }

    /// <summary>A desk with an agent of its own name, and so an image of its own.</summary>
    /// <param name="recipe">What follows <c>name:</c> and <c>base:</c> in <c>agent.yaml</c>.</param>
    /// <param name="engine">Where its runs live, if not on the usual one.</param>
    public static Desk WithOwnAgent(string recipe = "", Engine? engine = null)
    {
        var desk = new Desk("e2e-" + RandomNumberGenerator.GetHexString(8, lowercase: true), ownsAgent: true, engine);
        desk.Recipe(recipe);
        return desk;
    }

    /// <summary>Writes <c>agent.yaml</c>.</summary>
    public void Recipe(string more, string foundation = "base: busybox:stable") => Write("agent.yaml", $"name: {Agent}\n{foundation}\n{more}\n");

    public void Write(string file, string text) => File.WriteAllText(Path.Combine(Workspace, file), text);

    public string Read(string file) => File.ReadAllText(Path.Combine(Workspace, file));

    public void Set(string variable, string? value) => environment[variable] = value;

    /// <summary>Makes a context of Docker's, as <c>docker context create</c> does.</summary>
    public void Context(string name, string host)
    {
        var folder = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        var file = Path.Combine(environment["DOCKER_CONFIG"]!, "contexts", "meta", folder, "meta.json");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, JsonSerializer.Serialize(new { Name = name, Endpoints = new { docker = new { Host = host } } }));
    }

    /// <summary>Runs one command line of the program under test in the workspace, with nothing to read.</summary>
    public Task<Outcome> Run(params string[] arguments) => RunningProgram.Run(Given.AgentBinary, arguments, Workspace, environment);

    public Task<Outcome> RunGiving(byte[] input, params string[] arguments) => RunningProgram.Run(Given.AgentBinary, arguments, Workspace, environment, input);

    public RunningProgram Start(params string[] arguments) => RunningProgram.Start(Given.AgentBinary, arguments, Workspace, environment);

    /// <summary>A detached run.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> Detach(params string[] arguments) => (await Run(["run", "-d", .. arguments])).Expect(0).Out.Trim();

    /// <summary>A program of this machine, such as a shell that calls the program under test, which is on its path.</summary>
    public Task<Outcome> Shell(string script) => RunningProgram.Run("/bin/sh", ["-c", script], Workspace, ShellEnvironment);

    public IReadOnlyDictionary<string, string?> ShellEnvironment => new Dictionary<string, string?>(environment)
    {
        ["PATH"] = $"{Path.GetDirectoryName(Given.AgentBinary)}:{environment.GetValueOrDefault("PATH") ?? System.Environment.GetEnvironmentVariable("PATH")}",
    };

    /// <summary>The runs as <c>agent list --json</c> tells them.</summary>
    public async Task<IReadOnlyList<JsonElement>> Runs()
    {
        var list = (await Run("list", "--json")).Expect(0);
        return [.. JsonDocument.Parse(list.Out).RootElement.GetProperty("runs").EnumerateArray()];
    }

    /// <summary>The state of the one run there is; null when there is none.</summary>
    public async Task<string?> OnlyState() => await Runs() is [var run] ? run.GetProperty("state").GetString() : null;

    /// <summary>The record of a run.</summary>
    public string RecordOf(string run) => Path.Combine(State, "runs", run, "run.json");

    /// <summary>The containers of this desk, by the label of its installation, whatever else they are called.</summary>
    public Task<IReadOnlyList<string>> Containers() =>
        File.Exists(InstallationFile) ? Engine.ContainersLabelled($"agentops.installation={File.ReadAllText(InstallationFile).Trim()}") : Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Those of them that have run and do not run now.</summary>
    public async Task<IReadOnlyList<string>> EndedContainers()
    {
        var filter = Uri.EscapeDataString($$"""{"label":["agentops.installation={{(await File.ReadAllTextAsync(InstallationFile)).Trim()}}"],"status":["exited"]}""");
        return [.. (await Engine.Get($"containers/json?all=1&filters={filter}"))!.Value.EnumerateArray().Select(container => container.GetProperty("Id").GetString()!)];
    }

    /// <summary>Removes this desk's containers behind the program's back.</summary>
    public async Task RemoveContainers()
    {
        foreach (var id in await Containers())
        {
            await Engine.RemoveContainer(id);
        }
    }

    private string InstallationFile => Path.Combine(State, "installation");

    public async ValueTask DisposeAsync()
    {
        foreach (var id in (await Containers()).Concat(ownsAgent ? await Engine.ContainersLabelled($"agentops.agent={Agent}") : []).Distinct())
        {
            await Engine.RemoveContainer(id);
        }

        if (ownsAgent)
        {
            foreach (var id in await Engine.ImagesLabelled($"agentops.agent={Agent}"))
            {
                await Engine.RemoveImage(id);
            }
        }

        // Files made by another user's run are root's to remove; a full disk is unmounted by whoever mounted it.
        // A process in the background may still be remembering sizes.
        await Until.True(Delete, () => $"{Folder} to be removed");
    }

    private bool Delete()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Such as <c>1234567890</c>: a number of seconds nobody else sleeps, to find a process by.</summary>
    public static string RareNumber() => RandomNumberGenerator.GetInt32(1_000_000_000, int.MaxValue).ToString(CultureInfo.InvariantCulture);
}
