using System.Diagnostics;
using System.Text;
using Agentops.Containers;

namespace Agentops.RuntimeTests;

/// <summary>What every runtime does for runs.</summary>
public abstract partial class RuntimeContract(TestRuntime target) : Contract(target)
{
    private readonly TestRuntime target = target;

    [Fact]
    public async Task A_container_ends_with_the_code_of_its_command()
    {
        Assert.Equal((0, "a b\n", ""), await Run(Spec("echo", "a", "b")));
        Assert.Equal(7, (await Run(Spec("sh", "-c", "exit 7"))).Code);
        Assert.Equal(1, (await Run(Spec("false"))).Code);
    }

    [Fact]
    public async Task Standard_output_and_standard_error_stay_apart_without_a_terminal() =>
        Assert.Equal((3, "one\nthree\n", "two\n"), await Run(Spec("sh", "-c", "echo one; echo two >&2; echo three; exit 3")));

    [Fact]
    public async Task With_a_terminal_all_is_one_stream_with_its_line_ends()
    {
        var (code, output, error) = await Run(Spec("sh", "-c", "echo one; echo two >&2") with { Terminal = true });

        Assert.Equal((0, "one\r\ntwo\r\n", ""), (code, output, error));
    }

    [Fact]
    public async Task Input_reaches_the_process_and_so_does_its_end_and_output_goes_on_after_it() =>
        Assert.Equal((0, "hello\nworld\n", ""), await Run(Spec("cat") with { Input = true, InputOnce = true }, input: "hello\nworld\n"));

    [Fact]
    public async Task Much_input_and_output_pass_whole()
    {
        var text = new string('x', 3_000_000) + "\n";

        var (code, output, _) = await RunWithMuchInput(text);

        Assert.Equal(0, code);
        Assert.True(output == text, $"{output.Length} bytes came of {text.Length}");
    }

