using Agentops.Containers;

namespace Agentops.Tests.Commands;

public sealed class ListTranscripts : IDisposable
{
    private readonly Screen screen = new();

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task List_without_runs()
    {
        await screen.Type("agent list");
        screen.Matches("list-without-runs");
    }

    [Fact]
    public async Task List_when_no_runtime_answers()
    {
        screen.NoRuntime = new RuntimeUnavailableException("No container runtime answers.");
        await screen.Type("agent list");
        await screen.Type("agent list --json");
        screen.Matches("list-no-runtime");
    }

    [Fact]
    public async Task List_names_what_it_cannot_read()
    {
        screen.Store.TryCreate(Given.Id("a1b2c3d4"), Given.Record("a1b2c3d4"));
        File.WriteAllText(Path.Combine(screen.Store.FolderOf(Given.Id("a1b2c3d4")), "run.json"), "");
        screen.Store.TryCreate(Given.Id("e5f6g7h8"), Given.Record("e5f6g7h8"));
        File.WriteAllText(Path.Combine(screen.Store.FolderOf(Given.Id("e5f6g7h8")), "run.json"), "{\"schemaVersion\": 2}");
        screen.Store.TryCreate(Given.Id("i9j0k1l2"), Given.Record("i9j0k1l2", "\e[31mred", ended: Given.Now, exitCode: 0));
        screen.Runtime.AddImage("agentops/base-node:22");
        screen.Runtime.AddContainer(new ContainerSpec("agentops-orphan00", "agentops/base-node:22", new Dictionary<string, string> { [Labels.Run] = "orphan00" }), ContainerState.Exited, exitCode: 1);
        await screen.Type("agent list");
        await screen.Type("agent list --json");
        screen.Matches("list-unreadable");
    }

    [Fact]
    public async Task List_shows_each_state()
    {
        Record("running0", "claude", hours: 1);
        Record("stopped0", "claude", hours: 3, exitCode: 0);
        Record("stopped1", "gemini", hours: 30, exitCode: 137);
        screen.Store.TryCreate(Given.Id("failed00"), Given.Record("failed00", "codex", "codex", Given.Now.AddDays(-3), failure: "exec: \"codx\": executable file not found in $PATH"));
        screen.Store.TryCreate(Given.Id("elsewher"), Given.Record("elsewher", "remote", "remote", Given.Now.AddDays(-9), endpoint: "ssh://build-host"));
        await screen.Type("agent list");
        await screen.Type("agent list --agent claude");
        screen.Matches("list-states");

        void Record(string id, string name, int hours, int? exitCode = null) => screen.Store.TryCreate(
            Given.Id(id), Given.Record(id, name, name, Given.Now.AddHours(-hours), Given.Now.AddHours(-hours), ended: exitCode is null ? null : Given.Now, exitCode: exitCode));
    }
}
