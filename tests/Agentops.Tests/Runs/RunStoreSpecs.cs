using System.Collections.Concurrent;
using System.Diagnostics;
using Agentops.Runs;
using Agentops.Terminal;

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

    [Theory]
    [InlineData("file", "it is not a folder")]
    [InlineData("link", "it is a link, and nothing is where it leads to")]
    public void Records_that_cannot_be_looked_for_are_not_taken_for_none(string what, string fault)
    {
        Directory.CreateDirectory(folder["state"]);
        if (what == "file")
        {
            File.WriteAllText(folder["state/runs"], "");
        }
        else
        {
            // A disk that is not mounted.
            Directory.CreateSymbolicLink(folder["state/runs"], folder["elsewhere"]);
        }

        var failure = Assert.Throws<AgentopsException>(() => store.ReadAll());

        Assert.Equal($"Cannot read {folder["state/runs"]}: {fault}", failure.Message);
        Assert.Equal("stateUnreadable", failure.Code);
    }

    [Fact]
    public void A_folder_of_records_may_be_a_link_to_another_disk()
    {
        Directory.CreateDirectory(folder["state"]);
        Directory.CreateDirectory(folder["elsewhere"]);
        Directory.CreateSymbolicLink(folder["state/runs"], folder["elsewhere"]);
        store.TryCreate(Given.Id(), Given.Record());

        Assert.NotNull(Assert.Single(store.ReadAll()).Record);
        Assert.True(File.Exists(folder["elsewhere/a1b2c3d4/run.json"]));
    }

    [Theory]
    [InlineData("pipe")]
    [InlineData("folder")]
    [InlineData("device")]
    [InlineData("huge")]
    public void What_is_no_file_or_larger_than_any_record_is_not_read(string what)
    {
        var path = Path.Combine(Directory.CreateDirectory(store.FolderOf(Given.Id())).FullName, "run.json");
        switch (what)
        {
            case "pipe":
                using (var made = Process.Start("mkfifo", [path]))
                {
                    made.WaitForExit();
                }

                break;
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            default:
                using (var file = File.Create(path))
                {
                    file.SetLength(3_000_000_000);
                }

                break;
        }

        Assert.Equal($"{path}: not a record", Assert.Single(store.ReadAll()).Fault);
    }

    [Fact]
    public async Task A_new_record_appears_whole_or_not_at_all()
    {
        var isOver = 0;
        var ids = Enumerable.Range(0, 50).Select(number => Given.Id($"r{number:d7}")).ToList();
        var reading = Task.Run(() =>
        {
            var faults = new List<string>();
            while (Volatile.Read(ref isOver) == 0)
            {
                faults.AddRange(store.ReadAll().Select(entry => entry.Fault).OfType<string>());
            }

            return faults;
        });
        foreach (var id in ids)
        {
            Assert.True(store.TryCreate(id, Given.Record(id.ToString())));
            store.Save(id, Given.Record(id.ToString(), exitCode: 0));
        }

        Volatile.Write(ref isOver, 1);
        Assert.Empty(await reading);
        Assert.Equal(50, store.ReadAll().Count);
    }

    [Fact]
    public void Of_many_who_want_one_id_one_gets_it_and_nothing_else_stays()
    {
        var got = new ConcurrentBag<int>();
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, number =>
        {
            if (store.TryCreate(Given.Id(), Given.Record(name: $"run-{number}")))
            {
                got.Add(number);
            }
        });

        Assert.Equal($"run-{Assert.Single(got)}", store.Read(Given.Id())!.Record!.Name);
        Assert.Equal(["a1b2c3d4"], Directory.EnumerateFileSystemEntries(folder["state/runs"]).Select(Path.GetFileName));
    }

    [Fact]
    public void A_record_that_cannot_be_replaced_stays_as_it_was_and_nothing_beside_it()
    {
        store.TryCreate(Given.Id(), Given.Record());
        var path = Path.Combine(store.FolderOf(Given.Id()), "run.json");
        File.Delete(path);
        Directory.CreateDirectory(path);

        Assert.Throws<AgentopsException>(() => store.Save(Given.Id(), Given.Record()));
        Assert.Equal(["run.json"], Directory.EnumerateFileSystemEntries(store.FolderOf(Given.Id())).Select(Path.GetFileName));
    }

    [Fact]
    public void An_id_of_the_state_folder_that_cannot_be_made_leaves_no_draft()
    {
        Directory.CreateDirectory(folder["state/installation"]);

        Assert.Throws<AgentopsException>(() => store.Installation());
        Assert.Equal(["installation"], Directory.EnumerateFileSystemEntries(folder["state"]).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("not an id")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("pipe")]
    [InlineData("device")]
    public void An_id_of_the_state_folder_that_cannot_be_read_is_none(string what)
    {
        Directory.CreateDirectory(folder["state"]);
        if (what == "pipe")
        {
            using var made = Process.Start("mkfifo", [folder["state/installation"]]);
            made.WaitForExit();
        }
        else if (what == "device")
        {
            File.CreateSymbolicLink(folder["state/installation"], "/dev/zero");
        }
        else
        {
            File.WriteAllText(folder["state/installation"], what);
        }

        Assert.Null(store.KnownInstallation);
    }

    [Fact]
    public void A_run_that_is_removed_is_gone_with_all_its_files()
    {
        store.TryCreate(Given.Id(), Given.Record());
        File.WriteAllBytes(store.OutputOf(Given.Id()), new byte[1000]);
        var size = store.FolderSize(Given.Id());

        Assert.Equal(size, store.Remove(Given.Id()));
        Assert.Null(store.Read(Given.Id()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["state/runs"]));
        Assert.Equal(ByteSize.Zero, store.Remove(Given.Id()));
    }

    [Fact]
    public void Links_are_removed_and_neither_followed_nor_counted()
    {
        Directory.CreateDirectory(folder["mine"]);
        File.WriteAllBytes(folder["mine/file"], new byte[100_000]);
        store.TryCreate(Given.Id(), Given.Record());
        var before = store.FolderSize(Given.Id())!.Value;
        Directory.CreateSymbolicLink(Path.Combine(store.FolderOf(Given.Id()), "link"), folder["mine"]);
        Directory.CreateSymbolicLink(store.FolderOf(Given.Id("link0000")), folder["mine"]);

        Assert.InRange(store.FolderSize(Given.Id())!.Value.Bytes, before.Bytes, before.Bytes + 1000);
        Assert.Null(store.FolderSize(Given.Id("link0000")));
        store.Remove(Given.Id());
        store.Remove(Given.Id("link0000"));
        Assert.True(File.Exists(folder["mine/file"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["state/runs"]));
    }

    [Fact]
    public void A_folder_of_too_many_files_is_given_up()
    {
        Directory.CreateDirectory(store.FolderOf(Given.Id()));
        for (var number = 0; number < 11; number++)
        {
            File.WriteAllText(Path.Combine(store.FolderOf(Given.Id()), $"{number}"), "x");
        }

        Assert.Equal(new ByteSize(11), store.FolderSize(Given.Id(), mostFiles: 11));
        Assert.Null(store.FolderSize(Given.Id(), mostFiles: 10));
        Assert.Equal(ByteSize.Zero, store.FolderSize(Given.Id("nothing0")));
    }

    [Fact]
    public void What_a_killed_command_left_is_a_leftover_at_once_but_not_somebodys_work_in_hand()
    {
        Left(".removed-e5f6g7h8-0", bytes: 100);
        Left(".creating-i9j0k1l2-0", bytes: 7);
        Left(".removed-m3n4o5p6-0", bytes: 9);
        Left(".future-thing", bytes: 9);
        Left("not-a-run", bytes: 9);
        store.TryCreate(Given.Id(), Given.Record());
        Directory.CreateSymbolicLink(folder["state/runs/.removed-isalink0-0"], folder.Path);
        using (FolderLock.Take(folder["state/runs/.removed-m3n4o5p6-0"]))
        {
            var leftovers = Leftovers();

            Assert.Equal([new Leftover(".creating-i9j0k1l2-0", new ByteSize(7)), new Leftover(".removed-e5f6g7h8-0", new ByteSize(100))], leftovers);
            Assert.Equal(new ByteSize(100), store.Remove(leftovers[1]));
            Assert.Equal(ByteSize.Zero, store.Remove(leftovers[1]));
            Assert.False(Directory.Exists(folder["state/runs/.removed-e5f6g7h8-0"]));
            // Whoever is at it removes it, and counts it.
            Assert.Equal(ByteSize.Zero, store.Remove(new Leftover(".removed-m3n4o5p6-0", new ByteSize(9))));
            Assert.True(Directory.Exists(folder["state/runs/.removed-m3n4o5p6-0"]));
        }

        Assert.Contains(new Leftover(".removed-m3n4o5p6-0", new ByteSize(9)), Leftovers());

        List<Leftover> Leftovers() => [.. store.Leftovers(DateTimeOffset.UtcNow).OrderBy(leftover => leftover.Name, StringComparer.Ordinal)];
    }

    [Fact]
    public void The_name_of_a_leftover_leads_nowhere_else()
    {
        Left(".removed-e5f6g7h8-0", bytes: 1);
        Directory.CreateDirectory(folder["mine"]);

        store.Remove(new Leftover("../../mine", null));

        Assert.True(Directory.Exists(folder["mine"]));
    }

    [Fact]
    public void Without_a_folder_of_runs_there_are_no_leftovers() => Assert.Empty(store.Leftovers(Given.Now));

    [Fact]
    public void A_lock_is_shared_by_those_who_share_it_and_by_nobody_else()
    {
        using (var first = store.TryShareLock("use-agentops/x:latest"))
        {
            using var second = store.TryShareLock("use-agentops/x:latest");

            Assert.NotNull(first);
            Assert.NotNull(second);
            Assert.Null(store.TryLock("use-agentops/x:latest"));
        }

        using (store.TryLock("use-agentops/x:latest"))
        {
            Assert.Null(store.TryShareLock("use-agentops/x:latest"));
        }

        using var again = store.TryShareLock("use-agentops/x:latest");
        Assert.NotNull(again);
    }

    [Fact]
    public void A_lock_without_a_place_for_it_is_a_failure_and_not_somebody_elses()
    {
        File.WriteAllText(folder["state"], "a file where the folder should be");

        Assert.StartsWith("Cannot take a lock", Assert.Throws<AgentopsException>(() => store.TryLock("x")).Message, StringComparison.Ordinal);
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

    private void Left(string name, int bytes)
    {
        var left = Directory.CreateDirectory(folder[$"state/runs/{name}"]);
        File.WriteAllBytes(Path.Combine(left.FullName, "output.log"), new byte[bytes]);
    }
}
