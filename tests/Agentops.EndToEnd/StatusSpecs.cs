using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agentops.EndToEnd;

/// <summary><c>agent status</c>, <c>why</c> and <c>system</c> on a real engine: what they ask, remember and show.</summary>
public sealed partial class StatusSpecs
{
    [Fact]
    public async Task Looking_sends_nothing_but_reads_and_few_of_them()
    {
        await using var desk = Desk.WithOwnAgent();
        (await desk.Run("run", "--name", "done", ".", "--", "true")).Expect(0);
        await desk.Detach("--name", "busy", ".", "--", "sleep", "1000");
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);

        string[][] commands = [["status"], ["status", "--json"], ["status", "--exact"], ["why", "done"], ["why", desk.Image], ["system", "images"], ["system", "containers", "--json"], ["list"]];
        foreach (var command in commands)
        {
            (await desk.Run(command)).Expect(0);
        }

        Assert.True(engine.Requests.Count >= commands.Length);
        Assert.All(engine.Requests, line => Assert.Matches("^(GET|HEAD) ", line));

        // All is remembered now, but for what runs, once those in the background are done that measure what a busy machine had no time for.
        var before = 0;
        while (before != engine.Requests.Count)
        {
            before = engine.Requests.Count;
            await Task.Delay(2000, TestContext.Current.CancellationToken);
        }

