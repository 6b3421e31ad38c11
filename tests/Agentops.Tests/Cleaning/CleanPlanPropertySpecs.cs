using System.Globalization;
using System.Text.RegularExpressions;
using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Status;
using Agentops.Terminal;
using CsCheck;

namespace Agentops.Tests.Cleaning;

/// <summary>What holds of the plan of any world: each promise for itself, and the whole against a plain model of the contract.</summary>
public sealed partial class CleanPlanPropertySpecs
{
    private const int Cases = 10_000;

    // The same worlds each time, so that a red build is a change of ours; AGENTOPS_TEST_SEED=N takes others.
    private static readonly ulong Seed = ulong.TryParse(Environment.GetEnvironmentVariable("AGENTOPS_TEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;

    private static readonly Gen<(RandomWorld World, CleanOptions Options)> Worlds = Gen.Select(RandomWorlds.Any, RandomWorlds.Options);

    private static readonly Lazy<Seeded[]> Shared = new(Make);

    [Fact]
    public void Exactly_what_the_contract_takes_goes() => Hold(of => Assert.Equal(
        of.Rules.Keys.Order(StringComparer.Ordinal), of.Plan.Items.Select(item => item.Key).Order(StringComparer.Ordinal)));

    [Fact]
    public void Nothing_that_runs_is_paused_restarts_or_is_being_made_goes() => Hold(of => Assert.All(GoingContainers(of), container =>
    {
        Assert.Contains(container.Listed.State, new[] { ContainerState.Exited, ContainerState.Dead, ContainerState.Created });
        if (container.Listed.State == ContainerState.Created)
        {
            var rules = of.Rules;
            var run = of.World.Records.FirstOrDefault(record => of.Rules.ContainerOf(record) == container)?.Entry.Record;
            Assert.True(run is { Failure: not null } || (run is not null && run.Creator != RandomWorld.Alive) || Given.Now - container.Listed.CreatedAt >= TimeSpan.FromMinutes(1));
        }
    }));

    [Fact]
    public void No_image_goes_that_a_container_that_stays_uses() => Hold(of =>
    {
        var staying = of.World.Containers.Except(GoingContainers(of)).Select(container => container.ImageId).ToHashSet();
        Assert.DoesNotContain(GoingImages(of), image => staying.Contains(image.Id));
    });

    [Fact]
    public void No_base_goes_that_an_image_that_stays_is_built_on() => Hold(of =>
    {
        var rules = of.Rules;
        foreach (var gone in GoingImages(of).Where(CleanRules.IsBase))
        {
            // What stays has a name or is ours; a step of another image is neither.
            Assert.DoesNotContain(of.After.Images, image => image.Id != gone.Id && (CleanRules.HasName(image) || rules.IsOurs(image)) && CleanRules.HasLayersOf(image, gone));
            Assert.DoesNotContain(of.After.Images, image => CleanRules.HasName(image) && rules.IsBuiltOn(image, gone));
        }
    });

    [Fact]
    public void Nothing_of_another_installation_or_of_an_unknown_owner_goes() => Hold(of =>
    {
        var us = of.World.Installation;
        Assert.All(of.Plan.Items.OfType<CleanItem.OfRun>(), item => Assert.Equal(us, item.Run.Record!.Installation));
        Assert.All(GoingContainers(of), container => Assert.True(container.Listed.Labels.GetValueOrDefault(Labels.Installation) is not { } signed || signed == us));
        // Labels of an image are those of each container made from it, and prove nothing about that.
        Assert.All(of.Plan.Items.OfType<CleanItem.OfOrphan>(), item => Assert.Contains(Labels.Run, item.Orphan.Container.Labels));
        Assert.All(GoingImages(of), image => Assert.True(image.Stored.Image.Labels.TryGetValue(Labels.Installation, out var signed) ? signed == us : image.Stored.Image.Labels.ContainsKey(Labels.Ours)));
    });

    [Fact]
    public void Nothing_of_a_pinned_agent_goes() => Hold(of =>
    {
        Assert.DoesNotContain(of.Plan.Items.OfType<CleanItem.OfRun>(), item => of.Options.Pin.Contains(item.Run.Record!.Agent));
        Assert.DoesNotContain(of.Plan.Items.OfType<CleanItem.OfOrphan>(), item => of.Options.Pin.Contains(item.Orphan.Container.Labels.GetValueOrDefault(Labels.Agent) ?? ""));
        Assert.DoesNotContain(GoingImages(of), image => of.Options.Pin.Contains(image.Stored.Image.Labels.GetValueOrDefault(Labels.Agent) ?? ""));
    });

    [Fact]
    public void No_tag_of_the_users_own_goes() => Hold(of =>
    {
        Assert.All(of.Plan.Items.OfType<CleanItem.OfImage>(), item => Assert.True(
            item.Reference.StartsWith("agentops/", StringComparison.Ordinal) || (item.Reference == item.Image.Image.Id && item.Image.Image.Tags.Count == 0), item.Reference));
        var users = (RandomWorld world) => world.Images.SelectMany(image => image.Tags.Where(tag => !tag.StartsWith("agentops/", StringComparison.Ordinal)).Select(tag => (tag, image.Id))).Order();
        Assert.Equal(users(of.World), users(of.After));
    });

    [Fact]
    public void Nothing_goes_without_evidence() => Hold(of =>
    {
        if (of.World.ContainersFault is not null || of.World.RecordsFault is not null)
        {
            Assert.All(of.Plan.Items, item => Assert.IsType<CleanItem.OfLeftover>(item));
        }

        Assert.False(of.World.ImagesFault is not null && of.Plan.Items.Any(item => item is CleanItem.OfImage));
        Assert.False(of.Inventory.UnreadImages.Count > 0 && GoingImages(of).Any(CleanRules.IsBase));
        var unreadable = of.World.Records.Where(record => record.Entry.Record is null).Select(record => record.Entry.Id.ToString()).ToHashSet();
        Assert.DoesNotContain(GoingContainers(of), container => unreadable.Contains(container.Listed.Name.Split("agentops-")[^1]) || unreadable.Contains(container.Listed.Labels.GetValueOrDefault(Labels.Run) ?? ""));
        Assert.Equal(of.World.Records.Where(record => record.Entry.Record is null), of.After.Records.Where(record => record.Entry.Record is null));
    });

    [Fact]
    public void Everything_of_ours_goes_or_is_kept_with_a_reason_and_once() => Hold(of =>
    {
        var rules = of.Rules;
        var runs = of.World.Records.Where(record => record.Entry.Record is not null && of.World.RecordsFault is null).ToList();
        var joined = runs.Select(rules.ContainerOf).ToHashSet();
        var containers = of.World.Containers.Where(container => of.World.ContainersFault is null && CleanRules.IsOurs(container) && !joined.Contains(container));
        var expected = runs.Select(run => $"run:{run.Entry.Id}")
            .Concat(containers.Select(container => $"container:{container.Id}"))
            .Concat(of.World.Images.Where(rules.IsOurs).Select(image => $"image:{image.Id}"));
        // An image goes tag by tag: all of its tags that are ours, or none.
        var told = of.Plan.Items.Where(item => item is not CleanItem.OfLeftover).Select(item => item is CleanItem.OfImage { Image.Image.Id: var id } ? $"image:{id}" : item.Key).Distinct()
            .Concat(of.Plan.Kept.Select(kept => kept.Key));

        Assert.Equal(expected.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        Assert.All(of.Plan.Kept, kept => Assert.NotEmpty(kept.Why));
        Assert.All(of.Plan.Items, item => Assert.NotEmpty(item.Why));
        Assert.All(of.Plan.Items.OfType<CleanItem.OfImage>().GroupBy(item => item.Image.Image.Id), tags => Assert.Equal(Math.Max(1, tags.First().Image.OurTags.Count), tags.Count()));
    });

    [Fact]
    public void Nothing_is_listed_twice() => Hold(of =>
    {
        Assert.Distinct(of.Plan.Items.Select(item => item.Key));
        Assert.Distinct(of.Plan.Kept.Select(kept => kept.Key));
    });

    [Fact]
    public void Containers_go_before_images_and_what_is_built_on_an_image_before_it() => Hold(of =>
    {
        var kinds = of.Plan.Items.Select(item => item switch { CleanItem.OfRun => 0, CleanItem.OfOrphan => 1, CleanItem.OfImage => 2, _ => 3 }).ToList();
        Assert.Equal(kinds.Order(), kinds);
        var rules = of.Rules;
        var images = GoingImages(of).Distinct().ToList();
        for (var at = 0; at < images.Count; at++)
        {
            // What says that it is built on itself in a circle has no order.
            Assert.DoesNotContain(images.Take(at), before => rules.IsBuiltOn(images[at], before) && !IsAbove(before, images[at], []));
        }

        bool IsAbove(KnownImage image, KnownImage below, HashSet<KnownImage> seen) =>
            seen.Add(image) && (rules.IsBuiltOn(image, below) || images.Any(between => rules.IsBuiltOn(image, between) && IsAbove(between, below, seen)));
    });

    [Fact]
    public void The_total_is_what_really_goes_and_counts_each_layer_once() => Hold(of =>
    {
        AssertFiguresAreTrue(of.World, of.Plan);
        // A part of it, as it is picked from a list or left of a file.
        var part = of.Plan.Only(of.Inventory, PickOf(of));
        AssertFiguresAreTrue(of.World, part);
    });

    [Fact]
    public void When_all_is_told_every_figure_is_exact() => Hold(of =>
    {
        var told = new Case(RandomWorlds.WithAllTold(of.World), of.Options);
        Assert.Equal(0, told.Plan.Unknown);
        Assert.True(told.Plan.Frees.IsExact);
        Assert.Equal(told.World.Bytes - told.After.Bytes, told.Plan.Frees.Bytes.Bytes);
    });

    [Fact]
    public void What_is_not_known_is_said_to_be_so_and_never_nothing() => Hold(of =>
    {
        foreach (var item in of.Plan.Items)
        {
            var isUnknown = item switch
            {
                CleanItem.OfRun { Run: var run } => !of.World.Records.Single(record => record.Entry.Id == run.Id).IsCounted || (run.Container is { } container && !IsTold(of, container)),
                CleanItem.OfOrphan { Orphan.Container: var container } => !IsTold(of, container),
                CleanItem.OfLeftover { Leftover: var leftover } => leftover.Size is null,
                _ => item.Frees is null,
            };
            Assert.Equal(isUnknown, item.Frees is null);
        }

        // An image that goes and of which nothing is told: with the last thing that holds it what it frees is not known.
        var unread = GoingImages(of).Distinct().Where(image => image.Told == Told.Nothing && of.After.Images.All(left => left.Id != image.Id));
        Assert.All(unread, image => Assert.Contains(of.Plan.Items, item => item is CleanItem.OfImage { Frees: null } going && going.Image.Image.Id == image.Id));
        var text = CleanText.Describe(of.Plan, Given.Now, null);
        Assert.Equal(of.Plan.Unknown, of.Plan.Items.Count(item => item.Frees is null));
        Assert.Equal(of.Plan.Unknown > 0, text.Contains($" and {of.Plan.Unknown} of unknown size\n", StringComparison.Ordinal));
        Assert.Equal(of.Plan.Items.Any(item => item.Frees is { IsExact: false }), text.Split("Total: ")[1].Contains('~', StringComparison.Ordinal));
    });

    [Fact]
    public void Options_only_ever_keep_more() => Hold(of =>
    {
        var options = of.Options;
        var keys = of.Plan.Items.Select(item => item.Key).ToHashSet();
        var wishes = new[]
        {
            options with { Runs = true, Images = true }, options with { OlderThan = null }, options with { KeepLast = null }, options with { KeepImagesUsedWithin = null }, options with { Pin = [] },
            options with { OlderThan = options.OlderThan / 2 }, options with { KeepLast = options.KeepLast - 1 }, new CleanOptions(),
        };
        var more = wishes[ChanceOf(of) % wishes.Length];
        Assert.Subset(CleanPlan.For(of.Inventory, more).Items.Select(item => item.Key).ToHashSet(), keys);
    });

    [Fact]
    public void After_it_was_carried_out_there_is_nothing_more_to_clean() => Hold(of =>
    {
        var more = CleanPlan.For(of.After.Take(), of.Options).Items.Select(item => item.Key);
        // A base waits for what could not be looked at, and what it is built on with it, until that is gone.
        Assert.True(of.Inventory.UnreadImages.Count > 0 || !more.Any(), string.Join(' ', more));
    });

    [Fact]
    public void What_is_picked_of_it_keeps_what_the_rest_needs() => Hold(of =>
    {
        var picked = PickOf(of);
        var part = of.Plan.Only(of.Inventory, picked);
        Assert.Subset(new HashSet<string>(picked), part.Items.Select(item => item.Key).ToHashSet());
        Assert.Equal(of.Plan.Items.Where(item => part.Items.Any(other => other.Key == item.Key)).Select(item => item.Key), part.Items.Select(item => item.Key));
        var left = new Case(of.World, of.Options) { Plan = part };
        var rules = of.Rules;
        var used = of.World.Containers.Except(GoingContainers(left)).Select(container => container.ImageId).ToHashSet();
        Assert.DoesNotContain(GoingImages(left), image => used.Contains(image.Id));
        // As it was: which tags of ours go with it says nothing of what it was built on.
        Assert.All(GoingImages(left), gone => Assert.DoesNotContain(left.After.Images, image => CleanRules.HasName(image) && rules.IsBuiltOn(of.World.Images.Single(was => was.Id == image.Id), gone)));
    });

    [Fact]
    public void Text_and_JSON_say_the_same() => Hold(of =>
    {
        var json = CleanPlanJson.Of(of.Inventory, of.Plan);
        var text = CleanText.Describe(of.Plan, Given.Now, null);
        var rows = text.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal)).Select(line => Gap().Split(line.Trim())).ToList();
        Assert.Equal(json.Items.Count, rows.Count);
        // Sections part what is dangling from what has tags; else both have the same order.
        foreach (var (item, row) in json.Items.OrderBy(item => item.Kind switch { "run" => 0, "orphanedContainer" => 1, "danglingImage" => 3, "leftover" => 4, _ => 2 }).Zip(rows))
        {
            Assert.Contains(SafeText.Escape(item.Kind switch { "run" => item.Key["run:".Length..], "image" or "baseImage" => item.Key["image:".Length..], _ => item.Name.Split(' ')[^1] }), row);
            Assert.Contains(item.Frees is null ? "?" : Figure(item.Frees), row);
        }

        var unknown = json.UnknownSizes > 0 ? $" and {json.UnknownSizes} of unknown size" : "";
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"Total: {json.Items.Count} resource{(json.Items.Count == 1 ? "" : "s")}, {Figure(json.Frees)}{unknown}\n"), text, StringComparison.Ordinal);
        Assert.Equal(
            json.Kept.Where(kept => kept.Reason != "notAsked").Select(kept => SafeText.Escape($"Kept: {kept.Kind} {kept.Name} ({kept.Why})")).Order(StringComparer.Ordinal),
            CleanText.Describe(of.Plan.Kept, inFull: true).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    });

