using Agentops.Runs;

namespace Agentops.Tests.Runs;

public sealed class RunStoreSpecs : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly RunStore store;

    public RunStoreSpecs() => store = new RunStore(folder["state"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_record_is_read_as_it_was_written()
    {
        var record = Given.Record(started: Given.Now, exitCode: 3) with { Command = ["sh", "-c", "echo 'ü'"] };
        store.TryCreate(Given.Id(), record);

        var read = store.Read(Given.Id())!.Record!;

        Assert.Equivalent(record, read);
        Assert.Equal(record.Command, read.Command);
    }

    [Fact]
    public void An_id_is_given_to_one_run_only()
    {
        Assert.True(store.TryCreate(Given.Id(), Given.Record(name: "first")));
        Assert.False(store.TryCreate(Given.Id(), Given.Record(name: "second")));
        Assert.Equal("first", store.Read(Given.Id())!.Record!.Name);
    }

    [Fact]
    public void Folders_and_files_are_the_user_s_alone()
    {
        store.TryCreate(Given.Id(), Given.Record());
        store.Installation();

        Assert.Equal("700 700 700 600 600", string.Join(' ', new[] { folder["state"], folder["state/runs"], store.FolderOf(Given.Id()), Path.Combine(store.FolderOf(Given.Id()), "run.json"), folder["state/installation"] }
            .Select(path => Convert.ToString((int)File.GetUnixFileMode(path), 8))));
    }

    [Fact]
    public void No_draft_stays_behind()
    {
        store.TryCreate(Given.Id(), Given.Record());
        store.Save(Given.Id(), Given.Record(name: "again"));

        Assert.Equal(["run.json"], Directory.GetFiles(store.FolderOf(Given.Id())).Select(Path.GetFileName));
    }

    [Fact]
    public void An_installation_keeps_its_id() => Assert.Equal(store.Installation(), new RunStore(folder["state"]).Installation());

    [Fact]
    public void Looking_writes_nothing()
    {
        Assert.Empty(store.ReadAll());
        Assert.Null(store.Read(Given.Id()));
        Assert.False(Directory.Exists(folder["state"]));
    }

    [Theory]
    [InlineData("", "empty, cut short or not JSON")]
    [InlineData("""{"schemaVersion": 1, "id": "a1b2""", "empty, cut short or not JSON")]
    [InlineData("null", "not a record")]
    [InlineData("[]", "empty, cut short or not JSON")]
    [InlineData("""{"schemaVersion": 1, "id": "a1b2c3d4"}""", "incomplete")]
    [InlineData("""{"schemaVersion": 2, "id": "a1b2c3d4", "somethingNew": {}}""", "written by a newer agent (schema 2, this one reads 1)")]
    public void A_record_that_is_not_ours_to_read_is_named_and_kept(string content, string fault)
    {
        store.TryCreate(Given.Id(), Given.Record());
        var path = Path.Combine(store.FolderOf(Given.Id()), "run.json");
        File.WriteAllText(path, content);

        var entry = Assert.Single(store.ReadAll());

        Assert.Null(entry.Record);
        Assert.Equal($"{path}: {fault}", entry.Fault);
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void The_record_of_another_run_is_not_taken_for_this_one()
    {
        store.TryCreate(Given.Id("a1b2c3d4"), Given.Record("zzzzzzzz"));

        Assert.EndsWith("the record of another run", store.Read(Given.Id("a1b2c3d4"))!.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_folder_that_is_a_link_is_not_followed()
    {
        store.TryCreate(Given.Id("real0000"), Given.Record("real0000"));
        Directory.CreateSymbolicLink(store.FolderOf(Given.Id("link0000")), store.FolderOf(Given.Id("real0000")));

        Assert.EndsWith("is a link, not a folder", store.Read(Given.Id("link0000"))!.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_that_are_not_named_as_a_run_are_nobody_s()
    {
        store.TryCreate(Given.Id(), Given.Record());
        Directory.CreateDirectory(folder["state/runs/not-a-run"]);

        Assert.Single(store.ReadAll());
    }

    [Fact]
    public void A_run_folder_without_a_record_is_told()
    {
        Directory.CreateDirectory(store.FolderOf(Given.Id()));

        Assert.EndsWith("holds no run.json", Assert.Single(store.ReadAll()).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_cannot_be_written_leaves_nothing()
    {
        File.WriteAllText(folder["state"], "a file where the folder should be");

        var failure = Assert.Throws<AgentopsException>(() => store.TryCreate(Given.Id(), Given.Record()));

        Assert.StartsWith("Cannot write the record of the run", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_in_the_folder_of_a_run_is_removed_and_never_followed()
    {
        Directory.CreateDirectory(folder["precious/deep"]);
        File.WriteAllBytes(folder["precious/file"], new byte[100_000]);
        store.TryCreate(Given.Id(), Given.Record());
        var size = store.FolderSize(Given.Id())!.Value;
        Directory.CreateSymbolicLink(Path.Combine(store.FolderOf(Given.Id()), "to-a-folder"), folder["precious"]);
        File.CreateSymbolicLink(Path.Combine(store.FolderOf(Given.Id()), "to-a-file"), folder["precious/file"]);
        File.CreateSymbolicLink(Path.Combine(store.FolderOf(Given.Id()), "to-nothing"), folder["nothing"]);

        Assert.Equal(size, store.Remove(Given.Id()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["state/runs"]));
        Assert.True(Directory.Exists(folder["precious/deep"]));
        Assert.Equal(100_000, new FileInfo(folder["precious/file"]).Length);
    }

    [Fact]
    public void A_folder_of_a_run_that_became_a_link_is_removed_and_not_followed()
    {
        Directory.CreateDirectory(folder["precious/deep"]);
        File.WriteAllBytes(folder["precious/file"], new byte[100_000]);
        Directory.CreateDirectory(folder["state/runs"]);
        Directory.CreateSymbolicLink(store.FolderOf(Given.Id()), folder["precious"]);

        Assert.Equal(0, store.Remove(Given.Id()).Bytes);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["state/runs"]));
        Assert.True(Directory.Exists(folder["precious/deep"]));
        Assert.True(File.Exists(folder["precious/file"]));
    }

    [Fact]
    public void A_leftover_that_is_a_link_is_none()
    {
        Directory.CreateDirectory(folder["precious"]);
        Directory.CreateDirectory(folder["state/runs"]);
        Directory.CreateSymbolicLink(folder["state/runs/.removed-a1b2c3d4-0"], folder["precious"]);

        Assert.Empty(store.Leftovers(TimeProvider.System.GetUtcNow().AddDays(1)));
    }

    [Fact]
    public void Killed_at_any_point_of_its_removal_a_run_is_there_whole_or_what_is_left_of_it_is_seen_and_can_be_removed()
    {
        string[] steps = ["rename", "output.log", "run.json", "more/file", "more", "."];
        for (var done = 0; done <= steps.Length; done++)
        {
            store.TryCreate(Given.Id(), Given.Record());
            Directory.CreateDirectory(Path.Combine(store.FolderOf(Given.Id()), "more"));
            File.WriteAllText(Path.Combine(store.FolderOf(Given.Id()), "more", "file"), "four");
            File.WriteAllText(store.OutputOf(Given.Id()), "output");
            var left = folder[$"state/runs/.removed-{Given.Id()}-{Guid.NewGuid():N}"];
            foreach (var step in steps.Take(done))
            {
                Cut(step, left);
            }

            var later = TimeProvider.System.GetUtcNow().AddMinutes(2);
            var (runs, leftovers) = (store.ReadAll(), store.Leftovers(later));
            var bytes = Directory.EnumerateFiles(folder["state/runs"], "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
            Assert.Equal((done == 0 ? 1 : 0, done is > 0 and < 6 ? 1 : 0), (runs.Count, leftovers.Count));
            Assert.All(runs, run => Assert.NotNull(run.Record));
            Assert.Equal(bytes, runs.Sum(run => store.Remove(run.Id).Bytes) + leftovers.Sum(leftover => store.Remove(leftover).Bytes));
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder["state/runs"]));
        }

        void Cut(string step, string left)
        {
            if (step == "rename")
            {
                Directory.Move(store.FolderOf(Given.Id()), left);
            }
            else if (Directory.Exists(Path.Combine(left, step)))
            {
                Directory.Delete(Path.Combine(left, step));
            }
            else
            {
                File.Delete(Path.Combine(left, step));
            }
        }
    }

    [Fact]
    public void The_last_use_of_an_image_is_remembered_until_it_is_forgotten()
    {
        Assert.Null(store.LastUse("agentops/x:latest"));
        store.RememberUse("agentops/x:latest", Given.Now);
        store.RememberUse("agentops/x:latest", Given.Now.AddDays(-1));
        store.RememberUse("agentops/y:latest", Given.Now.AddDays(-1));

        Assert.Equal(Given.Now, store.LastUse("agentops/x:latest"));
        store.ForgetUse("agentops/x:latest");
        Assert.Null(store.LastUse("agentops/x:latest"));
        Assert.Equal(Given.Now.AddDays(-1), store.LastUse("agentops/y:latest"));
    }

    [Fact]
    public void A_lock_is_held_by_one_until_it_is_closed()
    {
        using (store.TryLock("agentops/x:latest"))
        {
            Assert.Null(store.TryLock("agentops/x:latest"));
            using var other = store.TryLock("agentops/y:latest");
            Assert.NotNull(other);
        }

        using var again = store.TryLock("agentops/x:latest");
        Assert.NotNull(again);
    }
}
