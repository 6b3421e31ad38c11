namespace Agentops.EndToEnd;

/// <summary>Tab in real shells, in a real terminal.</summary>
public sealed class CompletionSpecs
{
    [Theory]
    [InlineData("bash --norc --noprofile", "source <(agent completion bash)")]
    [InlineData("zsh -f", "autoload -U compinit; compinit -D; source <(agent completion zsh)")]
    [InlineData("fish --no-config", "agent completion fish | source")]
    public async Task Tab_completes_commands_options_runs_agents_and_folders(string shell, string setup)
    {
        await using var desk = Desk.Plain();
        // Where nothing answers: it is not asked.
        desk.Set("DOCKER_HOST", "unix:///no/such.sock");
        Directory.CreateDirectory(Path.Combine(desk.Workspace, "subfolder"));
        Record(desk, "n1g2h3t4", "nightly-build");
        await using var screen = await Screen.Open(desk);
        await screen.Type($"exec env PS1='% ' {shell}");
        await screen.Type($"{setup}; echo rea\"\"dy");
        await screen.WaitFor("\nready");

        await Complete("agent sta", "agent status ");
        await Complete("agent status --js", "agent status --json ");
        await Complete("agent system im", "agent system images ");
        await Complete("agent logs night", "agent logs nightly-build ");
        await Complete("agent logs n1g", "agent logs n1g2h3t4 ");
        await Complete("agent run openc", "agent run opencode ");
        await Complete("agent list --runtime pod", "agent list --runtime podman ");
        await Complete("agent run ./subf", "agent run ./subfolder/");

        async Task Complete(string written, string completed)
        {
            await screen.Press("C-u");
            await screen.Write(written);
            await screen.Press("Tab");
            // An end that can be seen: a space is none.
            await screen.Write("X");
            await screen.WaitFor(completed + "X");
        }
    }

    private static void Record(Desk desk, string id, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(desk.State, "runs", id)).FullName;
        File.WriteAllText(Path.Combine(folder, "run.json"), $$"""
            {
              "schemaVersion": 1, "id": "{{id}}", "name": "{{name}}", "agent": "e2e", "workspace": "/w", "image": "agentops/e2e:latest", "runtime": "docker", "endpoint": "unix:///no/such.sock",
              "installation": "0", "createdAt": "2026-01-01T00:00:00Z", "creator": { "pid": 1, "startedAt": "2026-01-01T00:00:00Z" }, "terminal": false, "removeAtEnd": false
            }
            """);
    }
}
