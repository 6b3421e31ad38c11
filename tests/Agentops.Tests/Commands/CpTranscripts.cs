using System.Formats.Tar;
using Agentops.Tests.Copying;

namespace Agentops.Tests.Commands;

public sealed class CpTranscripts : IAsyncLifetime
{
    private const string Container = "agentops-a1b2c3d4";
    private readonly Screen screen = new();

    public async ValueTask InitializeAsync()
    {
        screen.Workspace("project", "name: my-agent\nbase: node:22\ncommand: [echo, at work]\n");
        screen.Runtime.AddImage("agentops/base-node:22");
        await screen.Type("agent run");
        await Give("/", new TestArchive().Folder("data").File("data/report.txt", "all is well\n").Folder("data/more").File("data/more/tool", "#!", 0b111_101_101).Link("data/latest", "report.txt"));
    }

    public ValueTask DisposeAsync()
    {
        screen.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Files_come_out_of_a_run_that_has_ended()
    {
        await screen.Type("agent cp a1b2:/data/report.txt .");
        await screen.Type("agent cp my-agent:/data/report.txt other.txt");
        await screen.Type("agent cp a1b2:/data .");
        await screen.Type("agent cp a1b2:/data/. copy");
        await screen.Type("agent cp a1b2:/data/more .");

        Assert.Equal(
            ["agent.yaml", "copy", "copy/latest", "copy/more", "copy/more/tool", "copy/report.txt", "data", "data/latest", "data/more", "data/more/tool", "data/report.txt", "more", "more/tool", "other.txt", "report.txt"],
            Files());
        Assert.Equal("all is well\n", File.ReadAllText(Path.Combine(screen.Folder, "other.txt")));
        screen.Matches("cp-out");
    }

    [Fact]
    public async Task Files_go_into_a_run_as_the_caller_s()
    {
        Directory.CreateDirectory(Path.Combine(screen.Folder, "notes"));
        File.WriteAllText(Path.Combine(screen.Folder, "notes/todo.txt"), "rest\n");
        await screen.Type("agent cp notes a1b2:/data");
        await screen.Type("agent cp notes/todo.txt a1b2:/data/list.txt");
        await screen.Type("agent cp notes/. a1b2:/data/new");
        await screen.Type("agent cp notes/todo.txt a1b2:todo.txt");

        Assert.Equal(
            ["/data/latest", "/data/list.txt", "/data/more", "/data/more/tool", "/data/new", "/data/new/todo.txt", "/data/notes", "/data/notes/todo.txt", "/data/report.txt"],
            screen.Runtime.FilesOf(Container, "/data"));
        Assert.StartsWith("1000:1000 ", screen.Runtime.OwnerOf(Container, "/workspace/todo.txt"), StringComparison.Ordinal);
        screen.Matches("cp-in");
    }

    [Fact]
    public async Task An_archive_goes_out_and_into_another_place()
    {
        await screen.Type("agent cp a1b2:/data/more -");
        var archive = screen.PrintedBytes;
        Assert.Equal(ExitCode.Done, await screen.Type("agent cp - a1b2:/tmp", archive));

        Assert.Equal(["/tmp/more", "/tmp/more/tool"], screen.Runtime.FilesOf(Container, "/tmp"));
        using var tar = new TarReader(new MemoryStream(archive));
        Assert.Equal("more/", tar.GetNextEntry()!.Name);
    }

    [Fact]
    public async Task What_cannot_be_copied_says_why()
    {
        Directory.CreateDirectory(Path.Combine(screen.Folder, "folder"));
        File.WriteAllText(Path.Combine(screen.Folder, "file"), "");
        await screen.Type("agent cp a1b2:/data/nothing .");
        await screen.Type("agent cp a1b2:/data/report.txt nowhere/");
        await screen.Type("agent cp a1b2:/data/report.txt no/where");
        await screen.Type("agent cp a1b2:/data file");
        await screen.Type("agent cp a1b2:/data/report.txt/ .");
        await screen.Type("agent cp a1b2:/data/nothing/. .");
        await screen.Type("agent cp nothing a1b2:/data");
        await screen.Type("agent cp file/ a1b2:/data");
        await screen.Type("agent cp file a1b2:/data/nowhere/");
        await screen.Type("agent cp file a1b2:/data/no/where");
        await screen.Type("agent cp folder a1b2:/data/report.txt");
        await screen.Type("agent cp - a1b2:/data/report.txt");
        await screen.Type("agent cp nobody:/data .");
        screen.Matches("cp-cannot");
    }

    [Fact]
    public async Task A_wrong_command_line_is_a_usage_error()
    {
        await screen.Type("agent cp");
        await screen.Type("agent cp a1b2:/data");
        await screen.Type("agent cp here there");
        await screen.Type("agent cp a1b2:/data a1b2:/more");
        await screen.Type("agent cp a1b2: .");
        await screen.Type("agent cp --follow a1b2:/data .");
        screen.Matches("cp-usage");
    }

    [Fact]
    public async Task An_archive_that_would_write_elsewhere_is_refused_and_leaves_nothing()
    {
        screen.Runtime.Archives["/data"] = new TestArchive().Folder("data").Link("data/\e[2Jl", "/tmp").File("data/\e[2Jl/x").ToArray();
        await screen.Type("agent cp a1b2:/data .");
        screen.Runtime.Archives["/data"] = new TestArchive().Folder("data").File("data/x").WithoutEnd();
        await screen.Type("agent cp a1b2:/data .");
        await screen.Type("agent cp a1b2:/data - --runtime docker");

        Assert.Equal(["agent.yaml"], Files());
        Assert.Contains("cut off", screen.Printed, StringComparison.Ordinal);
        screen.Even(@"(?s)(\$ agent cp a1b2:/data - --runtime docker\n).*?(agent: )", "$1(an archive)$2");
        screen.Matches("cp-hostile");
    }

    [Fact]
    public async Task A_run_whose_container_is_gone_has_no_files()
    {
        screen.Runtime.Vanish(Container);
        await screen.Type("agent cp a1b2:/data .");
        screen.Matches("cp-gone");
    }

    private Task Give(string folder, TestArchive archive) =>
        screen.Runtime.CopyIn(Container, folder, async (stream, token) => await stream.WriteAsync(archive.ToArray(), token), TestContext.Current.CancellationToken);

    private IEnumerable<string> Files() =>
        new DirectoryInfo(screen.Folder).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(file => Path.GetRelativePath(screen.Folder, file.FullName)).Order(StringComparer.Ordinal);
}