    [Fact]
    public void These_worlds_have_everything_in_them()
    {
        var kinds = Shared.Value.SelectMany(tried => CleanPlanJson.Of(tried.Case.Inventory, tried.Case.Plan).Items.Select(item => item.Kind)).ToHashSet();
        var reasons = Shared.Value.SelectMany(tried => tried.Case.Plan.Kept.Select(kept => kept.Reason)).ToHashSet();

        Assert.Equal(["baseImage", "danglingImage", "image", "leftover", "orphanedContainer", "run"], kinds.Order());
        Assert.Equal(Enum.GetValues<KeepReason>(), reasons.Order());
    }

    // All promises are tried on the same worlds, which take longer to make than to judge. One that breaks a promise is handed to CsCheck by its seed, to be made smaller and told.
    private static void Hold(Action<Case> promise)
    {
        (Seeded Tried, Exception Failure)? broken = null;
        Parallel.ForEach(Shared.Value, (tried, loop) =>
        {
            try
            {
                promise(tried.Case);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                broken = (tried, failure);
                loop.Stop();
            }
        });
        if (broken is var (breaks, why))
        {
            Worlds.Sample(
                (world, options) => promise(new Case(world, options)),
                seed: breaks.Seed,
                iter: Cases,
                print: tried => LongIds().Replace($"{tried.Item1}\n{tried.Item2} {string.Join(',', tried.Item2.Pin)}\n{Print(new Case(tried.Item1, tried.Item2).Plan)}\n", "$1"));
            Assert.Fail($"It broke for the seed {breaks.Seed}, and then it did not: {why}");
        }
    }

