using System.Formats.Tar;
using Agentops.Copying;

namespace Agentops.Tests.Copying;

public sealed class UnpackingSpecs : IDisposable
{
    private readonly TempFolder folder = new();

    private string Out => folder["out"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_folder_comes_with_its_files_links_and_modes_under_the_name_it_is_to_have()
    {
        var copied = await Unpack(new TestArchive().Folder("work", 0b101_101_101).Folder("work/sub").File("work/sub/tool", "#!/bin/sh", 0b111_101_000).Link("work/link", "sub/tool").File("work/empty", ""));

        Assert.Equal(("#!/bin/sh", "", "sub/tool"), (Read("sub/tool"), Read("empty"), new FileInfo(Path.Combine(Out, "link")).LinkTarget));
        Assert.Equal((UnixFileMode)0b111_101_000, File.GetUnixFileMode(Path.Combine(Out, "sub/tool")));
        Assert.Equal((UnixFileMode)0b101_101_101, File.GetUnixFileMode(Out));
        Assert.Equal((3, 9, 0), (copied.Files, copied.Size.Bytes, copied.LeftOut.Count));
        File.SetUnixFileMode(Out, (UnixFileMode)0b111_101_101);
    }

    [Fact]
    public async Task A_single_file_takes_the_name_it_is_to_have_and_replaces_a_file()
    {
        File.WriteAllText(Out, "before");
        await Unpack(new TestArchive().File("other-name", "after"));

        Assert.Equal("after", File.ReadAllText(Out));
        Assert.Equal([Out], Directory.GetFileSystemEntries(folder[""]));
    }

    [Fact]
    public async Task A_folder_that_is_there_keeps_what_else_is_in_it_and_its_own_mode()
    {
        Directory.CreateDirectory(Path.Combine(Out, "sub"));
        File.SetUnixFileMode(Out, (UnixFileMode)0b111_000_000);
        File.WriteAllText(Path.Combine(Out, "sub/mine"), "mine");
        File.WriteAllText(Path.Combine(Out, "sub/both"), "before");

        await Unpack(new TestArchive().Folder("work").Folder("work/sub").File("work/sub/both", "after").File("work/new", "new"));

        Assert.Equal(("mine", "after", "new"), (Read("sub/mine"), Read("sub/both"), Read("new")));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Out));
        Assert.Equal(["new", "sub"], Directory.GetFileSystemEntries(Out).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task What_is_in_a_folder_comes_without_the_folder_s_name_whether_or_not_the_archive_tells_of_it()
    {
        await Unpack(new TestArchive().Folder("./").File("./a", "1"), contents: true);
        await Unpack(new TestArchive().File("b", "2"), contents: true);

        Assert.Equal(("1", "2"), (Read("a"), Read("b")));
    }

    [Fact]
    public async Task A_second_name_of_a_file_is_the_same_file_and_takes_no_room()
    {
        var copied = await Unpack(new TestArchive().Folder("w").File("w/a", "one").Same("w/b", "w/a"));
        File.AppendAllText(Path.Combine(Out, "b"), " more");

        Assert.Equal(("one more", 2, 3L), (Read("a"), copied.Files, copied.Size.Bytes));
    }

    [Fact]
    public async Task Bits_that_give_rights_away_are_dropped()
    {
        await Unpack(new TestArchive().Folder("w", 0b111_111_101_101).File("w/suid", "x", 0b110_111_101_101));

        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path.Combine(Out, "suid")));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Out));
    }

    [Theory]
    [InlineData(TarEntryType.CharacterDevice)]
    [InlineData(TarEntryType.BlockDevice)]
    [InlineData(TarEntryType.Fifo)]
    public async Task Devices_and_pipes_are_left_out_and_named(TarEntryType type)
    {
        var copied = await Unpack(new TestArchive().Folder("w").Special(type, "w/special").File("w/file"));

        Assert.Equal(["file"], Directory.GetFileSystemEntries(Out).Select(Path.GetFileName));
        Assert.Equal("Left out: w/special: a device, pipe or socket\n", copied.DescribeLeftOut());
        Assert.False(copied.LacksFiles);
    }

    public static TheoryData<string, byte[]> Hostile { get; } = new()
    {
        { "an absolute path", new TestArchive().Folder("w").File("/tmp/x").ToArray() },
        { "an absolute path at once", new TestArchive().File("/etc/x").ToArray() },
        { "a path upwards", new TestArchive().Folder("w").File("w/../../x").ToArray() },
        { "a path upwards at once", new TestArchive().File("../x").ToArray() },
        { "another root", new TestArchive().Folder("w").File("x/file").ToArray() },
        { "a file through a link out", new TestArchive().Folder("w").Link("w/l", "/tmp").File("w/l/x").ToArray() },
        { "a file through a link within", new TestArchive().Folder("w").Folder("w/d").Link("w/l", "d").File("w/l/x").ToArray() },
        { "a folder through a link", new TestArchive().Folder("w").Link("w/l", "..").Folder("w/l/x").ToArray() },
        { "a link that a folder follows", new TestArchive().Folder("w").Link("w/l", "..").Folder("w/l").ToArray() },
        { "a folder that a link follows", new TestArchive().Folder("w").Folder("w/l").Link("w/l", "..").ToArray() },
        { "a root that is a link", new TestArchive().Link("w", "..").File("w/x").ToArray() },
        { "a file through a file", new TestArchive().Folder("w").File("w/f").File("w/f/x").ToArray() },
        { "a second name of a file outside", new TestArchive().Folder("w").Same("w/passwd", "/etc/passwd").ToArray() },
        { "a second name of a file upwards", new TestArchive().Folder("w").Same("w/passwd", "w/../../secret").ToArray() },
        { "a second name of what is not there", new TestArchive().Folder("w").Same("w/passwd", "w/nothing").ToArray() },
        { "a second name of a folder", new TestArchive().Folder("w").Folder("w/d").Same("w/e", "w/d").ToArray() },
        { "a second name of a link that is written through", new TestArchive().Folder("w").Link("w/l", "/tmp").Same("w/m", "w/l").File("w/m/x").ToArray() },
        { "no end", new TestArchive().Folder("w").File("w/f").WithoutEnd() },
        { "an end in the middle of a file", new TestArchive().File("w", new string('x', 5000)).ToArray()[..3000] },
        { "no archive", "<html>this is not an archive at all</html>"u8.ToArray() },
        { "no archive, and long", [.. Enumerable.Repeat((byte)'x', 5000)] },
        { "nothing", [] },
        { "nothing but an end", new byte[1024] },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_hostile_or_broken_archive_is_refused_and_nothing_of_it_stays(string what, byte[] archive)
    {
        File.WriteAllText(folder["secret"], "secret");

        var fault = await Assert.ThrowsAsync<AgentopsException>(() => Unpacking.Unpack(new MemoryStream(archive), Out, contents: false, TestContext.Current.CancellationToken));

        Assert.Equal(ExitCode.Failed, fault.ExitCode);
        Assert.True(fault.Code is "unsafeArchive" or "brokenArchive", $"{what}: {fault.Code}: {fault.Message}");
        Assert.Equal([folder["secret"]], Directory.GetFileSystemEntries(folder[""]));
    }

    [Fact]
    public async Task A_link_that_is_there_is_replaced_by_a_file_and_not_written_through()
    {
        Directory.CreateDirectory(Out);
        File.WriteAllText(folder["victim"], "untouched");
        File.CreateSymbolicLink(Path.Combine(Out, "f"), folder["victim"]);

        await Unpack(new TestArchive().Folder("w").File("w/f", "new"));

        Assert.Equal(("untouched", "new", null), (File.ReadAllText(folder["victim"]), Read("f"), new FileInfo(Path.Combine(Out, "f")).LinkTarget));
    }

    [Fact]
    public async Task Nothing_is_copied_when_a_link_to_a_folder_is_where_a_folder_would_have_to_be()
    {
        Directory.CreateDirectory(Out);
        Directory.CreateDirectory(folder["victim"]);
        Directory.CreateSymbolicLink(Path.Combine(Out, "z"), folder["victim"]);

        var fault = await Assert.ThrowsAsync<AgentopsException>(() => Unpack(new TestArchive().Folder("w").File("w/a").Folder("w/z").File("w/z/x")));

        Assert.Contains("a link", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder["victim"]));
        Assert.Equal(["z"], Directory.GetFileSystemEntries(Out).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Nothing_is_copied_when_a_file_is_where_a_folder_would_have_to_be_or_the_other_way_round()
    {
        Directory.CreateDirectory(Path.Combine(Out, "is-folder"));
        File.WriteAllText(Path.Combine(Out, "is-file"), "");

        await Assert.ThrowsAsync<AgentopsException>(() => Unpack(new TestArchive().Folder("w").File("w/a").File("w/is-folder")));
        await Assert.ThrowsAsync<AgentopsException>(() => Unpack(new TestArchive().Folder("w").File("w/a").Folder("w/is-file")));

        Assert.False(File.Exists(Path.Combine(Out, "a")));
    }

    [Fact]
    public async Task Given_up_in_the_middle_it_leaves_nothing()
    {
        using var giveUp = new CancellationTokenSource();
        var archive = new TestArchive().Folder("w").File("w/big", new string('x', 400_000)).ToArray();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Unpacking.Unpack(new StoppingStream(archive, 200_000, giveUp), Out, contents: false, giveUp.Token));

        Assert.Empty(Directory.GetFileSystemEntries(folder[""]));
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(Out, name));

    private Task<Copied> Unpack(TestArchive archive, bool contents = false) =>
        Unpacking.Unpack(new MemoryStream(archive.ToArray()), Out, contents, TestContext.Current.CancellationToken);

    private sealed class StoppingStream(byte[] bytes, int at, CancellationTokenSource stop) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position >= at)
            {
                stop.Cancel();
            }

            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
