using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using Agentops.Containers;
using Agentops.Runtimes.Engine;

namespace Agentops.RuntimeTests;

/// <summary>What every engine does for runs that can be seen only with more of the engine, or of this machine, than our own interface shows.</summary>
public abstract class EngineRunContract(TestEngine engine) : RuntimeContract(engine)
{
    // Podman answers a little before the terminal has its size.
    private const string SizeOnceTold = "for i in $(seq 100); do case $(stty size) in '0 0') sleep 0.1;; *) break;; esac; done; stty size";

    private readonly TestEngine engine = engine;

    [Fact]
    public async Task It_is_the_engine_that_it_is_named_after()
    {
        using var info = JsonDocument.Parse(await engine.Get("/info"));

        Assert.StartsWith(engine.Version, info.RootElement.GetProperty("ServerVersion").GetString(), StringComparison.Ordinal);
        Assert.Equal(engine.Driver, info.RootElement.GetProperty("Driver").GetString());
    }

    [Fact]
    public async Task What_it_says_of_itself_is_so()
    {
        var facts = await Runtime.Describe(Cancel);

        Assert.Equal((engine.Driver, engine.IsRootless, Environment.MachineName), (facts.StorageDriver, facts.IsRootless, facts.HostName));
        Assert.True(Directory.Exists(facts.DataRoot), facts.DataRoot);
        Assert.Equal(await engine.KeepsLimits(), facts.LackingLimits is []);
        Assert.Equal(facts.LackingLimits is [], facts.LackingWhy is null);
        Assert.InRange(facts.NewestApi!, EngineGreeting.Oldest, EngineGreeting.Newest);
        Assert.True(facts.OldestApi < EngineGreeting.Oldest);
    }

    [Fact]
    public async Task A_process_killed_by_memory_ends_with_137_and_is_known_to_be()
    {
        // tail keeps the last line, and this one has no end.
        var id = await Create(Spec("sh", "-c", "tail -n 1 /dev/zero") with { Memory = 16_000_000 });
        if (!await engine.KeepsLimits())
        {
            // It would take all memory there is.
            Assert.Null((await Details(id)).MemoryLimit);
            return;
        }

        Assert.Equal(137, await RunToEnd(id));
        Assert.Equal(engine.Has(Limit.MemoryUnnoticed) ? null : true, (await Details(id)).KilledByMemory);
    }

    [Fact]
    public async Task Files_that_a_process_makes_in_a_folder_of_ours_are_its_users_or_the_engines_where_that_is_not_root()
    {
        var folder = NewFolder();

        var (code, output, error) = await Run(Spec("sh", "-c", "id -u; id -g; touch /m/file; mkdir /m/folder") with { User = "1234:2345", Mounts = [new Mount(folder.FullName, "/m", false)] });

        Assert.Equal((0, "1234\n2345\n", ""), (code, output, error));
        var owner = await engine.Owner() is ( > 0, _) and var (user, group) ? $"{user}:{group}" : "1234:2345";
        Assert.Equal([owner, owner], [await TestEngine.OwnerOf(Path.Combine(folder.FullName, "file")), await TestEngine.OwnerOf(Path.Combine(folder.FullName, "folder"))]);
        folder.Parent!.Delete(recursive: true);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with space")]
    [InlineData("with:colon")]
    [InlineData("with,comma=1")]
    [InlineData("größe-日本")]
    [InlineData("with\"quote'%25")]
    public async Task A_folder_of_any_name_can_be_mounted(string name)
    {
        var folder = NewFolder(name);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "in"), "seen\n", Cancel);

        var result = await Run(Spec("sh", "-c", "cat in; echo written > out") with { Mounts = [new Mount(folder.FullName, "/work space", false)], WorkingDirectory = "/work space" });