    private static Seeded[] Make()
    {
        const int Chunks = 100;
        var made = new Seeded[Cases];
        Parallel.For(0, Chunks, chunk =>
        {
            var chance = new PCG((uint)chunk, Seed);
            for (var at = chunk; at < Cases; at += Chunks)
            {
                var state = chance.State;
                var (world, options) = Worlds.Generate(chance, null, out _);
                made[at] = new Seeded(chance.ToString(state), new Case(world, options));
            }
        });
        return made;
    }

    private static string Print(CleanPlan plan) =>
        string.Join('\n', plan.Items.Select(item => $"goes: {item.Key} {item.Frees}").Concat(plan.Kept.Select(kept => $"kept: {kept.Key} {kept.Why}")));

    private static bool IsTold(Case of, Container listed) => of.World.Containers.Single(container => container.Id == listed.Id) is { IsMeasured: true, AreVolumesTold: true };

    // Any number, the same for the same world.
    private static int ChanceOf(Case of) => (int)(of.World.Records.Sum(record => record.Folder) + of.World.Containers.Sum(container => container.Layer));

    // Some of the items.
    private static HashSet<string> PickOf(Case of) => [.. of.Plan.Items.Where((_, at) => (ChanceOf(of) >> at) % 4 != 0).Select(item => item.Key)];

