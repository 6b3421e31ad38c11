using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Status;
using Agentops.Terminal;
using Agentops.Tests.Fakes;

namespace Agentops.Tests.Cleaning;

/// <summary>One clean of a small world in which, before any of its calls, somebody else may do something. A seed decides what; threads, when.</summary>
/// <remarks>
/// No engine removes a thing on a condition. Between the last look at it and its removal only the engine's own refusals protect it: that a container runs, that a container uses the last name
/// of an image. What nothing can protect from there is not done there: a container that runs again and ends again, a tag that moves, a base that is built on, within that moment.
/// </remarks>
internal sealed class Interleaving : IDisposable
{
    private const string Base = "agentops/base-node:22";
    private static readonly string[] Tags = ["agentops/a:latest", "agentops/b:latest", "agentops/c:latest", "agentops/b:old", Base];

    private readonly Lock gate = new();
    private readonly Random chance;
    private readonly Screen screen = new(inMemory: true);
    private readonly Signals signals = new();
    private readonly HashSet<string> lookedAt = [];
    // With how much was gone by then.
    private readonly Dictionary<string, int> announced = [];
    private readonly List<ImageUse> uses = [];
    private readonly List<CleanReport> others = [];
    private readonly List<string> events = [];
    private readonly List<(string Promise, string Fault)> faults = [];
    private readonly World world;
    private Inventory inventory = null!;
    private CleanPlan plan = null!;
    private CleanReport report = null!;
    private CleanItem.OfImage? inHand;
    private int number;
    private int failures;
    private bool isLost;

    private Interleaving(int seed)
    {
        chance = new Random(seed);
        world = screen.WorldOf(new Streams(Stream.Null, Stream.Null, Stream.Null, tty: null), signals);
    }

    /// <summary>What was broken, by the promise, with all that led to it.</summary>
    public IReadOnlyList<(string Promise, string Fault)> Faults => [.. faults.Select(fault => (fault.Promise, $"{fault.Fault}\n{string.Join('\n', events)}"))];

    /// <summary>What others did, each a word.</summary>
    public IEnumerable<string> Done => events.Where(done => done.StartsWith("- ", StringComparison.Ordinal)).Select(done => done.Split(' ')[1]);

    /// <summary>How the items went.</summary>
    public IEnumerable<RemovalOutcome> Outcomes => report.Removals.Select(removal => removal.Outcome);

    private FakeRuntime Runtime => screen.Runtime;

    /// <summary>Lets it happen.</summary>
    public static async Task<Interleaving> Of(int seed)
    {
        using var it = new Interleaving(seed);
        it.Populate();
        it.inventory = await InventoryTaking.Take(it.world, it.Runtime, InventoryDepth.Removal, CancellationToken.None);
        it.plan = CleanPlan.For(it.inventory, new CleanOptions());
        foreach (var member in new[] { "FindContainer", "RemoveContainer", "FindImage", "ListContainers", "ListStoredImages", "ReadLayers", "RemoveImage", "ListBuildCache" })
        {
            it.Runtime.Before(member, argument => it.Meanwhile(member, argument));
        }

        it.report = await new Cleaner(it.world, it.Runtime, it.inventory).CarryOut(it.plan, item => it.Note($"begins {item.Key}"), it.Note, CancellationToken.None);
        it.Judge();
        return it;
    }

    public void Dispose()
    {
        uses.ForEach(use => use.Dispose());
        signals.Dispose();
        screen.Dispose();
    }

    private void Populate()
    {
        var population = new Population(screen);
        screen.Settle();
        population.Base("node:22", size: 100_000_000);
        foreach (var (agent, size) in new[] { ("a", 110_000_000), ("b", 120_000_000), ("c", 130_000_000) })
        {
            Runtime.AddImage($"agentops/{agent}:latest", Population.Labels(agent, (Labels.Base, "false")), size, Given.Now.AddDays(-2), basedOn: Base);
        }

        OneIn(2, () => Runtime.TagByHand("agentops/b:latest", "agentops/b:old"));
        OneIn(2, () => Runtime.AddImage(null, Population.Labels("a", (Labels.Base, "false")), 140_000_000, Given.Now.AddDays(-5), basedOn: Base));
        OneIn(2, () => population.Run("record00", "a", ContainerState.Exited, disk: 1_000_000));
        OneIn(2, () => population.Record(Given.Record("gone0000", agent: "b", ended: Given.Now)));
        OneIn(2, () => population.Orphan("orphan00", ContainerState.Exited, disk: 2_000_000, image: "agentops/a:latest"));
        OneIn(2, () => population.Orphan("orphan01", ContainerState.Exited, disk: 3_000_000, image: "agentops/b:latest"));
        OneIn(2, () => population.Orphan("orphan02", ContainerState.Created, disk: 4_000, image: "agentops/c:latest"));
        // What keeps a base, and so is not always there.
        OneIn(8, () => Runtime.TagByHand("agentops/c:latest", "mine:c"));
        OneIn(8, () => population.Container("by-hand", "agentops/a:latest", ContainerState.Exited));
        OneIn(8, () => population.Orphan("orphan03", ContainerState.Running));

        void OneIn(int many, Action act)
        {
            if (chance.Next(many) == 0)
            {
                act();
            }
        }
    }

