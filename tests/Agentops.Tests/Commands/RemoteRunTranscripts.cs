using System.Text.Json;

namespace Agentops.Tests.Commands;

public sealed class RemoteRunTranscripts : IDisposable
{
    private const string Container = "agentops-a1b2c3d4";
    private readonly Screen screen = new("tcp://lab:2375");

    public RemoteRunTranscripts()
    {
        screen.Workspace("project", "name: my-agent\nbase: node:22\ncommand: [echo, at work]\n");
        screen.Runtime.AddImage("agentops/base-node:22");
        Directory.CreateDirectory(Path.Combine(screen.Folder, "src"));
        File.WriteAllText(Path.Combine(screen.Folder, "src", "main.c"), "int main;\n");
        File.WriteAllText(Path.Combine(screen.Folder, ".dockerignore"), "src\n");
    }

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task The_workspace_is_copied_since_it_cannot_be_mounted_and_the_results_come_back_by_cp()
    {
        await screen.Type("agent run");
        await screen.Type("agent cp a1b2:/workspace result");
        await screen.Type("agent why a1b2");

        Assert.Empty(screen.Runtime.SpecOf(Container).Mounts);
        Assert.Equal(["/workspace/.dockerignore", "/workspace/agent.yaml", "/workspace/src", "/workspace/src/main.c"], screen.Runtime.FilesOf(Container, "/workspace"));
        Assert.StartsWith("1000:1000 ", screen.Runtime.OwnerOf(Container, "/workspace"), StringComparison.Ordinal);
        Assert.StartsWith("1000:1000 ", screen.Runtime.OwnerOf(Container, "/workspace/src/main.c"), StringComparison.Ordinal);
        Assert.Equal("int main;\n", File.ReadAllText(Path.Combine(screen.Folder, "result", "src", "main.c")));
        // The record names a process of this moment, in more digits or fewer.
        screen.Even(@"\b[56]\d\d B", "600 B");
        screen.Matches("run-remote");
    }

    [Fact]
    public async Task The_copy_is_there_before_the_command_starts()
    {
        await screen.Type("agent run -d");

        var calls = screen.Runtime.Calls.Select(call => call.Split(' ')[0]).ToList();
        Assert.InRange(calls.IndexOf("CopyIn"), calls.IndexOf("CreateContainer") + 1, calls.IndexOf("StartContainer") - 1);
    }

    [Fact]
    public async Task The_record_and_the_list_tell_that_it_was_copied_and_what_it_takes_includes_the_copy()
    {
        await screen.Type("agent run");
        await screen.Type("agent list --json");
        using var list = JsonDocument.Parse(screen.Printed);

        Assert.True(list.RootElement.GetProperty("runs")[0].GetProperty("workspaceCopied").GetBoolean());
        Assert.True(screen.Store.Read(Given.Id())!.Record!.WorkspaceCopied);
        var measured = await screen.Runtime.MeasureContainer(Container, TestContext.Current.CancellationToken);
        Assert.True(measured!.Layer!.Value.Bytes >= "int main;\n".Length);
    }

    [Fact]
    public async Task A_run_on_this_machine_is_not_copied_and_says_nothing_of_it()
    {
        using var here = new Screen();
        here.Workspace("project", "name: my-agent\nbase: node:22\ncommand: [echo, at work]\n");
        here.Runtime.AddImage("agentops/base-node:22");
        await here.Type("agent run");

        Assert.DoesNotContain(here.Runtime.Calls, call => call.StartsWith("CopyIn", StringComparison.Ordinal));
        Assert.Single(here.Runtime.SpecOf(Container).Mounts);
        Assert.DoesNotContain("workspaceCopied", File.ReadAllText(Path.Combine(here.StateFolder, "runs", "a1b2c3d4", "run.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mount_of_a_folder_here_is_refused_before_anything_is_made()
    {
        await screen.Type("agent run --mount ./src:/src");
        screen.Workspace("project", "name: my-agent\nbase: node:22\ncommand: [echo, at work]\nmounts: ['./src:/src:ro']\n");
        await screen.Type("agent run");

        Assert.DoesNotContain(screen.Runtime.Calls, call => call.StartsWith("Create", StringComparison.Ordinal) || call.StartsWith("Build", StringComparison.Ordinal));
        // The record names a process of this moment, in more digits or fewer.
        screen.Even(@"\b[56]\d\d B", "600 B");
        screen.Matches("run-remote-mount");
    }

    [Fact]
    public async Task With_rm_it_says_that_the_copy_goes()
    {
        await screen.Type("agent run --rm");
        // The record names a process of this moment, in more digits or fewer.
        screen.Even(@"\b[56]\d\d B", "600 B");
        screen.Matches("run-remote-rm");
    }

    [Fact]
    public async Task A_copy_that_fails_makes_a_failed_run_that_can_be_cleaned()
    {
        screen.Runtime.Fail("CopyIn", new RuntimeRefusalException(RuntimeRefusal.Other, "no space left on device"));
        Assert.Equal(ExitCode.RunFailed, await screen.Type("agent run"));
        await screen.Type("agent list");
        await screen.Type("agent clean --force --runs");

        Assert.DoesNotContain(screen.Runtime.Calls, call => call.StartsWith("StartContainer", StringComparison.Ordinal));
        // The record names a process of this moment, in more digits or fewer.
        screen.Even(@"\b[56]\d\d B", "600 B");
        screen.Matches("run-remote-copy-fails");
    }

    [Fact]
    public async Task A_pipe_in_the_workspace_is_left_out_with_a_line()
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(screen.Folder, "s")));
        await screen.Type("agent run");

        Assert.Contains("Left out: workspace/s: a device, pipe or socket\n", screen.Printed, StringComparison.Ordinal);
        Assert.Contains("at work\n", screen.Printed, StringComparison.Ordinal);
    }
}
