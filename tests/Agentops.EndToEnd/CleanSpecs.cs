using System.Text.Json;

namespace Agentops.EndToEnd;

/// <summary><c>agent clean</c> on a real engine: what it sends, what it leaves, and what scripts get of it.</summary>
public sealed class CleanSpecs
{
    [Fact]
    public async Task It_removes_what_it_showed_and_says_so()
    {
        await using var desk = Desk.WithOwnAgent();
        (await desk.Run("run", "--name", "first", ".", "--", "true")).Expect(0);
        var running = await desk.Detach("--name", "second", ".", "--", "sleep", "1000");

        var outcome = (await desk.Run("clean", "--force")).Expect(0);

        Assert.Equal("Scanning for resources to clean...\n\n", outcome.Error);
        Assert.Matches("""
            ^Stopped runs \(1\):
              first    [a-z0-9]{8}    stopped   just now   [\d.]+ k?B

            Total: 1 resource, ([\d.]+ k?B)

            Removing run first \([a-z0-9]{8}\)\.\.\. done

            Cleaned 1 resource, freed \1
            $
            """.ReplaceLineEndings("\n"), outcome.Out);
        Assert.Equal([running], (await desk.Runs()).Select(run => run.GetProperty("id").GetString()));
        Assert.NotNull(await desk.Engine.ImageId(desk.Image));

        (await desk.Run("stop", "-t", "0", running)).Expect(0);
        var last = (await desk.Run("clean", "--force", "--verbose")).Expect(0);
        Assert.True(await desk.Containers() is [] && await desk.Engine.ImagesLabelled($"agentops.agent={desk.Agent}") is [], last.ToString());
        Assert.StartsWith("Nothing to clean.\n", (await desk.Run("clean", "--force")).Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_sends_nothing_but_reads()
    {
        await using var desk = Desk.WithOwnAgent();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);

        Assert.Contains("\nTotal: 2 resources, ", (await desk.Run("clean", "--dry-run")).Expect(0).Out, StringComparison.Ordinal);
        (await desk.Run("clean", "--dry-run", "--json")).Expect(0);
        (await desk.Run("clean", "--plan", "plan.json")).Expect(0);
        (await desk.Run("clean")).Expect(5);

        Assert.NotEmpty(engine.Requests);
        Assert.All(engine.Requests, line => Assert.StartsWith("GET ", line, StringComparison.Ordinal));
        Assert.Single(await desk.Containers());
    }

    [Fact]
    public async Task No_removal_is_ever_forced_and_only_runs_lose_their_own_volumes()
    {
        await using var desk = Desk.WithOwnAgent("setup: [date +%s%N > /made]");
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        (await desk.Run("run", "--rebuild", ".", "--", "true")).Expect(0);
        Directory.Delete(Path.GetDirectoryName(desk.RecordOf((await desk.Runs())[0].GetProperty("id").GetString()!))!, recursive: true);
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);

        (await desk.Run("clean", "--force")).Expect(0);

        var changes = engine.Requests.Where(line => !line.StartsWith("GET ", StringComparison.Ordinal)).ToList();
        // An orphan, a run, an image and a dangling one; and what the build cache held of them.
        Assert.Equal((2, 2), (changes.Count(line => line.StartsWith("DELETE ", StringComparison.Ordinal) && line.Contains("/containers/", StringComparison.Ordinal)), changes.Count(line => line.StartsWith("DELETE ", StringComparison.Ordinal) && line.Contains("/images/", StringComparison.Ordinal))));
        Assert.All(changes, line =>
        {
            Assert.Matches("^(DELETE /v1\\.\\d+/(containers|images)/|POST /v1\\.\\d+/build/prune\\?)", line);
            Assert.DoesNotContain("force", line, StringComparison.OrdinalIgnoreCase);
            Assert.False(line.Contains("v=1", StringComparison.Ordinal) && !line.Contains("/containers/", StringComparison.Ordinal), line);
            Assert.False(line.StartsWith("POST ", StringComparison.Ordinal) && !line.Contains("filters=", StringComparison.Ordinal), line);
        });
        Assert.Empty(await desk.Containers());
    }