        Assert.Equal((0, "seen\n", ""), result);
        Assert.Equal("written\n", await File.ReadAllTextAsync(Path.Combine(folder.FullName, "out"), Cancel));
        folder.Parent!.Delete(recursive: true);
    }

    [Theory]
    [InlineData("with:colon", "/work space:1")]
    [InlineData("with,comma=1", "/work,space")]
    [InlineData("with,comma", "/work:space")]
    public async Task A_folder_of_any_name_can_be_mounted_at_any_place(string name, string target)
    {
        var folder = NewFolder(name);
        var spec = Spec("pwd") with { Mounts = [new Mount(folder.FullName, target, false)], WorkingDirectory = target };
        if (engine.Has(Limit.ColonOrComma) && (name + target).Contains(':', StringComparison.Ordinal) && (name + target).Contains(',', StringComparison.Ordinal))
        {
            var refusal = await Assert.ThrowsAsync<RuntimeRefusalException>(() => Create(spec));
            Assert.StartsWith($"Podman cannot mount {folder.FullName} at {target}:", refusal.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal((0, target + "\n", ""), await Run(spec));
        }

        folder.Parent!.Delete(recursive: true);
    }

    [Fact]
    public async Task A_read_only_mount_is_not_written_to()
    {
        var folder = NewFolder();

        var (code, _, error) = await Run(Spec("sh", "-c", "echo x > /m/file") with { Mounts = [new Mount(folder.FullName, "/m", true)] });

        Assert.NotEqual(0, code);
        Assert.Contains("Read-only", error, StringComparison.Ordinal);
        folder.Parent!.Delete(recursive: true);
    }

    [Fact]
    public async Task The_process_has_the_user_the_folder_in_memory_and_the_limits_it_was_given()
    {
        var spec = Spec("sh", "-c", "touch file; id -u; id -g; grep ' /home/agent ' /proc/mounts; grep NoNewPrivs /proc/self/status; ls /sys/class/net; pwd") with
        {
            User = "1234:2345",
            WorkingDirectory = "/home/agent",
            MemoryFolders = new Dictionary<string, string> { ["/home/agent"] = "size=64k,mode=0700,uid=1234,gid=2345" },
            Cpus = 0.5,
            Pids = 50,
            DroppedCapabilities = ["NET_RAW"],
        };

        var (code, output, _) = await Run(spec);

        var lines = output.Split('\n');
        Assert.Equal((0, "1234", "2345", "NoNewPrivs:\t1", "lo", "/home/agent"), (code, lines[0], lines[1], lines[3], lines[4], lines[5]));
        Assert.StartsWith("tmpfs /home/agent tmpfs", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capabilities_are_dropped_and_added()
    {
        var kept = (await Run(Spec("sh", "-c", "grep CapBnd /proc/self/status"))).Out;
        var dropped = (await Run(Spec("sh", "-c", "grep CapBnd /proc/self/status") with { DroppedCapabilities = ["ALL"], AddedCapabilities = ["CHOWN"] })).Out;

        Assert.NotEqual(kept, dropped);
        Assert.Equal("CapBnd:\t0000000000000001\n", dropped);
    }

    [Fact]
    public async Task A_terminal_has_the_size_it_is_told()
    {
        var spec = Spec("sh", "-c", $"read go; {SizeOnceTold}") with { Terminal = true, Input = true, InputOnce = true };
        var id = await Create(spec);
        await using var io = await Runtime.AttachContainer(id, terminal: true, input: true, Cancel);
        await Runtime.StartContainer(id, Cancel);

        await Runtime.ResizeContainer(id, new(132, 50), Cancel);
        await io.Input!.WriteAsync("go\n"u8.ToArray(), Cancel);

        await using var output = io.Output.GetAsyncEnumerator(Cancel);
        Assert.Contains("50 132", await ReadUntil(output, "50 132"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_keys_pass_through_a_terminal()
    {
        // Ctrl+P Ctrl+Q would detach if the engine's own keys were in force.
        var id = await Create(Spec("sh", "-c", "stty raw -echo; echo ready; dd bs=1 count=4 2>/dev/null | od -An -tx1") with { Terminal = true, Input = true, InputOnce = true });
        await using var io = await Runtime.AttachContainer(id, terminal: true, input: true, Cancel);
        await Runtime.StartContainer(id, Cancel);
        await using var output = io.Output.GetAsyncEnumerator(Cancel);
        await ReadUntil(output, "ready");

        await io.Input!.WriteAsync(new byte[] { 0x10, 0x11, 0x1c, 0x03 }, Cancel);

        Assert.Contains("10 11 1c 03", await ReadUntil(output, "03"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exec_s_terminal_has_the_size_it_is_told_and_its_keys_pass()
    {
        var id = await Start(Spec("sleep", "60"));
        var spec = new ExecSpec(["sh", "-c", "stty raw -echo; echo ready; dd bs=1 count=2 2>/dev/null | od -An -tx1; " + SizeOnceTold], Terminal: true, Input: true);
        var exec = await Runtime.CreateExec(id, spec, Cancel);
        await using var io = await Runtime.StartExec(exec, spec, Cancel);
        await using var output = io.Output.GetAsyncEnumerator(Cancel);
        await ReadUntil(output, "ready");

        await Runtime.ResizeExec(exec, new(99, 33), Cancel);
        await io.Input!.WriteAsync(new byte[] { 0x10, 0x11 }, Cancel);

        var seen = await ReadUntil(output, "33 99");
        Assert.Contains("10 11", seen, StringComparison.Ordinal);
        Assert.Contains("33 99", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_copied_in_is_there_for_the_process_as_its_own()
    {
        var id = await Create(Spec("sh", "-c", "cat /data/file; stat -c '%u:%g %a' /data /data/file; echo made > /data/made") with { User = "1234:2345", WorkingDirectory = "/data" });
        await Runtime.CopyIn(id, "/", (stream, token) => Tar(stream, 9, token), Cancel);

        Assert.Equal(0, await RunToEnd(id));

        Assert.Equal(("xxxxxxxxx1234:2345 755\n1234:2345 644\n", ""), await Read(Runtime.ReadLogs(id, false, false, null, Cancel)));
        Assert.Equal(PathKind.File, await Runtime.FindPath(id, "/data/made", Cancel));
    }

    [Fact]
    public async Task A_big_file_passes_whole_both_ways_without_being_held_in_memory()
    {
        const int Size = 100_000_000;
        const int Much = 30_000_000;
        var id = await Create(Spec("true"));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var duringCopyIn = 0L;

        await Runtime.CopyIn(
            id,
            "/",
            async (stream, token) =>
            {
                await Tar(stream, Size, token);
                duringCopyIn = GC.GetTotalMemory(forceFullCollection: true) - before;
            },
            Cancel);
        await using var archive = await Runtime.CopyOut(id, "/data/file", Cancel);
        var first = new byte[1000];
        await archive.ReadExactlyAsync(first, Cancel);
        await Task.Delay(200, Cancel);
        var duringCopyOut = GC.GetTotalMemory(forceFullCollection: true) - before;
        var rest = new CountingStream();
        await archive.CopyToAsync(rest, Cancel);

        Assert.InRange(first.Length + rest.Bytes, Size, Size + 10_240);
        Assert.InRange(duringCopyIn, long.MinValue, Much);
        Assert.InRange(duringCopyOut, long.MinValue, Much);
    }

    private static async Task Tar(Stream stream, long size, CancellationToken cancellationToken)
    {
        await using var tar = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true);
        const UnixFileMode Folder = (UnixFileMode)0b111_101_101;
        const UnixFileMode Plain = (UnixFileMode)0b110_100_100;
        await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.Directory, "data/") { Mode = Folder, Uid = 1234, Gid = 2345 }, cancellationToken);
        await tar.WriteEntryAsync(
            new GnuTarEntry(TarEntryType.RegularFile, "data/file") { Mode = Plain, Uid = 1234, Gid = 2345, DataStream = new EndlessStream(size) }, cancellationToken);
    }

    /// <summary>As many letters as are asked for.</summary>
    private sealed class EndlessStream(long length) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => false;

        public override bool CanSeek => true;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, length - Position);
            buffer[..count].Fill((byte)'x');
            Position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class CountingStream : MemoryStream
    {
        public long Bytes { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Bytes += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task Anonymous_volumes_go_with_their_container()
    {
        var tag = NewTag();
        await Runtime.BuildImage(BuildOf(tag, $"FROM {Base}\nVOLUME /data\n"), _ => { }, Cancel);
        var id = await Create(Spec("sh", "-c", "echo x > /data/x") with { Image = tag });
        await RunToEnd(id);
        var before = await engine.Get("/volumes");

        await Runtime.RemoveContainer(id, Cancel);

        Assert.Contains("\"Mountpoint\"", before, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Mountpoint\"", await engine.Get("/volumes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_container_wrote_over_its_image_and_into_its_volume_is_measured()
    {
        var tag = NewTag();
        await Runtime.BuildImage(BuildOf(tag, $"FROM {Base}\nVOLUME /data\n"), _ => { }, Cancel);
        var id = await Create(Spec("sh", "-c", "head -c 1000 /dev/zero > /file; head -c 234 /dev/zero > /data/file") with { Image = tag });
        await RunToEnd(id);

        var measured = await Runtime.MeasureContainer(id, Cancel);
        var volume = Assert.Single(measured!.Details.Container.AnonymousVolumes);
        var listed = Assert.Single(await Runtime.ListContainers(Cancel), container => container.Id == id);

        var least = 1000 + (engine.Has(Limit.FileOfItsOwn) ? "/proc/mounts".Length : 0);
        Assert.InRange(measured.Layer!.Value.Bytes, least, engine.Has(Limit.WholeBlocks) ? 100_000 : least);
        Assert.Equal([volume], listed.AnonymousVolumes);
        var size = (await Runtime.MeasureVolumes(Cancel))[volume];
        Assert.Equal((234L, 1), (size.Size!.Value.Bytes, size.Users));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attaching_to_a_run_that_goes_on_shows_what_comes_and_leaving_leaves_it_running(bool terminal)
    {
        var id = await Start(Spec("sh", "-c", "[ ! -t 0 ] || stty raw -echo; echo ready; cat; sleep 60; :") with { Input = true, Terminal = terminal });
        await using (var first = await Runtime.AttachContainer(id, terminal, true, Cancel))
        {
            await first.Input!.WriteAsync("one\n"u8.ToArray(), Cancel);
            await using var output = first.Output.GetAsyncEnumerator(Cancel);
            Assert.Contains("one\n", await ReadUntil(output, "one\n"), StringComparison.Ordinal);
        }

        await using var second = await Runtime.AttachContainer(id, terminal, input: terminal || !engine.Has(Limit.InputEndsWithFirst), Cancel);
        if (second.Input is { } input)
        {
            await input.WriteAsync("two\n"u8.ToArray(), Cancel);
            await using var again = second.Output.GetAsyncEnumerator(Cancel);
            Assert.Equal("two\n", await ReadUntil(again, "two\n"));
        }

        Assert.Equal(!terminal && engine.Has(Limit.InputEndsWithFirst) ? ["sh", "sleep"] : ["sh", "cat"], await Processes(id));
        Assert.Equal(ContainerState.Running, (await Details(id)).Container.State);
    }

    [Fact]
    public async Task A_process_whose_output_nobody_takes_any_more_can_be_stopped()
    {
        var id = await Create(Spec("yes"));
        await using var io = await Runtime.AttachContainer(id, terminal: false, input: false, Cancel);
        var exit = await Runtime.WaitForExit(id, Cancel);
        await Runtime.StartContainer(id, Cancel);
        await using var output = io.Output.GetAsyncEnumerator(Cancel);
        await ReadUntil(output, "y\n");
        await Task.Delay(TimeSpan.FromSeconds(1), Cancel);

        // Not before the connection is closed: Podman's monitor waits until we take what the process printed.
        await io.DisposeAsync();
        await Runtime.StopContainer(id, TimeSpan.FromSeconds(1), Cancel);

        Assert.Equal(137, await exit.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
    }

    [Fact]
    public async Task A_script_that_is_not_executable_cannot_be_started()
    {
        var tag = NewTag();
        await Runtime.BuildImage(BuildOf(tag, $"FROM {Base}\nRUN [\"sh\", \"-c\", \"echo x > /plain\"]\n", files: [("plain", Encoding.UTF8.GetBytes("x"))]), _ => { }, Cancel);
        var id = await Create(Spec("/plain") with { Image = tag });

        Assert.Equal(RuntimeRefusal.CannotStart, await RefusalOf(() => Runtime.StartContainer(id, Cancel)));
    }

    /// <summary>A folder that every user of this machine can write to, in one of its own.</summary>
    private static DirectoryInfo NewFolder(string name = "folder")
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "agentops-" + Guid.NewGuid().ToString("N"), name));
        folder.UnixFileMode = (UnixFileMode)0b111_111_111;
        return folder;
    }

    private async Task<IReadOnlyList<string>> Processes(string container)
    {
        var (_, output, _) = await Execute(container, new ExecSpec(["sh", "-c", "for p in /proc/[0-9]*; do [ $p = /proc/$$ ] || head -n 1 $p/comm; done"], false, false));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(name => name is not "head")];
    }
}
