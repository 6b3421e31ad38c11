using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Status;
using Agentops.Terminal;
using Agentops.Tests.Fakes;

namespace Agentops.Tests.Cleaning;

/// <summary><c>kill -9</c> at each call to the runtime, before it takes effect and before its answer is heard: the next clean sees all that is left, finishes, and keeps what was to be kept.</summary>
public sealed class KilledCleanSpecs
{
    private const string Base = "agentops/base-node:22";
    private static readonly CleanOptions Options = new() { KeepImagesUsedWithin = TimeSpan.FromHours(48) };

    [Fact]
    public async Task Killed_at_any_call_the_next_clean_sees_all_that_is_left_and_finishes()
    {
        using var whole = new Bed();
        var report = await whole.Clean(whole.Runtime);
        Assert.False(report.HasFailures);
        Assert.Equal(9, report.Removed);

        var steps = 0;
        for (var wasCut = true; wasCut; steps++)
        {
            foreach (var isDone in new[] { false, true })
            {
                using var bed = new Bed();
                wasCut = await Kill(bed, steps + 1, isDone, whole, report);
            }
        }

        Assert.InRange(steps, 30, 60);
    }

    private static async Task<bool> Kill(Bed bed, int call, bool isDone, Bed whole, CleanReport all)
    {
        var runtime = CutRuntime.Of(bed.Runtime, call, isDone);
        var cutting = (CutRuntime)runtime;
        var plan = all.Removals.Select(removal => removal.Item).ToList();
        var first = bed.Clean(runtime);
        if (await Task.WhenAny(first, cutting.Cut) == first)
        {
            return false;
        }

        await bed.Settle(plan, cutting);
        bed.Die();
        var left = plan.Where(bed.IsThere).ToList();
        var wentBefore = bed.Went(plan);
        var second = await bed.Clean(bed.Runtime);
        var step = $"at call {call}, {(isDone ? "done" : "not done")}";

        Assert.Equal([step, .. left.Select(item => item.Key)], [step, .. second.Removals.Select(removal => removal.Item.Key)]);
        Assert.All(second.Removals, removal => Assert.Equal(RemovalOutcome.Removed, removal.Outcome));
        Assert.Equal(all.Freed.Bytes.Bytes, wentBefore + second.Freed.Bytes.Bytes);
        Assert.Equal([step, .. whole.Describe()], [step, .. bed.Describe()]);
        return true;
    }

    private sealed class Bed : IDisposable
    {
        private readonly Screen screen = new(inMemory: true);
        private readonly Signals signals = new();
        private readonly Dictionary<RunId, long> folders;
        private World world;

        public Bed()
        {
            var population = new Population(screen);
            screen.Settle();
            population.Base("node:22", size: 100_000_000);
            foreach (var (agent, size) in new[] { ("kept", 110_000_000), ("lately", 120_000_000), ("old", 130_000_000), ("tagged", 140_000_000) })
            {
                Runtime.AddImage($"agentops/{agent}:latest", Population.Labels(agent, (Labels.Base, "false")), size, Given.Now.AddDays(-9), basedOn: Base);
            }

            Runtime.TagByHand("agentops/old:latest", "agentops/old:1");
            Runtime.TagByHand("agentops/tagged:latest", "mine:1");
            Runtime.AddImage(null, Population.Labels("old", (Labels.Base, "false")), 150_000_000, Given.Now.AddDays(-9), basedOn: Base);
            population.Run("running0", "kept", ContainerState.Running);
            // It ended an hour ago, which only its container tells.
            Runtime.Become(population.Run("lately00", "lately", ContainerState.Exited, Given.Now.AddDays(-4), disk: 1_000_000, volume: 200_000), ContainerState.Exited, Given.Now.AddHours(-1));
            population.Run("older000", "lately", ContainerState.Exited, Given.Now.AddDays(-5), disk: 2_000_000);
            population.Record(Given.Record("gone0000", agent: "gone", ended: Given.Now.AddDays(-5)));
            population.Orphan("orphan00", ContainerState.Exited, disk: 3_000_000, image: "agentops/old:latest", createdAt: Given.Now.AddDays(-5));
            var left = Directory.CreateDirectory(Path.Combine(screen.StateFolder, "runs", ".removed-e5f6g7h8-0123456789abcdef0123456789abcdef"));
            File.WriteAllBytes(Path.Combine(left.FullName, "output.log"), new byte[4_000]);
            left.LastWriteTimeUtc = Given.Now.AddHours(-1).UtcDateTime;
            world = screen.WorldOf(new Streams(Stream.Null, Stream.Null, Stream.Null, tty: null), signals);
            folders = world.Runs.ReadAll().ToDictionary(run => run.Id, run => world.Runs.FolderSize(run.Id)!.Value.Bytes);
        }