    [Fact]
    public async Task Scripts_can_answer_and_without_an_answer_nothing_goes()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "true")).Expect(0);

        var silent = (await desk.Run("clean", "--runs")).Expect(5);
        Assert.Contains("--force", silent.Error, StringComparison.Ordinal);
        Assert.EndsWith("Remove these resources? [y/N]: \nNothing removed.\n", (await desk.Shell("echo n | agent clean --runs 2>&1")).Expect(0).Out, StringComparison.Ordinal);
        Assert.Single(await desk.Runs());

        Assert.Matches("\nCleaned 1 resource, freed [\\d.]+ k?B\n$", (await desk.Shell("echo y | agent clean --runs")).Expect(0).Out);
        Assert.Empty(await desk.Runs());
    }

    [Fact]
    public async Task With_force_and_json_only_the_report_is_printed()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "true")).Expect(0);

        var outcome = (await desk.Run("clean", "--runs", "--force", "--json")).Expect(0);

        var report = JsonDocument.Parse(outcome.Out).RootElement;
        Assert.Equal(("", 1, 1), (outcome.Error, report.GetProperty("schemaVersion").GetInt32(), report.GetProperty("removed").GetInt32()));
    }

    [Theory]
    [InlineData("agent clean --runs --dry-run | head -n 1")]
    [InlineData("agent clean --runs --dry-run >&- | true")]
    [InlineData("agent clean --runs | true")]
    public async Task A_reader_that_leaves_breaks_nothing(string line)
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "true")).Expect(0);

        var outcome = await desk.Shell(line);

        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.Single(await desk.Runs());
    }

    [Fact]
    public async Task What_was_shown_goes_even_if_nobody_reads_of_it_and_else_nothing_goes()
    {
        await using var desk = Desk.Plain();
        for (var run = 0; run < 3; run++)
        {
            (await desk.Run("run", ".", "--", "true")).Expect(0);
        }

        (await desk.Shell("(agent clean --runs --force; echo $? > code) | true")).Expect(0);
        Assert.Equal(("141\n", 3), (desk.Read("code"), (await desk.Runs()).Count));

        // The plan is read, and no more.
        (await desk.Shell("(agent clean --runs --force; echo $? > code) | sed '/^Total/q' > shown")).Expect(0);
        Assert.Contains("Stopped runs (3):\n", desk.Read("shown"), StringComparison.Ordinal);
        Assert.Equal(("141\n", 0, 0), (desk.Read("code"), (await desk.Runs()).Count, (await desk.Containers()).Count));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_removed_is_one_line_and_the_rest_goes()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", "--name", "one", ".", "--", "true")).Expect(0);
        (await desk.Run("run", "--name", "two", ".", "--", "true")).Expect(0);
        var one = (await desk.Runs()).Single(run => run.GetProperty("name").GetString() == "one").GetProperty("id").GetString()!;
        var busy = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(desk.RecordOf(one))!, "busy")).FullName;
        // Not even root removes a folder that something is mounted on.
        (await RunningProgram.Run("mount", ["-t", "tmpfs", "tmpfs", busy])).Expect(0);
        try
        {
            var outcome = (await desk.Run("clean", "--runs", "--force")).Expect(1);
            Assert.Matches($"Removing run one \\({one}\\)\\.\\.\\. .*(busy|cannot).*\n", outcome.Out);
            Assert.Contains("Removing run two (", outcome.Out, StringComparison.Ordinal);
            Assert.Matches("\nCleaned 1 resource, freed .* \\(1 failed\\)\n$", outcome.Out);
        }
        finally
        {
            var mounted = (await desk.Shell($"grep -o '{desk.State}[^ ]*busy' /proc/mounts")).Out.Trim();
            (await RunningProgram.Run("umount", [mounted])).Expect(0);
        }

        // What is left is seen, and goes when it can.
        Assert.Contains("Total: 1 resource, ", (await desk.Run("clean", "--runs", "--dry-run")).Expect(0).Out, StringComparison.Ordinal);
        (await desk.Run("clean", "--runs", "--force")).Expect(0);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(desk.State, "runs")));
    }

    [Fact]
    public async Task A_link_in_a_folder_is_removed_and_never_followed()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        var folder = Path.GetDirectoryName(desk.RecordOf((await desk.Runs())[0].GetProperty("id").GetString()!))!;
        var precious = Directory.CreateDirectory(Path.Combine(desk.Folder, "precious")).FullName;
        await File.WriteAllTextAsync(Path.Combine(precious, "file"), "mine", TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(Path.Combine(folder, "link"), precious);
        File.CreateSymbolicLink(Path.Combine(folder, "file-link"), Path.Combine(precious, "file"));

        (await desk.Run("clean", "--runs", "--force")).Expect(0);

        Assert.False(Directory.Exists(folder));
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(precious, "file"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task When_the_engine_is_lost_halfway_what_was_done_is_told_and_the_rest_is_intact()
    {
        await using var desk = Desk.Plain();
        for (var run = 0; run < 12; run++)
        {
            (await desk.Run("run", ".", "--", "true")).Expect(0);
        }

        // Eight are removed at once: when the ninth is asked for, one has gone.
        await using var engine = new Proxy(desk);
        var ninth = engine.HoldNext(line => line.StartsWith("DELETE ", StringComparison.Ordinal), answer: false, after: 8);
        desk.Set("DOCKER_HOST", engine.Host);
        await using var running = desk.Start("clean", "--runs", "--force");
        await ninth.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        engine.Cut();
        var outcome = (await running.End()).Expect(1);

        desk.Set("DOCKER_HOST", desk.Engine.Host);
        var left = (await desk.Runs()).Count;
        Assert.InRange(left, 1, 11);
        Assert.Equal(12 - left, outcome.Out.Split("... done\n").Length - 1);
        Assert.Contains($"Cleaned {12 - left} resource", outcome.Out, StringComparison.Ordinal);
        (await desk.Run("clean", "--runs", "--force")).Expect(0);
        Assert.Empty(await desk.Containers());
    }

    [Fact]
    public async Task Ctrl_C_stops_after_what_is_in_hand_and_says_what_is_left()
    {
        await using var desk = Desk.Plain();
        for (var run = 0; run < 12; run++)
        {
            (await desk.Run("run", ".", "--", "true")).Expect(0);
        }

        await using var engine = new Proxy(desk);
        var first = engine.HoldNext(line => line.StartsWith("DELETE ", StringComparison.Ordinal), answer: false);
        desk.Set("DOCKER_HOST", engine.Host);
        await using var running = desk.Start("clean", "--runs", "--force");
        await first.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        running.Send(Signal.Interrupt);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        engine.Release();
        var outcome = (await running.End()).Expect(130);

        desk.Set("DOCKER_HOST", desk.Engine.Host);
        var left = (await desk.Runs()).Count;
        Assert.InRange(left, 1, 11);
        Assert.Contains($"Left alone: {left} resource", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(12 - left, outcome.Out.Split("... done\n").Length - 1);
    }

    [Fact]
    public async Task Two_at_once_remove_each_thing_once()
    {
        await using var desk = Desk.Plain();
        for (var run = 0; run < 10; run++)
        {
            (await desk.Run("run", ".", "--", "true")).Expect(0);
        }

        var reports = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ => JsonDocument.Parse((await desk.Run("clean", "--runs", "--force", "--json")).Expect(0).Out).RootElement));

        Assert.Equal(10, reports.Sum(report => report.GetProperty("removed").GetInt32()));
        Assert.Empty(await desk.Containers());
    }
}
