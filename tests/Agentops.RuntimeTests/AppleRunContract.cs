using Agentops.Containers;

namespace Agentops.RuntimeTests;

/// <summary>What is ours to see to on Apple's <c>container</c>, as it does not.</summary>
public abstract class AppleRunContract(TestApple apple) : RuntimeContract(apple)
{
    [Fact]
    public async Task It_is_the_release_that_it_is_named_after() => Assert.Equal(("apple", apple.Release), (Runtime.Identity.Name, Runtime.Identity.Version));

    [Fact]
    public async Task It_says_where_it_stores_all_and_that_limits_hold()
    {
        var facts = await Runtime.Describe(Cancel);

        Assert.True(Directory.Exists(facts.DataRoot), facts.DataRoot);
        Assert.Equal([], facts.LackingLimits);
    }

    [Fact]
    public async Task How_a_run_that_nobody_watched_ended_is_known_to_whoever_asks_later()
    {
        var id = await Start(Spec("sh", "-c", "echo out; echo err >&2; sleep 1; exit 6"));
        await using var later = await apple.Connect();

        Assert.Equal(6, await await later.WaitForExit(id, Cancel));
        var details = (await later.FindContainer(id, Cancel))!;
        Assert.Equal((ContainerState.Exited, 6), (details.Container.State, details.Container.ExitCode));
        Assert.True(details.FinishedAt >= details.StartedAt);
        Assert.Equal(("out\n", "err\n"), await Read(later.ReadLogs(id, false, false, null, Cancel)));
    }

    [Fact]
    public async Task A_run_that_was_started_by_hand_has_no_exit_code_and_nobody_makes_one_up()
    {
        var id = await Create(Spec("sh", "-c", "echo by hand; exit 6"));

        Assert.Equal(0, (await apple.Container("start", id)).Status);
        await using var later = await apple.Connect();
        while ((await later.FindContainer(id, Cancel))!.Container.State == ContainerState.Running)
        {
            await Task.Delay(50, Cancel);
        }

        var container = (await later.FindContainer(id, Cancel))!.Container;
        Assert.Equal((ContainerState.Exited, null), (container.State, container.ExitCode));
        Assert.Contains("is not known", (await Assert.ThrowsAsync<RuntimeRefusalException>(() => later.WaitForExit(id, Cancel))).Message, StringComparison.Ordinal);
        Assert.Equal(("by hand\n", ""), await Read(later.ReadLogs(id, false, false, null, Cancel)));
    }

    [Fact]
    public async Task A_run_started_again_by_hand_does_not_keep_the_exit_code_of_its_life_before()
    {
        var id = await Create(Spec("sh", "-c", "sleep 1.2; exit 6"));
        Assert.Equal(6, await RunToEnd(id));

        Assert.Equal(0, (await apple.Container("start", id)).Status);

        Assert.Equal((ContainerState.Running, null), ((await Details(id)).Container.State, (await Details(id)).Container.ExitCode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attaching_to_a_run_that_goes_on_shows_what_comes_and_leaving_leaves_it_running(bool terminal)
    {
        var id = await Start(Spec("sh", "-c", "[ ! -t 0 ] || stty raw -echo; echo ready; cat; sleep 60") with { Input = true, Terminal = terminal });
        await using (var first = await Runtime.AttachContainer(id, terminal, true, Cancel))
        {
            await first.Input!.WriteAsync("one\n"u8.ToArray(), Cancel);
            await using var output = first.Output.GetAsyncEnumerator(Cancel);
            Assert.Contains("one\n", await ReadUntil(output, "one\n"), StringComparison.Ordinal);
        }

        await using var later = await apple.Connect();
        await using var second = await later.AttachContainer(id, terminal, true, Cancel);
        await second.Input!.WriteAsync("two\n"u8.ToArray(), Cancel);
        await using var again = second.Output.GetAsyncEnumerator(Cancel);

        Assert.Equal("two\n", await ReadUntil(again, "two\n"));
        Assert.Equal(ContainerState.Running, (await Details(id)).Container.State);
    }

    [Fact]
    public async Task An_exec_with_a_terminal_passes_keys_both_ways()
    {
        var id = await Start(Spec("sleep", "60"));
        var spec = new ExecSpec(["sh", "-c", "stty raw -echo; echo ready; dd bs=1 count=4 2>/dev/null | od -An -tx1"], Terminal: true, Input: true);
        var exec = await Runtime.CreateExec(id, spec, Cancel);
        await using var io = await Runtime.StartExec(exec, spec, Cancel);
        await using var output = io.Output.GetAsyncEnumerator(Cancel);
        await ReadUntil(output, "ready");

        await Runtime.ResizeExec(exec, new(99, 33), Cancel);
        await io.Input!.WriteAsync(new byte[] { 0x10, 0x11, 0x1c, 0x03 }, Cancel);

        Assert.Contains("10 11 1c 03", await ReadUntil(output, "03"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_whose_output_nobody_takes_can_be_stopped()
    {
        var id = await Create(Spec("sh", "-c", "while :; do echo y; sleep 0.01; done"));
        var io = await Runtime.AttachContainer(id, terminal: false, input: false, Cancel);
        var exit = await Runtime.WaitForExit(id, Cancel);
        await Runtime.StartContainer(id, Cancel);
        await io.DisposeAsync();

        await Runtime.StopContainer(id, TimeSpan.FromSeconds(1), Cancel);

        Assert.Equal(137, await exit.WaitAsync(TimeSpan.FromSeconds(30), Cancel));
    }

    [Fact]
    public async Task A_removed_container_leaves_nothing_of_ours_behind()
    {
        var spec = Spec("echo", "x");
        await Run(spec);
        Assert.True(Directory.Exists(Path.Combine(apple.Home, "apple", spec.Name)));

        await Runtime.RemoveContainer(spec.Name, Cancel);

        Assert.False(Directory.Exists(Path.Combine(apple.Home, "apple", spec.Name)));
    }

    [Fact]
    public async Task What_is_kept_of_a_container_that_was_removed_by_hand_goes_with_the_end_of_another_run()
    {
        var (gone, fresh, other) = (Spec("echo", "x"), Spec("echo", "y"), Spec("echo", "z"));
        var folders = new[] { gone, fresh }.Select(spec => new DirectoryInfo(Path.Combine(apple.Home, "apple", spec.Name))).ToList();
        await Run(gone);
        await Run(fresh);
        await apple.Container("delete", gone.Name);
        await apple.Container("delete", fresh.Name);
        folders[0].LastWriteTimeUtc = DateTime.UtcNow.AddHours(-1);

        await Run(other);

        while (Directory.Exists(folders[0].FullName))
        {
            await Task.Delay(20, Cancel);
        }

        // It may be one that is being made.
        Assert.True(Directory.Exists(folders[1].FullName));
    }

    [Fact]
    public async Task What_is_kept_of_a_run_is_nobody_elses_business()
    {
        var spec = Spec("cat") with { Input = true, InputOnce = true };
        var id = await Start(spec);
        var folder = new DirectoryInfo(Path.Combine(apple.Home, "apple", spec.Name));

        Assert.Equal((UnixFileMode)0b111_000_000, folder.UnixFileMode);
        Assert.All(folder.GetFiles().Where(file => file.Name != "input"), file => Assert.Equal((UnixFileMode)0b110_000_000, file.UnixFileMode));
        await Runtime.StopContainer(id, TimeSpan.Zero, Cancel);
    }
}