        public FakeRuntime Runtime => screen.Runtime;

        public void Dispose()
        {
            signals.Dispose();
            screen.Dispose();
        }

        public async Task<CleanReport> Clean(IContainerRuntime runtime)
        {
            var inventory = await InventoryTaking.Take(world, runtime, InventoryDepth.Removal, CancellationToken.None);
            return await new Cleaner(world, runtime, inventory).CarryOut(CleanPlan.For(inventory, Options), _ => { }, _ => { }, CancellationToken.None);
        }

        /// <summary>Waits for the disk: whoever got an answer from the runtime is not dead before he has done with it what needs no runtime.</summary>
        public async Task Settle(IReadOnlyList<CleanItem> plan, CutRuntime cutting)
        {
            foreach (var run in plan.OfType<CleanItem.OfRun>().Select(item => item.Run))
            {
                var lastCall = run.Container is { } container ? $"RemoveContainer {container.Id}" : $"FindContainer {run.Id.ContainerName}";
                for (var tries = 0; cutting.Answered.Contains(lastCall) && Directory.EnumerateDirectories(Path.Combine(screen.StateFolder, "runs"), $"*{run.Id}*").Any(); tries++)
                {
                    Assert.True(tries < 10_000, $"{run.Id} is still there");
                    await Task.Delay(1);
                }
            }
        }

        /// <summary>Goes on with the disk as it is, and without what a dead process held.</summary>
        public void Die()
        {
            var copy = screen.StateFolder + "-after";
            foreach (var folder in Directory.EnumerateDirectories(screen.StateFolder, "*", SearchOption.AllDirectories).Prepend(screen.StateFolder))
            {
                var copied = Directory.CreateDirectory(folder.Replace(screen.StateFolder, copy, StringComparison.Ordinal));
                // Locks are let go, and hold nothing.
                foreach (var file in Directory.EnumerateFiles(folder).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
                {
                    File.Copy(file, Path.Combine(copied.FullName, Path.GetFileName(file)));
                }

                copied.LastWriteTimeUtc = Directory.GetLastWriteTimeUtc(folder);
            }

            world = world with { Runs = new RunStore(copy) };
        }

        public bool IsThere(CleanItem item) => item switch
        {
            CleanItem.OfRun { Run.Id: var id } => world.Runs.Read(id) is not null,
            CleanItem.OfOrphan { Orphan.Container.Id: var id } => Runtime.Containers.Any(container => container.Container.Id == id),
            CleanItem.OfImage { Reference: var reference } => Runtime.Images.Any(image => image.Image.Id == reference || image.Image.Tags.Contains(reference)),
            CleanItem.OfLeftover { Leftover.Name: var name } => Directory.Exists(Path.Combine(world.Runs.StateFolder, "runs", name)),
            _ => throw new ArgumentException(item.Key),
        };

        /// <summary>How many bytes have gone.</summary>
        public long Went(IReadOnlyList<CleanItem> plan) =>
            Runtime.Removals.Sum(removal => removal.Bytes)
            + folders.Where(run => world.Runs.Read(run.Key) is null).Sum(run => run.Value)
            + plan.OfType<CleanItem.OfLeftover>().Where(item => !IsThere(item)).Sum(item => item.Leftover.Size!.Value.Bytes);

        /// <summary>All that there is.</summary>
        public IEnumerable<string> Describe() =>
        [
            .. Runtime.Containers.Select(container => $"{container.Container.Name} {container.Container.State}").Order(StringComparer.Ordinal),
            .. Runtime.Images.Select(image => $"{image.Image.Id} {string.Join(' ', image.Image.Tags)}").Order(StringComparer.Ordinal),
            .. Directory.EnumerateFileSystemEntries(Path.Combine(world.Runs.StateFolder, "runs")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal),
            .. Directory.EnumerateFiles(Path.Combine(world.Runs.StateFolder, "uses")).Select(path => $"{Path.GetFileName(path)} {File.GetLastWriteTimeUtc(path):O}").Order(StringComparer.Ordinal),
        ];
    }
}
