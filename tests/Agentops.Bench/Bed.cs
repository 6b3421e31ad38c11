using System.Collections;

namespace Agentops.Bench;

/// <summary>The engine, the binary and the folders that are measured on.</summary>
internal sealed class Bed : IDisposable
{
    public Bed()
    {
        Agent = Required("AGENTOPS_TEST_AGENT");
        var engine = Required("AGENTOPS_TEST_ENGINE");
        Docker = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(part => Path.Combine(part, "docker")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("there is no docker command to compare with");
        Workspace = Directory.CreateDirectory(Path.Combine(Folder, "hello")).FullName;
        File.WriteAllText(Path.Combine(Workspace, "agent.yaml"), "name: hello\nbase: busybox:stable\n");
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            Variables[(string)variable.Key] = (string)variable.Value!;
        }

        Variables["DOCKER_HOST"] = engine;
        Variables["HOME"] = Folder;
        Variables["AGENTOPS_HOME"] = Path.Combine(Folder, "state");
    }

    public string Agent { get; }

    public string Docker { get; }

    public string Workspace { get; }

    public Dictionary<string, string> Variables { get; } = [];

    public Peer OfAgent(params string[] arguments) => new(Agent, arguments, new Dictionary<string, string>(Variables));

    public Peer OfDocker(params string[] arguments) => new(Docker, arguments, new Dictionary<string, string>(Variables));

    /// <summary>A place for files of the measurement.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("agentops-bench-").FullName;

    /// <summary>What <c>docker</c> prints.</summary>
    public string AskDocker(params string[] arguments) => Ask(OfDocker(arguments));

    /// <summary>What one of the programs prints.</summary>
    public static string Ask(Peer peer)
    {
        var start = new System.Diagnostics.ProcessStartInfo(peer.Path, peer.Arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in peer.Environment)
        {
            start.Environment[name] = value;
        }

        using var process = System.Diagnostics.Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }

    /// <summary>Makes runs that have ended, by the program itself: real containers, real records.</summary>
    public void MakeEndedRuns(int upTo)
    {
        var missing = upTo - AskDocker("ps", "-aq").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
        var run = OfAgent("run", "-d", "hello", Workspace, "--", "true");
        if (missing > 0)
        {
            // The first builds the image; the others find it fresh.
            Sample.Take(run);
            Parallel.For(1, missing, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => Sample.Take(run));
        }

        while (AskDocker("ps", "-q").Length > 0)
        {
            Thread.Sleep(200);
        }
    }

    /// <summary>Puts the base image there, as <c>./build</c> does.</summary>
    public void MakeBase()
    {
        using var process = System.Diagnostics.Process.Start("scripts/base-image", ["busybox", Variables["DOCKER_HOST"]["unix://".Length..], "stable"]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("scripts/base-image failed");
        }
    }

    /// <summary>Gives the file that remembers sizes up: the next look measures all.</summary>
    public void ForgetSizes() => File.Delete(Path.Combine(Variables["AGENTOPS_HOME"], "sizes.json"));

    /// <summary>Waits until nobody measures in the background any more.</summary>
    public void LetBackgroundEnd()
    {
        while (System.Diagnostics.Process.GetProcessesByName("agent").Length > 0)
        {
            Thread.Sleep(50);
        }
    }

    /// <summary>The folder of records.</summary>
    public string Runs => Path.Combine(Variables["AGENTOPS_HOME"], "runs");

    /// <summary>Removes all containers and forgets their records.</summary>
    public void Clear()
    {
        foreach (var batch in AskDocker("ps", "-aq").Split('\n', StringSplitOptions.RemoveEmptyEntries).Chunk(50))
        {
            AskDocker(["rm", "-f", "-v", .. batch]);
        }

        if (Directory.Exists(Path.Combine(Variables["AGENTOPS_HOME"], "runs")))
        {
            Directory.Delete(Path.Combine(Variables["AGENTOPS_HOME"], "runs"), recursive: true);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Required(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : throw new InvalidOperationException($"{name} is not set; ./build bench does.");
}