    [Fact]
    public async Task The_environment_is_on_top_of_the_images()
    {
        var (_, output, _) = await Run(Spec("env") with { Environment = ["GREETING=a=b c\u00e4"] });

        Assert.Contains("GREETING=a=b c\u00e4\n", output, StringComparison.Ordinal);
        Assert.Contains("PATH=/bin\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entrypoint_replaces_the_images_and_takes_the_command_as_its_arguments() =>
        Assert.Equal("hi there\n", (await Run(Spec("there") with { Entrypoint = ["echo", "hi"] })).Out);

    [Fact]
    public async Task A_container_is_created_then_running_then_exited()
    {
        var spec = Spec("cat") with { Input = true, InputOnce = true };
        var id = await Create(spec);
        var created = await Details(id);
        await using var io = await Runtime.AttachContainer(id, terminal: false, input: true, Cancel);
        var exit = await Runtime.WaitForExit(id, Cancel);
        await Runtime.StartContainer(id, Cancel);
        var running = await Details(id);
        io.CompleteInput();
        await exit;
        var exited = await Details(id);

        Assert.Equal((ContainerState.Created, null, null, null), (created.Container.State, created.Container.ExitCode, created.StartedAt, created.FinishedAt));
        Assert.Equal((ContainerState.Running, null, null), (running.Container.State, running.Container.ExitCode, running.FinishedAt));
        Assert.NotNull(running.StartedAt);
        Assert.Equal((ContainerState.Exited, 0), (exited.Container.State, exited.Container.ExitCode));
        Assert.NotNull(exited.FinishedAt);
        Assert.InRange(exited.FinishedAt.Value, exited.StartedAt!.Value, DateTimeOffset.MaxValue);
        Assert.Equal((spec.Name, id, true, false), (exited.Container.Name, exited.Container.Id, exited.TakesInput, exited.HasTerminal));
    }

    [Fact]
    public async Task A_limit_holds_or_is_said_not_to()
    {
        var created = await CreateWarned(Spec("true") with { Memory = 64_000_000 });

        if (target.Has(Limit.LeastMemory))
        {
            Assert.Equal(200L << 20, (await Details(created.Id)).MemoryLimit);
            Assert.StartsWith("This run may use 200 MiB of memory, not 64 MB: ", Assert.Single(created.Warnings), StringComparison.Ordinal);
            return;
        }

        var holds = await target.KeepsLimits();
        Assert.Equal(holds ? 64_000_000 : null, (await Details(created.Id)).MemoryLimit);
        Assert.Equal(holds ? 0 : 1, created.Warnings.Count);
        Assert.All(created.Warnings, warning => Assert.StartsWith("This run is not limited in memory: ", warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_listing_shows_our_containers_with_state_and_exit_code()
    {
        var spec = Spec("sh", "-c", "exit 9");
        var id = await Create(spec);
        await RunToEnd(id);
        var image = await Runtime.FindImage(Base, Cancel);

        var listed = await ListedWhen(id, ContainerState.Exited);

        Assert.Equal((spec.Name, ContainerState.Exited, 9, image!.Image.Id), (listed.Name, listed.State, listed.ExitCode, listed.ImageId));
        Assert.Equal(spec.Labels[Labels.Run], listed.Labels[Labels.Run]);
        Assert.NotNull(listed.CreatedAt);
    }

    [Fact]
    public async Task A_container_is_ours_by_its_label_or_by_the_exact_form_of_its_name_and_else_not()
    {
        var none = new Dictionary<string, string>();
        var byName = await Create(Spec("true") with { Labels = none });
        var byLabel = await Create(Spec("true") with { Name = "other-" + Guid.NewGuid().ToString("N") });
        var neither = await Create(Spec("true") with { Name = "agentops-toolong" + Guid.NewGuid().ToString("N"), Labels = none });

        var ours = (await Runtime.ListContainers(Cancel)).ToDictionary(container => container.Id, container => container.IsOurs);

        Assert.True(ours[byName]);
        Assert.True(ours[byLabel]);
        Assert.False(ours[neither]);
    }

    [Fact]
    public async Task An_ended_container_is_measured_along_with_what_proves_that_it_has_not_run_since()
    {
        var id = await Create(Spec("sh", "-c", "exit 0"));
        await RunToEnd(id);

        var measured = await Runtime.MeasureContainer(id, Cancel);
        var details = await Runtime.FindContainer(id, Cancel);
        var listed = Assert.Single(await Runtime.ListContainers(Cancel), container => container.Id == id);

        Assert.Equal(target.Has(Limit.NoSizesOfContainers), measured!.Layer is null);
        Assert.Equal((id, details!.FinishedAt), (measured.Details.Container.Id, measured.Details.FinishedAt));
        Assert.NotNull(measured.Details.FinishedAt);
        Assert.InRange(listed.EndedAtLeast!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(2));
        Assert.Null(await Runtime.MeasureContainer("agentops-nothing-of-that-name", Cancel));
    }

    [Fact]
    public async Task Waiting_for_a_container_that_has_ended_answers_at_once()
    {
        var id = await Create(Spec("sh", "-c", "exit 4"));
        await RunToEnd(id);

        Assert.Equal(4, await await Runtime.WaitForExit(id, Cancel));
    }

    [Fact]
    public async Task Waiting_can_be_given_up_and_the_container_runs_on()
    {
        var id = await Start(Spec("sleep", "60"));
        using var patience = new CancellationTokenSource();
        var exit = await Runtime.WaitForExit(id, patience.Token);

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exit);
        Assert.Equal(ContainerState.Running, (await Details(id)).Container.State);
    }

    [Fact]
    public async Task A_started_container_may_be_started_and_a_stopped_one_stopped()
    {
        var id = await Start(Spec("sh", "-c", "echo up; sleep 60") with { Init = true });
        await Runtime.StartContainer(id, Cancel);
        // An init that has not come far enough overhears a signal.
        while ((await Read(Runtime.ReadLogs(id, false, false, null, Cancel))).Out != "up\n")
        {
            await Task.Delay(20, Cancel);
        }

        await Runtime.StopContainer(id, TimeSpan.FromSeconds(10), Cancel);
        await Runtime.StopContainer(id, TimeSpan.FromSeconds(10), Cancel);

        Assert.Equal((ContainerState.Exited, 143), ((await Details(id)).Container.State, (await Details(id)).Container.ExitCode));
    }

    [Fact]
    public async Task What_was_stopped_is_listed_as_ended_at_once()
    {
        for (var time = 0; time < 5; time++)
        {
            var id = await Start(Spec("sleep", "60"));

            await Runtime.StopContainer(id, TimeSpan.Zero, Cancel);

            Assert.Equal(ContainerState.Exited, Assert.Single(await Runtime.ListContainers(Cancel), container => container.Id == id).State);
        }
    }

    [Fact]
    public async Task What_does_not_heed_the_request_to_stop_is_killed_after_its_grace()
    {
        var id = await Start(Spec("sleep", "60"));

        await Runtime.StopContainer(id, TimeSpan.FromSeconds(1), Cancel);

        Assert.Equal(137, (await Details(id)).Container.ExitCode);
    }

    [Fact]
    public async Task A_signal_reaches_the_process()
    {
        var id = await Create(Spec("sh", "-c", "echo ready; sleep 60") with { Init = true });
        await using var io = await Runtime.AttachContainer(id, terminal: false, input: false, Cancel);
        var exit = await Runtime.WaitForExit(id, Cancel);
        await Runtime.StartContainer(id, Cancel);
        await using var output = io.Output.GetAsyncEnumerator(Cancel);
        // An init that is not ready yet overhears it.
        Assert.Equal("ready\n", await ReadUntil(output, "ready\n"));

        await Runtime.SignalContainer(id, "SIGINT", Cancel);

        Assert.Equal(130, await exit);
        Assert.Equal(RuntimeRefusal.NotRunning, await RefusalOf(() => Runtime.SignalContainer(id, "SIGINT", Cancel)));
    }

    [Fact]
    public async Task A_running_container_is_not_removed_and_an_ended_one_is()
    {
        var id = await Start(Spec("sleep", "60"));

        Assert.Equal(RuntimeRefusal.InUse, await RefusalOf(() => Runtime.RemoveContainer(id, Cancel)));
        await Runtime.StopContainer(id, TimeSpan.Zero, Cancel);
        await Runtime.RemoveContainer(id, Cancel);
        Assert.Null(await Runtime.FindContainer(id, Cancel));
        Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.RemoveContainer(id, Cancel)));
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        var spec = Spec("true");
        await Create(spec);

        Assert.Equal(RuntimeRefusal.NameTaken, await RefusalOf(() => Runtime.CreateContainer(spec, Cancel)));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var nothing = "agentops-" + Guid.NewGuid().ToString("N");

        Assert.Null(await Runtime.FindContainer(nothing, Cancel));
        Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.StartContainer(nothing, Cancel)));
        Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.AttachContainer(nothing, false, false, Cancel)));
        Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.WaitForExit(nothing, Cancel)));
        Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.SignalContainer(nothing, "SIGTERM", Cancel)));
        Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Read(Runtime.ReadLogs(nothing, false, false, null, Cancel))));
        Assert.Equal(RuntimeRefusal.NotFound, await RefusalOf(() => Runtime.CreateContainer(Spec("true") with { Image = "agentops/nothing:here" }, Cancel)));
    }

    [Fact]
    public async Task A_command_that_is_not_in_the_image_cannot_be_started()
    {
        var id = await Create(Spec("no-such-program"));

        Assert.Equal(RuntimeRefusal.CannotStart, await RefusalOf(() => Runtime.StartContainer(id, Cancel)));
        Assert.Equal((ContainerState.Created, null), ((await Details(id)).Container.State, (await Details(id)).Container.ExitCode));
    }

    [Fact]
    public async Task Under_an_init_a_command_that_is_not_in_the_image_ends_with_127() =>
        Assert.Equal(target.Has(Limit.InitEndsWith1) ? 1 : 127, (await Run(Spec("no-such-program") with { Init = true })).Code);

    [Fact]
    public async Task A_mount_whose_source_is_missing_is_refused() =>
        Assert.Equal(
            RuntimeRefusal.Other,
            await RefusalOf(() => Runtime.CreateContainer(Spec("true") with { Mounts = [new Mount("/no/such/folder", "/workspace", false)] }, Cancel)));

    [Fact]
    public async Task Logs_can_be_cut_to_their_tail()
    {
        var id = await Create(Spec("sh", "-c", "echo one; echo two; echo three"));
        await RunToEnd(id);

        Assert.Equal(("two\nthree\n", ""), await Read(Runtime.ReadLogs(id, false, false, 2, Cancel)));
        Assert.Equal(("", ""), await Read(Runtime.ReadLogs(id, false, false, 0, Cancel)));
    }

    [Fact]
    public async Task Logs_keep_standard_output_and_standard_error_apart()
    {
        var id = await Create(Spec("sh", "-c", "echo one; echo two >&2; echo three"));
        await RunToEnd(id);

        Assert.Equal(("one\nthree\n", "two\n"), await Read(Runtime.ReadLogs(id, false, false, null, Cancel)));
        Assert.Equal(("one\nthree\n", "two\n"), await Read(Runtime.ReadLogs(id, false, true, null, Cancel)));
    }

    [Fact]
    public async Task Logs_that_are_followed_end_when_the_process_does()
    {
        var id = await Create(Spec("cat") with { Input = true, InputOnce = true });
        await using var io = await Runtime.AttachContainer(id, false, true, Cancel);
        await Runtime.StartContainer(id, Cancel);
        await using var log = Runtime.ReadLogs(id, false, true, null, Cancel).GetAsyncEnumerator(Cancel);

        await io.Input!.WriteAsync("first\n"u8.ToArray(), Cancel);
        Assert.Equal("first\n", await ReadUntil(log, "first\n"));
        await io.Input.WriteAsync("last\n"u8.ToArray(), Cancel);
        io.CompleteInput();

        Assert.Equal("last\n", await ReadUntil(log, "never"));
    }

    [Fact]
    public async Task A_command_is_run_inside_a_running_container()
    {
        var id = await Start(Spec("sleep", "60"));

        Assert.Equal((3, "out\n", "err\n"), await Execute(id, new ExecSpec(["sh", "-c", "echo out; echo err >&2; exit 3"], false, false)));
        Assert.Equal((0, "hello", ""), await Execute(id, new ExecSpec(["cat"], false, true), "hello"));
        Assert.Equal((0, "one\r\n", ""), await Execute(id, new ExecSpec(["echo", "one"], true, false)));
        Assert.Contains("INSIDE=yes", (await Execute(id, new ExecSpec(["env"], false, false, Environment: ["INSIDE=yes"]))).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_command_is_run_inside_a_container_that_has_ended()
    {
        var id = await Create(Spec("true"));
        await RunToEnd(id);

        Assert.Equal(RuntimeRefusal.NotRunning, await RefusalOf(() => Runtime.CreateExec(id, new ExecSpec(["true"], false, false), Cancel)));
    }

    [Fact]
    public async Task A_size_may_come_too_late()
    {
        var id = await Create(Spec("true") with { Terminal = true });
        await RunToEnd(id);

        await Runtime.ResizeContainer(id, new(120, 40), Cancel);

        Assert.Equal(ContainerState.Exited, (await Details(id)).Container.State);
    }

    [Fact]
    public async Task A_container_may_be_named_instead_of_its_id()
    {
        var spec = Spec("sh", "-c", "exit 5");
        await Create(spec);

        Assert.Equal(5, await RunToEnd(spec.Name));
        Assert.Equal(spec.Name, (await Details(spec.Name)).Container.Name);
    }

    [Fact]
    public async Task Many_runs_at_once_do_not_disturb_each_other()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 6).Select(async number =>
            await Run(Spec("sh", "-c", $"echo {number}; exit {number}"))));

        Assert.Equal(Enumerable.Range(0, 6).Select(number => (number, $"{number}\n", "")), runs);
    }

    protected async Task<ContainerDetails> Details(string container) =>
        await Runtime.FindContainer(container, Cancel) ?? throw new InvalidOperationException("It is gone.");

    protected async Task<(int? Code, string Out, string Error)> Execute(string container, ExecSpec spec, string? input = null)
    {
        var exec = await Runtime.CreateExec(container, spec, Cancel);
        await using var io = await Runtime.StartExec(exec, spec, Cancel);
        if (input is not null)
        {
            await io.Input!.WriteAsync(Encoding.UTF8.GetBytes(input), Cancel);
            io.CompleteInput();
        }

        var (output, error) = await Read(io.Output);
        return (await Runtime.ExecExitCode(exec, Cancel), output, error);
    }

    protected static async Task<RuntimeRefusal> RefusalOf(Func<Task> request) =>
        (await Assert.ThrowsAsync<RuntimeRefusalException>(request)).Refusal;

    // Docker tells those who wait for an exit before it notes it for its listing.
    private async Task<Container> ListedWhen(string id, ContainerState state)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            var listed = Assert.Single(await Runtime.ListContainers(Cancel), container => container.Id == id);
            if (listed.State == state || patience.Elapsed > TimeSpan.FromSeconds(10))
            {
                return listed;
            }

            await Task.Delay(20, Cancel);
        }
    }

    private async Task<(int Code, string Out, string Error)> RunWithMuchInput(string text)
    {
        var id = await Create(Spec("cat") with { Input = true, InputOnce = true });
        await using var io = await Runtime.AttachContainer(id, terminal: false, input: true, Cancel);
        var exit = await Runtime.WaitForExit(id, Cancel);
        await Runtime.StartContainer(id, Cancel);
        // Both at once: the process writes while it reads.
        var reading = Read(io.Output);
        await io.Input!.WriteAsync(Encoding.UTF8.GetBytes(text), Cancel);
        io.CompleteInput();
        var (output, error) = await reading;
        return (await exit, output, error);
    }
}
