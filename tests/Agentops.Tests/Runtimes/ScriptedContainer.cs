using Agentops.Runtimes;

namespace Agentops.Tests.Runtimes;

/// <summary>A <c>container</c> that says what a test tells it to: a shell script, in a folder that is first in <c>PATH</c>.</summary>
internal sealed class ScriptedContainer : IDisposable
{
    private readonly TempFolder folder = new();

    public ScriptedContainer(string version = "container CLI version 1.2.2 (build: release, commit: abcdef1)")
    {
        Directory.CreateDirectory(folder["answers"]);
        // The answer to "image list --format json" is the script "image list"; of one word, "list".
        File.WriteAllText(folder["container"], $"""
            #!/bin/sh
            echo "$*" >> "{folder["asked"]}"
            for name in "$1 $2" "$1"; do
              if [ -f "{folder["answers"]}/$name" ]; then . "{folder["answers"]}/$name"; exit; fi
            done
            echo "Error: Plugin 'container-$1' not found." >&2
            exit 64
            """);
        File.SetUnixFileMode(folder["container"], (UnixFileMode)0b111_101_101);
        Say("--version", version);
        Say("system status", """{"apiServerVersion":"container-apiserver version 1.2.2","status":"running"}""");
    }

    /// <summary>All command lines, in order.</summary>
    public IReadOnlyList<string> Asked => File.ReadAllLines(folder["asked"]);

    /// <summary>Answers a command with this on standard output.</summary>
    public void Say(string command, string output, int status = 0, string error = "")
    {
        File.WriteAllText(folder["answers"] + $"/{command}.out", output);
        File.WriteAllText(folder["answers"] + $"/{command}.err", error);
        Script(command, $"cat \"{folder["answers"]}/{command}.out\"; cat \"{folder["answers"]}/{command}.err\" >&2; exit {status}");
    }

    /// <summary>Answers a command by a shell script.</summary>
    public void Script(string command, string script) => File.WriteAllText(Path.Combine(folder["answers"], command), script + "\n");

    public Task<IContainerRuntime> Connect(string timeout = "30", string? name = "apple", bool isAppleSilicon = false, string agent = "agent") => RuntimeFinder.Connect(
        new Surroundings(new Dictionary<string, string> { ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "", ["PATH"] = $"{folder.Path}:/usr/bin:/bin", ["AGENTOPS_TIMEOUT"] = timeout, ["AGENTOPS_HOME"] = folder["home"] }, "/", "/no/home", 0, 0) { IsAppleSilicon = isAppleSilicon, AgentPath = Path.Combine(AppContext.BaseDirectory, agent) },
        new RuntimeRequest(name),
        TestContext.Current.CancellationToken);

    public void Dispose() => folder.Dispose();
}
