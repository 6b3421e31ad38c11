using System.Diagnostics;
using System.Formats.Tar;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

[UnsupportedOSPlatform("windows")]
public sealed class BuildContextSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Folders_come_before_what_is_in_them_and_names_decide_the_order()
    {
        foreach (var path in new[] { "b/2", "b/1", "a", "c/d/e", "B" })
        {
            folder.Write(path, path);
        }

        Assert.Equal(["B", "a", "b", "b/1", "b/2", "c", "c/d", "c/d/e"], Paths(Context()));
    }

    [Fact]
    public async Task The_archive_keeps_modes_links_and_names_and_nothing_of_this_machine()
    {
        folder.Write("run.sh", "#!/bin/sh");
        File.SetUnixFileMode(Path.Combine(folder.Path, "run.sh"), (UnixFileMode)0b111_101_000);
        folder.Write("empty", "");
        folder.Write($"ünï/{new string('x', 150)}/{new string('y', 150)}", "long");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), "run.sh");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "outside"), "/etc/passwd");
        Directory.CreateDirectory(Path.Combine(folder.Path, "nothing"));

        var entries = await Archive(Context());

        Assert.Equal(["empty", "link", "nothing", "outside", "run.sh", "ünï", $"ünï/{new string('x', 150)}", $"ünï/{new string('x', 150)}/{new string('y', 150)}"], entries.Select(entry => entry.Name.TrimEnd('/')));
        Assert.Equal((UnixFileMode)0b111_101_000, entries[4].Mode);
        Assert.Equal((TarEntryType.SymbolicLink, "run.sh"), (entries[1].EntryType, entries[1].LinkName));
        Assert.Equal((TarEntryType.SymbolicLink, "/etc/passwd"), (entries[3].EntryType, entries[3].LinkName));
        Assert.Equal("long", Encoding.UTF8.GetString(Content(entries[7])));
        Assert.All(entries, entry => Assert.Equal((0, 0, new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)), (entry.Uid, entry.Gid, entry.ModificationTime)));
    }

    [Fact]
    public async Task The_same_files_make_the_same_archive()
    {
        folder.Write("a/b", "1");
        var first = await Bytes(Context());
        File.SetLastWriteTimeUtc(Path.Combine(folder.Path, "a/b"), DateTime.UnixEpoch);
        File.SetLastAccessTimeUtc(Path.Combine(folder.Path, "a/b"), DateTime.UnixEpoch);

        Assert.Equal(first, await Bytes(Context()));
    }

    [Fact]
    public void Pipes_and_sockets_are_left_out()
    {
        folder.Write("file", "");
        using var made = Process.Start("mkfifo", [Path.Combine(folder.Path, "pipe")]);
        made.WaitForExit();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder.Path, "socket")));

        Assert.Equal(["file"], Paths(Context()));
    }

    [Fact]
    public void What_dockerignore_names_is_left_out_and_what_it_brings_back_comes_with_its_folders()
    {
        folder.Write("docs/keep/a.md", "");
        folder.Write("docs/other/b.md", "");
        folder.Write("src/x", "");

        Assert.Equal(["docs", "docs/keep", "docs/keep/a.md", "src", "src/x"], Paths(Context("docs\n!docs/keep")));
    }

    [Fact]
    public void Only_what_is_needed_is_taken()
    {
        folder.Write("app/main.py", "");
        folder.Write("app/tests/t.py", "");
        folder.Write("big/data", "");
        folder.Write("setup.py", "");

        Assert.Equal(["app", "app/main.py", "setup.py"], Paths(Context("", "app/*.py", "*.py", "missing/x")));
        Assert.Equal(["app", "app/main.py", "app/tests", "app/tests/t.py"], Paths(Context("", "app")));
    }

    [Fact]
    public void A_link_that_is_copied_by_name_may_lead_anywhere_so_everything_is_taken()
    {
        folder.Write("real/x", "");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), "real");

        Assert.Equal(["link", "real", "real/x"], Paths(Context("", "link/x")));
    }

    [Fact]
    public void A_link_to_a_folder_above_is_not_followed()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "a"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "a/loop"), "..");

        Assert.Equal(["a", "a/loop"], Paths(Context()));
    }

    [Fact]
    public async Task A_file_that_is_gone_when_it_is_read_is_named()
    {
        var path = folder.Write("gone", "x");
        var context = Context();
        File.Delete(path);

        var failure = await Assert.ThrowsAsync<AgentopsException>(() => Bytes(context));

        Assert.Equal($"{path} cannot be sent to the builder: it is gone. If it is not needed, name it in .dockerignore", failure.Message);
        Assert.Equal(ExitCode.RunFailed, failure.ExitCode);
    }

    [Theory]
    [InlineData(1_000_000, "it became shorter while it was read")]
    [InlineData(30_000_000, "it grew while it was read")]
    public async Task A_file_that_changes_its_length_while_it_is_read_is_named(int length, string reason)
    {
        var path = folder.Write("changing", new string('x', 20_000_000));
        var context = Context();

        var failure = await Assert.ThrowsAsync<AgentopsException>(() => context.WriteTar(new ActingStream(() =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            file.SetLength(length);
        }), TestContext.Current.CancellationToken));

        Assert.Equal($"{path} cannot be sent to the builder: {reason}. If it is not needed, name it in .dockerignore", failure.Message);
    }

    [Fact]
    public async Task An_archive_that_failed_does_not_look_whole()
    {
        folder.Write("a", "x");
        var path = folder.Write("b", "x");
        var context = Context();
        File.Delete(path);
        using var archive = new MemoryStream();

        await Assert.ThrowsAsync<AgentopsException>(() => context.WriteTar(archive, TestContext.Current.CancellationToken));

        // An archive ends in two empty blocks.
        Assert.NotEqual(new byte[1024], archive.ToArray()[^1024..]);
    }

    private BuildContext Context(string ignore = "", params string[] sources) => BuildContext.Of(
        folder.Path, IgnoreFile.Parse(ignore, ".dockerignore"), sources.Length == 0 ? null : [.. sources.Select(Glob.Parse)], TestContext.Current.CancellationToken);

    private static IEnumerable<string> Paths(BuildContext context) => context.Entries.Select(entry => entry.Path);

    private static async Task<byte[]> Bytes(BuildContext context)
    {
        using var archive = new MemoryStream();
        await context.WriteTar(archive, TestContext.Current.CancellationToken);
        return archive.ToArray();
    }

    private static async Task<List<TarEntry>> Archive(BuildContext context)
    {
        var entries = new List<TarEntry>();
        await using var reader = new TarReader(new MemoryStream(await Bytes(context)));
        while (await reader.GetNextEntryAsync(copyData: true, TestContext.Current.CancellationToken) is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static byte[] Content(TarEntry entry)
    {
        using var content = new MemoryStream();
        entry.DataStream?.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>Does something once a megabyte has come.</summary>
    private sealed class ActingStream(Action act) : MemoryStream
    {
        private bool acted;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            if (!acted && Length > 2_000_000)
            {
                acted = true;
                act();
            }
        }
    }
}