    private void Note(string line)
    {
        lock (gate)
        {
            events.Add(line);
        }
    }

    private void Note(Removal removal)
    {
        Note($"ended {removal.Item.Key} {removal.Outcome} {removal.Freed} {removal.Reason}");
        inHand = null;
    }

    private void Meanwhile(string member, string? argument)
    {
        lock (gate)
        {
            events.Add($"{member} {argument}");
            try
            {
                if (chance.Next(3) == 0)
                {
                    Happen(member, argument);
                }
            }
            catch (AgentopsException) when (IsOfAnItem(member))
            {
                failures++;
                throw;
            }

            switch (member)
            {
                case "FindContainer":
                    lookedAt.Add(argument!);
                    break;
                case "RemoveContainer" when Alive(argument!):
                    failures++;
                    break;
                case "FindImage":
                    inHand = plan.Items.OfType<CleanItem.OfImage>().Single(item => item.Reference == argument);
                    break;
                case "RemoveImage" when Stored(argument!) is { } image && image.Image.Tags.Count <= 1 && Runtime.Containers.Any(container => container.Container.ImageId == image.Image.Id):
                    failures++;
                    break;
            }
        }
    }

    // Without these an item cannot be removed. What is asked before or after all images only makes figures better.
    private bool IsOfAnItem(string member) => member is "FindContainer" or "RemoveContainer" or "FindImage" or "RemoveImage" || (member is "ListContainers" or "ListStoredImages" && inHand is not null);

    private bool Alive(string container) =>
        Runtime.Containers.FirstOrDefault(other => other.Container.Id == container)?.Container.State is ContainerState.Running or ContainerState.Paused or ContainerState.Restarting;

    private StoredImage? Stored(string reference) => Runtime.Images.FirstOrDefault(image => image.Image.Tags.Contains(reference)) ?? Runtime.Images.FirstOrDefault(image => image.Image.Id == reference);

    private void Happen(string member, string? argument)
    {
        switch (chance.Next(13))
        {
            case 0 when Pick(Containers(member, argument)) is { } container:
                Did($"starts {container}");
                Runtime.Become(container, chance.Next(3) switch { 0 => ContainerState.Paused, 1 => ContainerState.Restarting, _ => ContainerState.Running });
                break;
            case 1 when Pick(Containers("", null)) is { } container:
                Did($"reruns {container}");
                Runtime.Become(container, ContainerState.Exited, Given.Now.AddMinutes(++number));
                break;
            case 2 when Pick(Runtime.Containers.Select(container => container.Container.Id)) is { } container:
                Did($"removes-container {container}");
                Runtime.Vanish(container);
                break;
            case 3 when Pick(Images(member is "ListContainers" or "RemoveImage")) is { Image.Tags: [var tag, ..] } image && (member != "RemoveImage" || image.Image.Tags.Count == 1 || !IsInHand(image)):
                Did($"uses {tag}");
                Runtime.AddContainer(new ContainerSpec($"by-hand-{++number}", tag, new Dictionary<string, string>()), chance.Next(2) == 0 ? ContainerState.Running : ContainerState.Exited);
                break;
            case 4 when Pick(Tags.Where(tag => tag != inHand?.Reference)) is { } tag && Stored(tag) is not null:
                Did($"moves {tag}");
                Runtime.AddImage(tag, Population.Labels("a", (Labels.Base, "false")), 150_000_000, basedOn: MayBuild(member) && chance.Next(2) == 0 ? Stored(Base)?.Image.Id : null);
                break;
            case 5 when Pick(Images(false)) is { } image && (image.HasName || MayBuild(member)):
                Did($"tags {image.Name}");
                Runtime.TagByHand(image.Image.Id, $"mine:{++number}");
                break;
            case 6 when MayBuild(member) && Stored(Base) is { } image:
                Did($"builds on {image.Name}");
                Runtime.AddImage(chance.Next(2) == 0 ? null : $"somebody/{++number}:1", chance.Next(2) == 0 ? Population.Labels(null) : null, 160_000_000, basedOn: image.Image.Id);
                break;
            case 7 when Pick(Tags) is { } tag:
                Did($"removes-image {tag}");
                RemoveImage(tag);
                break;
            case 8:
                Did("refuses");
                throw new RuntimeRefusalException(RuntimeRefusal.Other, "device or resource busy");
            case 9 when chance.Next(3) == 0:
                Did("is-lost");
                isLost |= IsOfAnItem(member);
                throw new RuntimeUnavailableException("The connection was lost.");
            case 10 when chance.Next(3) == 0:
                Did("cleans");
                CleanToo();
                break;
            case 11 when Pick(Tags) is { } tag:
                Announce(tag);
                break;
            case 12 when member == "RemoveContainer" && Runtime.Containers.Any(container => container.Container.Id == argument):
                Did($"removes-at-once {argument}");
                Runtime.Vanish(argument!);
                throw Refused(new RuntimeRefusalException(RuntimeRefusal.Other, $"removal of container {argument} is already in progress"));
        }
    }

