using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agentops.EndToEnd;

public sealed class RecordSpecs
{
    [Fact]
    public async Task The_record_tells_all_that_is_needed_and_no_environment()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach("--name", "noted", "-e", "PLAIN=do-not-keep-me", ".", "--", "sleep", "1000");
        var text = await File.ReadAllTextAsync(desk.RecordOf(run), TestContext.Current.CancellationToken);
        var record = JsonDocument.Parse(text).RootElement;
        Assert.Equal(1, record.GetProperty("schemaVersion").GetInt32());
        Assert.Equal(run, record.GetProperty("id").GetString());
        Assert.Equal("noted", record.GetProperty("name").GetString());
        Assert.Equal(desk.Agent, record.GetProperty("agent").GetString());
        Assert.Equal(desk.Workspace, record.GetProperty("workspace").GetString());
        Assert.Equal(desk.Image, record.GetProperty("image").GetString());
        Assert.Equal(["sleep", "1000"], record.GetProperty("command").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal(TimeSpan.Zero, record.GetProperty("createdAt").GetDateTimeOffset().Offset);
        Assert.DoesNotContain("do-not-keep-me", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_are_0700_and_files_0600_whatever_the_umask()
    {
        await using var desk = Desk.Plain();
        (await desk.Shell("umask 000; agent run --rm . -- echo kept")).Expect(0);
        var modes = (await desk.Shell($"find '{desk.State}' -type d -printf 'd%m\\n' -o -printf 'f%m\\n' | sort -u")).Expect(0);
        Assert.Equal("d700\nf600\n", modes.Out);
    }

    [Theory]
    [InlineData("empty", "")]
    [InlineData("cut short", "{\"schemaVersion\": 1, \"id\": \"")]
    [InlineData("no record", "[1, 2, 3]")]
    [InlineData("binary", "\0\u0001\u001b[31m")]
    public async Task A_record_that_cannot_be_read_is_named_and_kept_and_the_other_runs_are_shown(string what, string text)
    {
        await using var desk = Desk.Plain();
        var good = await desk.Detach("--name", "good", ".", "--", "sleep", "1000");
        var bad = await desk.Detach("--name", "bad", ".", "--", "sleep", "1000");
        await File.WriteAllTextAsync(desk.RecordOf(bad), text, TestContext.Current.CancellationToken);

        var list = await desk.Run("list");
        Assert.True(list.ExitCode is 0 or 1, $"{what}: {list}");
        Assert.Contains(good, list.Out, StringComparison.Ordinal);
        Assert.Contains(bad, list.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', list.Error);
        Assert.Equal(text, await File.ReadAllTextAsync(desk.RecordOf(bad), TestContext.Current.CancellationToken));
        (await desk.Run("stop", "-t", "0", bad)).Expect(0);
    }

    [Fact]
    public async Task A_record_of_a_newer_version_is_said_to_be_one_and_kept()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach(".", "--", "sleep", "1000");
        var record = JsonNode.Parse(await File.ReadAllTextAsync(desk.RecordOf(run), TestContext.Current.CancellationToken))!;
        record["schemaVersion"] = 99;
        var text = record.ToJsonString();
        await File.WriteAllTextAsync(desk.RecordOf(run), text, TestContext.Current.CancellationToken);

        var list = await desk.Run("list");
        Assert.Contains("newer", list.Error, StringComparison.Ordinal);
        Assert.Contains(run, list.Error, StringComparison.Ordinal);
        Assert.Equal(text, await File.ReadAllTextAsync(desk.RecordOf(run), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Fields_it_does_not_know_are_ignored()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach("--name", "future", ".", "--", "sleep", "1000");
        var record = JsonNode.Parse(await File.ReadAllTextAsync(desk.RecordOf(run), TestContext.Current.CancellationToken))!;
        record["mood"] = "good";
        await File.WriteAllTextAsync(desk.RecordOf(run), record.ToJsonString(), TestContext.Current.CancellationToken);
        var list = (await desk.Run("list")).Expect(0);
        Assert.Contains("future", list.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(run, list.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_disk_full_the_run_is_refused_and_leaves_nothing()
    {
        await using var desk = Desk.Plain();
        Directory.CreateDirectory(desk.State);
        (await desk.Shell($"mount -t tmpfs -o size=256k,mode=0700 tmpfs '{desk.State}'")).Expect(0);
        try
        {
            (await desk.Run("run", ".", "--", "true")).Expect(0);
            var before = await desk.Containers();
            await desk.Shell($"dd if=/dev/zero of='{desk.State}/filler' bs=1k 2>/dev/null");

            var outcome = (await desk.Run("run", ".", "--", "true")).Expect(125);
            Assert.Contains("No space left", outcome.Error, StringComparison.OrdinalIgnoreCase);
            Assert.Contains(desk.State, outcome.Error, StringComparison.Ordinal);
            Assert.Equal(before, await desk.Containers());
            Assert.Single(Directory.GetDirectories(Path.Combine(desk.State, "runs")));
        }
        finally
        {
            foreach (var container in await desk.Containers())
            {
                await desk.Engine.RemoveContainer(container);
            }

            (await desk.Shell($"umount '{desk.State}'")).Expect(0);
        }
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_made_is_an_error_that_names_it()
    {
        await using var desk = Desk.Plain();
        desk.Write("file", "");
        desk.Set("AGENTOPS_HOME", Path.Combine(desk.Workspace, "file", "state"));
        var outcome = (await desk.Run("run", ".", "--", "true")).Expect(125);
        Assert.Contains("file/state", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.Error.TrimEnd('\n').Split('\n').Count(line => line.StartsWith("agent: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_container_with_the_name_of_a_run_and_no_record_is_told_as_orphaned()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach(".", "--", "sleep", "1000");
        Directory.Delete(Path.GetDirectoryName(desk.RecordOf(run))!, recursive: true);
        var list = (await desk.Run("list")).Expect(0);
        Assert.Contains(run, list.Error, StringComparison.Ordinal);
        Assert.Contains("orphan", list.Error, StringComparison.Ordinal);
    }
}