        (await desk.Run("status")).Expect(0);
        // Other tests build images on this engine meanwhile, and what is new is read; of no image anything is asked twice.
        var earlier = engine.Requests.Take(before).ToHashSet();
        var requests = engine.Requests.Skip(before).Where(line => !line.Contains("/images/sha256:", StringComparison.Ordinal) || earlier.Contains(line)).ToList();
        Assert.True(requests.Count is >= 1 and <= 6, string.Join('\n', requests));
    }

    [Fact]
    public async Task A_size_is_measured_once_and_again_when_the_run_has_run_again()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "sh", "-c", "head -c 700100 /dev/zero >> /tmp/grows")).Expect(0);
        // Sizes are remembered by where the engine answers. It tells how long ago a run ended in whole seconds: what was measured in the same one proves nothing.
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);
        await Task.Delay(5000, TestContext.Current.CancellationToken);
        Assert.Equal("701 kB", await ExactDisk(desk));
        Assert.Equal(1, engine.Count("GET", "size=1"));
        (await desk.Run("status")).Expect(0);
        Assert.Equal(1, engine.Count("GET", "size=1"));

        // By hand, past us, and at once over again.
        var container = Assert.Single(await desk.Containers());
        Assert.True(await desk.Engine.Restart(container));
        await Until.True(async () => await desk.OnlyState() == "stopped", () => "it to end again");
        Assert.Equal("1.4 MB", await ExactDisk(desk));
    }

    [Fact]
    public async Task Many_at_once_leave_a_memory_that_is_whole_and_right()
    {
        await using var desk = Desk.Plain();
        for (var run = 0; run < 5; run++)
        {
            (await desk.Run("run", ".", "--", "sh", "-c", "head -c 50000 /dev/zero > /tmp/x")).Expect(0);
        }

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => desk.Run(["status", .. number % 2 == 0 ? new[] { "--exact" } : []])));

        Assert.All(outcomes, outcome => outcome.Expect(0));
        using var memory = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(desk.State, "sizes.json"), TestContext.Current.CancellationToken));
        Assert.DoesNotContain("?", RunsTable((await desk.Run("status")).Expect(0).Out), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(desk.State, "*.draft"));
    }

    [Fact]
    public async Task A_memory_that_is_spoilt_or_cannot_be_written_changes_nothing_but_the_time()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "sh", "-c", "head -c 700100 /dev/zero > /tmp/x")).Expect(0);
        var memory = Path.Combine(desk.State, "sizes.json");
        await File.WriteAllTextAsync(memory, "{\"schemaVersion\":1,\"contai", TestContext.Current.CancellationToken);
        Assert.Equal("701 kB", await ExactDisk(desk));

        File.Delete(memory);
        Directory.CreateDirectory(memory);
        Assert.Equal("701 kB", await ExactDisk(desk));
    }

    [Fact]
    public async Task Killed_in_the_middle_it_leaves_no_harm()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "sh", "-c", "head -c 700100 /dev/zero > /tmp/x")).Expect(0);
        for (var delay = 0; delay < 120; delay += 6)
        {
            await using var running = desk.Start("status", "--exact");
            await Task.Delay(delay, TestContext.Current.CancellationToken);
            running.Send(Signal.Kill);
            await running.End();
        }

        Assert.Equal("701 kB", await ExactDisk(desk));
    }

    [Fact]
    public async Task An_engine_that_hangs_in_the_middle_is_given_up_and_the_rest_is_shown()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", "--name", "mine", ".", "--", "true")).Expect(0);
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);
        desk.Set("AGENTOPS_TIMEOUT", "2");
        _ = engine.HoldNext("GET", "/images/json", answer: true);

        var outcome = (await desk.Run("status")).Expect(1);

        Assert.Contains("mine", RunsTable(outcome.Out), StringComparison.Ordinal);
        Assert.True(outcome.Out.Contains("⚠ Stale images: not known\n", StringComparison.Ordinal), outcome.ToString());
        desk.Set("AGENTOPS_TIMEOUT", null);
    }

    [Fact]
    public async Task Strangers_with_our_name_or_label_are_shown_and_lead_nowhere()
    {
        await using var desk = Desk.WithOwnAgent();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        var image = (await desk.Engine.ImageId(desk.Image))!;
        var name = "agentops-" + Desk.RareNumber()[..8];
        var odd = await desk.Engine.CreateContainer("odd" + Desk.RareNumber(), new { Image = image, Cmd = new[] { "true" }, Labels = new Dictionary<string, string> { ["agentops"] = "true", ["agentops.run"] = "../../etc", ["agentops.agent"] = "\u001b[31mred", ["long"] = new string('x', 100_000) } });
        var named = await desk.Engine.CreateContainer(name, new { Image = image, Cmd = new[] { "true" } });
        try
        {
            var outcome = (await desk.Run("status")).Expect(0);
            Assert.Contains(name, outcome.Out, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', outcome.Out);
            Assert.Contains("orphaned container", outcome.Out, StringComparison.Ordinal);
            // One was made a moment ago, the other is ours by its name alone: neither goes.
            (await desk.Run("clean", "--force")).Expect(0);
            Assert.NotNull(await desk.Engine.Get($"containers/{odd}/json"));
            Assert.NotNull(await desk.Engine.Get($"containers/{named}/json"));
        }
        finally
        {
            await desk.Engine.RemoveContainer(odd);
            await desk.Engine.RemoveContainer(named);
        }
    }

    [Fact]
    public async Task Watching_follows_what_happens_in_place_and_leaves_the_terminal_as_it_was()
    {
        await using var desk = Desk.Plain();
        await using var screen = await Screen.Open(desk, columns: 90, rows: 30);
        await screen.Type("stty -a > before; agent status --watch; echo co\"\"de=$?; stty -a > after");
        await screen.WaitFor("Health");
        (await desk.Run("run", "--name", "appears", ".", "--", "true")).Expect(0);
        await screen.WaitFor("appears");
        await screen.Resize(60, 20);
        await Until.True(async () => (await screen.LookAtWindow()).Split('\n').All(line => line.Length <= 60), () => "the table to fit the window");
        Assert.Equal(1, (await screen.LookAtWindow()).Split("Health").Length - 1);

        await screen.Press("C-c");
        await screen.WaitFor("code=");
        await Until.True(() => File.Exists(Path.Combine(desk.Workspace, "after")) && desk.Read("after").Length > 0, () => "stty");
        Assert.Equal(SizeOfTerminal().Replace(desk.Read("before"), ""), SizeOfTerminal().Replace(desk.Read("after"), ""));
    }

    /// <summary>The DISK of the only run.</summary>
    private static async Task<string> ExactDisk(Desk desk)
    {
        var line = RunsTable((await desk.Run("status", "--exact")).Expect(0).Out).Split('\n').Single(line => line.Contains(" stopped ", StringComparison.Ordinal));
        return string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2..]);
    }

    private static string RunsTable(string status) => status.Split("\n\n")[1];

    [GeneratedRegex("rows \\d+; columns \\d+;")]
    private static partial Regex SizeOfTerminal();
}