    // Not counted as a failure: it is gone.
    private RuntimeRefusalException Refused(RuntimeRefusalException refusal)
    {
        failures--;
        return refusal;
    }

    private void Did(string what) => events.Add($"- {what}");

    private string? Pick(IEnumerable<string> from) => from.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } all ? all[chance.Next(all.Count)] : null;

    private StoredImage? Pick(IEnumerable<StoredImage> from) => from.OrderBy(image => image.Image.Id, StringComparer.Ordinal).ToList() is { Count: > 0 } all ? all[chance.Next(all.Count)] : null;

    // Those that were not looked at yet, and the one that is about to be removed.
    private IEnumerable<string> Containers(string member, string? argument) =>
        Runtime.Containers.Select(container => container.Container.Id).Where(id => !lookedAt.Contains(id) || (member == "RemoveContainer" && id == argument));

    private bool IsInHand(StoredImage image) => inHand is not null && (image.Image.Tags.Contains(inHand.Reference) || image.Image.Id == inHand.Reference);

    private IEnumerable<StoredImage> Images(bool evenInHand) => Runtime.Images.Where(image => evenInHand || !IsInHand(image));

    // A look for what is new on a base in hand is still to come.
    private bool MayBuild(string member) => inHand?.Reference != Base || member is "FindImage" or "ListStoredImages";

    private void RemoveImage(string tag)
    {
        using var somebody = Runtime.As("somebody");
        try
        {
            Runtime.RemoveImage(tag, CancellationToken.None).Wait();
        }
        catch (RuntimeRefusalException)
        {
            // Gone already, or in use.
        }
    }

    private void CleanToo()
    {
        using var other = Runtime.As("another clean");
        others.Add(new Cleaner(world, Runtime, inventory).CarryOut(plan, _ => { }, _ => { }, CancellationToken.None).GetAwaiter().GetResult());
    }

    private void Announce(string tag)
    {
        try
        {
            uses.Add(ImageUse.Announce(screen.Store, [tag], new CancellationToken(canceled: true)).GetAwaiter().GetResult());
            announced.TryAdd(tag, Runtime.Removals.Count);
            Did($"announces {tag}");
        }
        catch (OperationCanceledException)
        {
            // It is being removed: a run would wait.
        }
    }

    private void Judge()
    {
        uses.ForEach(use => use.Dispose());
        foreach (var (at, removal) in Runtime.Removals.Index().Where(removal => removal.Item.By != "somebody"))
        {
            if (removal.Container is { } container)
            {
                JudgeContainer(removal, container);
            }
            else
            {
                JudgeImage(removal, removal.Image!.Image);
                Check("used", !announced.TryGetValue(removal.Asked, out var before) || at < before, $"{removal.Asked} was about to be used");
            }
        }

        JudgeReport();
        JudgeLeftovers();
    }

    private void JudgeContainer(FakeRemoval removal, ContainerDetails container)
    {
        var finished = plan.Items.Select(item => item switch
        {
            CleanItem.OfRun { Run: { Container: { } of } run } => (of.Id, run.Disk.FinishedAt),
            CleanItem.OfOrphan { Orphan: var orphan } => (orphan.Container.Id, orphan.Disk.FinishedAt),
            _ => (Id: "", FinishedAt: (DateTimeOffset?)null),
        }).Where(of => of.Id == container.Container.Id).ToList();
        Check("appeared", finished.Count == 1, $"{removal.Asked} is not in the plan");
        Check("ran", container.Container.State is ContainerState.Exited or ContainerState.Created, $"{removal.Asked} was {container.Container.State}");
        Check("ran again", finished.All(of => of.FinishedAt == container.FinishedAt), $"{removal.Asked} ended at {container.FinishedAt}");
    }

    private void JudgeImage(FakeRemoval removal, Image image)
    {
        var planned = plan.Items.OfType<CleanItem.OfImage>().FirstOrDefault(item => item.Reference == removal.Asked);
        Check("appeared", planned is not null, $"{removal.Asked} is not in the plan");
        Check("moved", planned?.Image.Image.Id == image.Id, $"{removal.Asked} named {image.Id}");
        Check("moved", image.Tags.Contains(removal.Asked) || image.Tags.Count == 0, $"{removal.Asked} had the tags {string.Join(' ', image.Tags)}");
        Check("used", removal.Users.Count == 0, $"{removal.Asked} was used by {string.Join(' ', removal.Users)}");
        var needs = removal.BuiltOnIt.Where(other => other.HasName || other.Image.IsOurs).ToList();
        Check("built on", removal.Asked != Base || needs.Count == 0, $"{removal.Asked} had {string.Join(' ', needs.Select(other => other.Name))} on it");
    }

    private void JudgeReport()
    {
        Check("report", report.Removals.Select(removal => removal.Item).SequenceEqual(plan.Items), "not a line an item");
        foreach (var removal in report.Removals)
        {
            var id = removal.Item switch
            {
                CleanItem.OfRun { Run.Container.Id: var container } => container,
                CleanItem.OfOrphan { Orphan.Container.Id: var container } => container,
                CleanItem.OfImage image => image.Reference,
                _ => null,
            };
            var isOurs = Runtime.Removals.Any(gone => gone.By is null && gone.Asked == id);
            var isByAnother = others.SelectMany(other => other.Removals).Any(other => other.Item == removal.Item && other.Outcome == RemovalOutcome.Removed);
            // A run goes in two steps, and another clean may have done one of them.
            var isSaid = removal.Outcome == RemovalOutcome.Removed || (removal.Item is CleanItem.OfRun && isByAnother && !isOurs && removal.Outcome == RemovalOutcome.Gone);
            Check("report", removal.Item is CleanItem.OfRun || isOurs == isSaid, $"{removal.Item.Key} is {removal.Outcome}, and {(isOurs ? "we did it" : "we did not")}");
            Check("report", !isOurs || removal.Outcome == RemovalOutcome.Removed, $"{removal.Item.Key} is {removal.Outcome}, and we did it");
            Check("report", removal.Outcome is RemovalOutcome.Removed or RemovalOutcome.Gone == removal.Reason is null, $"{removal.Item.Key} is {removal.Outcome} because {removal.Reason}");
            if (removal.Item is CleanItem.OfRun { Run.Id: var run })
            {
                Check("report", Directory.Exists(screen.Store.FolderOf(run)) == removal.Outcome is not (RemovalOutcome.Removed or RemovalOutcome.Gone) || isByAnother, $"{removal.Item.Key} is {removal.Outcome}, and its record is {(Directory.Exists(screen.Store.FolderOf(run)) ? "there" : "gone")}");
            }
        }

        var folders = plan.Items.OfType<CleanItem.OfRun>().Where(item => !Directory.Exists(screen.Store.FolderOf(item.Run.Id))).Sum(item => item.Run.Disk.Folder!.Value.Bytes);
        var freed = others.Append(report).Sum(told => told.Freed.Bytes.Bytes);
        var went = Runtime.Removals.Where(removal => removal.By != "somebody").Sum(removal => removal.Bytes) + folders;
        Check("freed", freed == went && report.Unknown == 0, $"{went} B went, said {freed}");
        // What an image holds that came meanwhile is not counted, and not known.
        Check("freed", report.Freed.IsExact || Done.Any(done => done is "builds" or "moves"), $"said ~{freed}");
        Check("failures", report.Count(RemovalOutcome.Failed) == failures && report.HasFailures == (failures > 0), $"{failures} calls failed, said {report.Count(RemovalOutcome.Failed)}");
        Check("failures", isLost || report.Count(RemovalOutcome.NotTried) == 0, "something was not tried, and the runtime answered");
    }

    private void JudgeLeftovers()
    {
        foreach (var path in In("locks"))
        {
            using var free = screen.Store.TryLock(Path.GetFileNameWithoutExtension(path));
            Check("left", free is not null, $"{path} is held");
        }

        var known = new[] { "installation", "locks", "runs", "sizes.json", "uses" };
        Check("left", In("").All(path => known.Contains(Path.GetFileName(path))), "something is left in the state folder");
        Check("left", In("runs").All(path => !Path.GetFileName(path).StartsWith('.')), "something is left among the runs");

        IEnumerable<string> In(string folder) => Directory.Exists(Path.Combine(screen.StateFolder, folder)) ? Directory.EnumerateFileSystemEntries(Path.Combine(screen.StateFolder, folder)) : [];
    }

    private void Check(string promise, bool isKept, string fault)
    {
        if (!isKept)
        {
            faults.Add((promise, fault));
        }
    }
}
