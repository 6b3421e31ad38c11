using System.Formats.Tar;
using System.Text;
using Agentops.Containers;

namespace Agentops.RuntimeTests;

// Files in and out.
public abstract partial class RuntimeContract
{
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_000;
    private const UnixFileMode ToolMode = (UnixFileMode)0b111_101_100;

    [Fact]
    public async Task Files_folders_and_links_go_in_and_come_out_with_modes_and_owners()
    {
        var id = await Create(Spec("true"));
        if (await RefusesCopies(id))
        {
            return;
        }

        await Runtime.CopyIn(id, "/", Archive, Cancel);

        var (user, group) = target.Has(Limit.OwnersStayIn) ? (0, 0) : (1234, 2345);
        Assert.Equal(
            [
                ("data", TarEntryType.Directory, FolderMode, user, group, ""),
                ("data/empty", TarEntryType.Directory, FolderMode, user, group, ""),
                ("data/link", TarEntryType.SymbolicLink, default, user, group, "-> tool"),
                ("data/tool", TarEntryType.RegularFile, ToolMode, user, group, "#!/bin/sh"),
            ],
            await Packed(id, "/data"));
        Assert.Equal([("tool", TarEntryType.RegularFile, ToolMode, user, group, "#!/bin/sh")], await Packed(id, "/data/tool"));
        Assert.Equal(["empty", "link", "tool"], (await Packed(id, "/data/.")).Select(entry => entry.Name).Where(name => name is not ".").Select(name => name.Replace("./", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_a_path_of_a_container_leads_to_is_told()
    {
        var id = await Create(Spec("true"));
        if (await RefusesCopies(id))
        {
            return;
        }

        await Runtime.CopyIn(id, "/", Archive, Cancel);
        await Runtime.CopyIn(id, "/data", archive => archive.WriteEntryAsync(new GnuTarEntry(TarEntryType.SymbolicLink, "to-folder") { LinkName = "empty" }, Cancel), Cancel);

        Assert.Equal(PathKind.Folder, await Runtime.FindPath(id, "/", Cancel));
        Assert.Equal(PathKind.Folder, await Runtime.FindPath(id, "/data", Cancel));
        Assert.Equal(PathKind.Folder, await Runtime.FindPath(id, "/data/to-folder", Cancel));
        Assert.Equal(PathKind.File, await Runtime.FindPath(id, "/data/tool", Cancel));
        Assert.Equal(PathKind.File, await Runtime.FindPath(id, "/data/link", Cancel));
        Assert.Equal(PathKind.Nothing, await Runtime.FindPath(id, "/data/nothing", Cancel));
        Assert.Equal(PathKind.Nothing, await Runtime.FindPath(id, "/no/where", Cancel));
    }

    [Fact]
    public async Task What_is_not_in_a_container_is_not_copied_and_neither_is_anything_of_one_that_is_not_there()
    {
        var id = await Create(Spec("true"));
        var nothing = "agentops-" + Guid.NewGuid().ToString("N");

        Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.FindPath(nothing, "/", Cancel)));
        Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.CopyOut(nothing, "/", Cancel)));
        Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.CopyIn(nothing, "/", Archive, Cancel)));
        if (!await RefusesCopies(id))
        {
            Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.CopyOut(id, "/no/where", Cancel)));
            Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.CopyIn(id, "/no/where", Archive, Cancel)));
        }
    }

    [Fact]
    public async Task Files_go_into_a_container_that_has_ended_and_come_out_of_it()
    {
        var id = await Create(Spec("true"));
        await RunToEnd(id);
        if (await RefusesCopies(id))
        {
            return;
        }

        await Runtime.CopyIn(id, "/", Archive, Cancel);

        Assert.Equal("#!/bin/sh", Assert.Single(await Packed(id, "/data/tool")).Content);
        Assert.Equal(ContainerState.Exited, (await Details(id)).Container.State);
    }

    [Fact]
    public async Task Files_go_into_a_container_that_runs_and_replace_files_but_no_folder()
    {
        var id = await Start(Spec("sleep", "60"));
        if (await RefusesCopies(id))
        {
            return;
        }

        await Runtime.CopyIn(id, "/", Archive, Cancel);
        await Runtime.CopyIn(id, "/data", archive => archive.WriteEntryAsync(FileOf("tool", "new"), Cancel), Cancel);

        Assert.Equal("new", Assert.Single(await Packed(id, "/data/tool")).Content);
        await RefusalOf(() => Runtime.CopyIn(id, "/data", archive => archive.WriteEntryAsync(FileOf("empty", "no folder"), Cancel), Cancel));
        Assert.Equal(PathKind.Folder, await Runtime.FindPath(id, "/data/empty", Cancel));
    }

    [Fact]
    public async Task A_failure_to_write_the_archive_is_told_as_it_is()
    {
        var id = await Create(Spec("true"));
        if (await RefusesCopies(id))
        {
            return;
        }

        var fault = await Assert.ThrowsAsync<AgentopsException>(() => Runtime.CopyIn(id, "/", (Func<Stream, CancellationToken, Task>)((_, _) => throw new AgentopsException("ours", ExitCode.Failed, "ours")), Cancel));

        Assert.Equal("ours", fault.Message);
    }

    private async Task<bool> RefusesCopies(string container)
    {
        if (!target.Has(Limit.NoCopies))
        {
            return false;
        }

        Assert.Equal(RuntimeRefusal.Other, await RefusalOf(() => Runtime.FindPath(container, "/", Cancel)));
        Assert.Equal(RuntimeRefusal.Other, await RefusalOf(() => Runtime.CopyOut(container, "/", Cancel)));
        var refusal = await Assert.ThrowsAsync<RuntimeRefusalException>(() => Runtime.CopyIn(container, "/", Archive, Cancel));
        Assert.Equal(RuntimeRefusal.Other, refusal.Refusal);
        Assert.Contains("container ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(container, refusal.Message, StringComparison.Ordinal);
        return true;
    }

    private static async Task Archive(Stream stream, CancellationToken cancellationToken)
    {
        await using var archive = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true);
        await archive.WriteEntryAsync(Owned(new GnuTarEntry(TarEntryType.Directory, "data/") { Mode = FolderMode }), cancellationToken);
        await archive.WriteEntryAsync(Owned(new GnuTarEntry(TarEntryType.Directory, "data/empty/") { Mode = FolderMode }), cancellationToken);
        await archive.WriteEntryAsync(Owned(FileOf("data/tool", "#!/bin/sh")), cancellationToken);
        await archive.WriteEntryAsync(Owned(new GnuTarEntry(TarEntryType.SymbolicLink, "data/link") { LinkName = "tool" }), cancellationToken);
    }

    private static GnuTarEntry FileOf(string name, string content) =>
        new(TarEntryType.RegularFile, name) { Mode = ToolMode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private static GnuTarEntry Owned(GnuTarEntry entry)
    {
        (entry.Uid, entry.Gid) = (1234, 2345);
        return entry;
    }

    private async Task<List<(string Name, TarEntryType Type, UnixFileMode Mode, int User, int Group, string Content)>> Packed(string container, string path)
    {
        await using var stream = await Runtime.CopyOut(container, path, Cancel);
        await using var archive = new TarReader(stream);
        var entries = new List<(string Name, TarEntryType, UnixFileMode, int, int, string)>();
        while (await archive.GetNextEntryAsync(copyData: true, Cancel) is { } entry)
        {
            var type = entry.EntryType == TarEntryType.V7RegularFile ? TarEntryType.RegularFile : entry.EntryType;
            var content = type == TarEntryType.SymbolicLink ? $"-> {entry.LinkName}" : entry.DataStream is { } data ? await new StreamReader(data).ReadToEndAsync(Cancel) : "";
            // What a link's own mode is depends on the system.
            entries.Add((entry.Name.TrimEnd('/'), type, type == TarEntryType.SymbolicLink ? default : entry.Mode, entry.Uid, entry.Gid, content));
        }

        return [.. entries.OrderBy(entry => entry.Name, StringComparer.Ordinal)];
    }
}

file static class RuntimeExtensions
{
    /// <summary>Unpacks an archive of a few entries.</summary>
    public static Task CopyIn(this Runtimes.IContainerRuntime runtime, string container, string folder, Func<TarWriter, Task> write, CancellationToken cancellationToken) =>
        runtime.CopyIn(
            container,
            folder,
            async (stream, _) =>
            {
                await using var archive = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true);
                await write(archive);
            },
            cancellationToken);
}
