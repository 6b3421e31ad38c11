using System.Formats.Tar;
using System.Net.Sockets;
using Agentops.Copying;

namespace Agentops.Tests.Copying;

public sealed class PackingSpecs : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task All_of_a_folder_is_packed_with_its_modes_as_one_owner_s_whatever_a_dockerignore_says()
    {
        Directory.CreateDirectory(folder["work/.git"]);
        File.WriteAllText(folder["work/.dockerignore"], "*");
        File.WriteAllText(folder["work/tool"], "#!");
        File.SetUnixFileMode(folder["work/tool"], (UnixFileMode)0b111_101_000);
        File.CreateSymbolicLink(folder["work/link"], "/no/where");

        var (copied, entries) = await Pack("work", "workspace");

        Assert.Equal(["workspace/", "workspace/.dockerignore", "workspace/.git/", "workspace/link", "workspace/tool"], entries.Select(entry => entry.Name));
        Assert.All(entries, entry => Assert.Equal((1234, 2345), (entry.Uid, entry.Gid)));
        Assert.Equal((UnixFileMode)0b111_101_000, entries[^1].Mode);
        Assert.Equal((TarEntryType.SymbolicLink, "/no/where"), (entries[3].EntryType, entries[3].LinkName));
        Assert.Equal((3, 3L), (copied.Files, copied.Size.Bytes));
    }

    [Fact]
    public async Task A_socket_is_left_out_with_a_line_and_is_no_loss()
    {
        Directory.CreateDirectory(folder["work"]);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder["work/s"]));

        var (copied, entries) = await Pack("work", "w");

        Assert.Equal(["w/"], entries.Select(entry => entry.Name));
        Assert.Equal("Left out: w/s: a device, pipe or socket\n", copied.DescribeLeftOut());
        Assert.False(copied.LacksFiles);
    }

    [Fact]
    public async Task What_was_packed_can_be_unpacked()
    {
        Directory.CreateDirectory(folder["work/" + new string('d', 120)]);
        File.WriteAllText(folder["work/" + new string('d', 120) + "/größe-日本"], "text");
        var archive = new MemoryStream();
        await Packing.Write(archive, folder["work"], "w", (0, 0), TestContext.Current.CancellationToken);
        archive.Position = 0;

        await Unpacking.Unpack(archive, folder["back"], contents: false, TestContext.Current.CancellationToken);

        Assert.Equal("text", File.ReadAllText(folder["back/" + new string('d', 120) + "/größe-日本"]));
    }

    [Fact]
    public void Of_many_that_are_left_out_only_the_first_are_named()
    {
        var copied = new Copied(1, new(1), [.. Enumerable.Range(1, 13).Select(number => LeftOut.Special($"s{number}\n"))]);

        Assert.Equal(11, copied.DescribeLeftOut().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.EndsWith("Left out: 3 more\n", copied.DescribeLeftOut(), StringComparison.Ordinal);
        Assert.Contains(@"s1\n: ", copied.DescribeLeftOut(), StringComparison.Ordinal);
    }

    private async Task<(Copied Copied, List<TarEntry> Entries)> Pack(string path, string name)
    {
        var archive = new MemoryStream();
        var copied = await Packing.Write(archive, folder[path], name, (1234, 2345), TestContext.Current.CancellationToken);
        archive.Position = 0;
        using var tar = new TarReader(archive);
        var entries = new List<TarEntry>();
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            entries.Add(entry);
        }

        return (copied, entries);
    }
}