    private static void AssertFiguresAreTrue(RandomWorld world, CleanPlan plan)
    {
        var before = world.Bytes;
        var all = before;
        foreach (var item in plan.Items)
        {
            world = world.Without(item);
            if (item.Frees is { IsExact: true } frees)
            {
                Assert.Equal(before - world.Bytes, frees.Bytes.Bytes);
            }

            before = world.Bytes;
        }

        Assert.True(plan.Unknown > 0 || !plan.Frees.IsExact || plan.Frees.Bytes.Bytes == all - before, $"{all - before} B went, said {plan.Frees.Bytes.Bytes}");
    }

    private static string Figure(StatusJson.Figure figure) => new LayerBytes(new ByteSize(figure.Bytes), figure.IsExact).ToString();

    private static IEnumerable<KnownContainer> GoingContainers(Case of)
    {
        var ids = of.Plan.Items.Select(item => item switch
        {
            CleanItem.OfRun { Run.Container.Id: var id } => id,
            CleanItem.OfOrphan { Orphan.Container.Id: var id } => id,
            _ => null,
        }).ToHashSet();
        return of.World.Containers.Where(container => ids.Contains(container.Id));
    }

    // In the order of removal.
    private static IEnumerable<KnownImage> GoingImages(Case of) =>
        of.Plan.Items.OfType<CleanItem.OfImage>().Select(item => of.World.Images.Single(image => image.Id == item.Image.Image.Id));

    [GeneratedRegex("(?:sha256:|sha256%3A)?([0-9a-f])\\1{63}")]
    private static partial Regex LongIds();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gap();

    private sealed record Seeded(string Seed, Case Case);

    private sealed record Case(RandomWorld World, CleanOptions Options)
    {
        public Inventory Inventory { get; } = World.Take();

        public CleanPlan Plan { get => field ??= CleanPlan.For(Inventory, Options); init; }

        /// <summary>What is left when it was carried out.</summary>
        public RandomWorld After => field ??= Plan.Items.Aggregate(World, (world, item) => world.Without(item));

        public CleanRules Rules => field ??= new CleanRules(World, Options);
    }
}
