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
