using System.Globalization;
using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Runs;
using Agentops.Terminal;
using CsCheck;

namespace Agentops.Tests.Cleaning;

/// <summary>Worlds of all kinds: few names and many claims, so that things collide.</summary>
internal static class RandomWorlds
{
    public const string Another = "ffffffffffffffffffffffffffffffff";
    private const int Ids = 5;

    private static readonly string[] Agents = ["a", "b", "c"];
    private static readonly string[] Tags =
        ["agentops/a:latest", "agentops/b:latest", "agentops/c:latest", "agentops/a:old", "agentops/base-x:1", "agentops/base-y:2", "mine:1", "elsewhere/agentops/a:1"];

    private static readonly Gen<int> Rarely = Gen.Int[0, 11];

    // Most things are some days old; some have no date, one of the future, or that of a clock that was never set.
    private static readonly Gen<DateTimeOffset?> AnyInstant = Gen.Frequency(
        (9, Gen.Int[0, 240].Select(hours => (DateTimeOffset?)Given.Now.AddHours(-hours))),
        (1, Gen.OneOf<DateTimeOffset?>(null, Given.Now.AddSeconds(-20), Given.Now.AddHours(5), DateTimeOffset.UnixEpoch, DateTimeOffset.MinValue)));

    private static readonly Gen<string?> AnyInstallation = Gen.Frequency(
        (6, Gen.Const<string?>(Given.Installation)), (1, Gen.Const<string?>(Another)), (1, Gen.Int[0, 0].Select(_ => (string?)null)));

    private static readonly Gen<ContainerState> AnyState = Gen.Frequency(
        (5, Gen.Const(ContainerState.Exited)),
        (4, Gen.OneOf(
            ContainerState.Created, ContainerState.Running, ContainerState.Paused, ContainerState.Restarting, ContainerState.Removing, ContainerState.Dead, ContainerState.Unknown)));

    private static readonly Gen<ImageDraft> AnyImage = Gen.Select(
        Gen.Select(Gen.Int[0, 9], Gen.Bool, Gen.Int[0, 4].Array[0, 2], Gen.Int[-9, 6]),
        Gen.Select(Gen.Int[0, 9], AnyInstallation, Gen.Int[0, 6], Gen.Int[0, Tags.Length - 1].Array[0, 2]),
        Gen.Select(AnyInstant, Gen.Int[0, 20], Rarely),
        (build, whose, rest) => new ImageDraft(
            build.Item1, build.Item2, build.Item3, build.Item4, whose.Item1 > 0, whose.Item2, whose.Item3, whose.Item4, rest.Item1, (Told)Math.Min(rest.Item2, 3), rest.Item3));

    private static readonly Gen<ContainerDraft> AnyContainer = Gen.Select(
        Gen.Select(Gen.Int[0, Ids + 1], Gen.Int[0, 9], AnyInstallation, Gen.Int[0, 9]),
        Gen.Select(AnyState, Gen.Int[0, 9], AnyInstant, Gen.Int[0, 2]),
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 9], Gen.Int[0, 240], Gen.Int[0, 20]),
        (who, what, size) => new ContainerDraft(
            who.Item1, who.Item2, who.Item3, who.Item4, what.Item1, what.Item2, what.Item3, what.Item4, size.Item1 * 1_000_003L, size.Item2 * 7_919L, Given.Now.AddHours(-size.Item3), size.Item4));

    private static readonly Gen<KnownRecord?> AnyRecord = Gen.Select(
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, Tags.Length - 1], AnyInstant, AnyInstant),
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5], Rarely, Gen.Int[0, 2]),
        Gen.Int[0, 5_000],
        (what, how, folder) => how.Item1 == 0 ? null : RecordOf(Agents[what.Item1], Tags[what.Item2], what.Item3, what.Item4, how.Item2, how.Item3, how.Item4 == 0, folder));

    private static readonly Gen<KnownLeftover> AnyLeftover = Gen.Select(Gen.Int[0, 1_000], Gen.Bool, (bytes, isCounted) => new KnownLeftover(
        new Leftover($".removed-run{bytes:D5}-{Another}", isCounted ? new ByteSize(bytes) : null), bytes));

    /// <summary>Any world, things told in part.</summary>
    public static readonly Gen<RandomWorld> Any = Gen.Select(
        AnyImage.Array[0, 7], AnyContainer.Array[0, 6], AnyRecord.Array[Ids], AnyLeftover.Array[0, 1], Gen.Int[0, 29], Gen.Int[0, 29],
        (images, containers, records, leftovers, fault, rest) => Build(images, containers, records, leftovers) with
        {
            Installation = rest == 0 ? null : Given.Installation,
            SizesAreExact = rest != 1,
            RecordsFault = fault == 0 ? "no permission" : null,
            ContainersFault = fault == 1 ? "database is locked" : null,
            ImagesFault = fault == 2 ? "database is locked" : null,
        });

    /// <summary>Any options.</summary>
    public static readonly Gen<CleanOptions> Options = Gen.Select(
        Gen.Int[0, 5], Age(), Gen.Int[-6, 2], Age(), Gen.Int[0, 15],
        (kinds, olderThan, keepLast, usedWithin, pinned) => new CleanOptions
        {
            Runs = kinds != 0,
            Images = kinds != 1,
            OlderThan = olderThan,
            KeepLast = keepLast < 0 ? null : keepLast,
            KeepImagesUsedWithin = usedWithin,
            Pin = [.. Agents.Where((_, at) => pinned == at)],
        });

    /// <summary>The same world when all is told of it that can be.</summary>
    public static RandomWorld WithAllTold(RandomWorld world) => world with
    {
        SizesAreExact = true,
        Records = [.. world.Records.Select(record => record with { IsCounted = true })],
        Containers = [.. world.Containers.Select(container => container with { IsMeasured = true, AreVolumesTold = true, IsProven = true })],
        Images = [.. world.Images.Select(image => image with { Told = Told.Everything })],
        Leftovers = [.. world.Leftovers.Select(leftover => leftover with { Listed = leftover.Listed with { Size = new ByteSize(leftover.Bytes) } })],
    };

    private static Gen<TimeSpan?> Age() => Gen.Int[-200, 120].Select(hours => hours < 0 ? (TimeSpan?)null : TimeSpan.FromHours(hours));

    private static RandomWorld Build(ImageDraft[] images, ContainerDraft[] containers, KnownRecord?[] records, KnownLeftover[] leftovers)
    {
        var made = ImagesOf(images);
        return new RandomWorld
        {
            Images = made,
            Containers = ContainersOf(containers, made),
            // Folders have their names from their runs.
            Records = [.. records.Index().Where(record => record.Item is not null).Select(record => record.Item! with { Entry = Renamed(record.Item!.Entry, IdOf(record.Index)) })],
            Leftovers = leftovers,
        };
    }

    private static List<KnownImage> ImagesOf(ImageDraft[] drafts)
    {
        // A tag names the image that got it last.
        var tagged = drafts.Index().SelectMany(draft => draft.Item.Tags.Select(tag => (Tags[tag], draft.Index))).GroupBy(pair => pair.Item1).ToLookup(same => same.Last().Index, same => same.Key);
        var images = new List<KnownImage>();
        foreach (var (at, draft) in drafts.Index())
        {
            var parent = draft.On % (at + 1) == at ? null : images[draft.On % (at + 1)];
            // A layer of the same content has the same size; the first is of none.
            IReadOnlyList<(string, long)> layers = [.. parent?.Layers ?? [], .. draft.Own.Select(layer => ($"sha256:{layer}", layer * 1_000_000_007L))];
            var image = new Image(
                ImageIdOf(at),
                [.. tagged[at]],
                draft.Told >= Told.Size ? new ByteSize(layers.Sum(layer => layer.Item2)) : null,
                draft.CreatedAt,
                LabelsOf(draft, drafts.Length));
            string[] digests = draft.Digest switch { 0 => [$"elsewhere/x@{image.Id}"], 1 => [$"agentops/a@{image.Id}"], _ => [] };
            images.Add(new KnownImage(new StoredImage(image, digests, draft.IsOfSteps ? parent?.Id : null), layers, draft.Told));
        }

        return images;
    }

    private static Dictionary<string, string> LabelsOf(ImageDraft draft, int images)
    {
        var labels = new Dictionary<string, string>();
        if (!draft.IsLabelled)
        {
            return labels;
        }

        labels[Labels.Ours] = "true";
        if (draft.Installation is not null)
        {
            labels[Labels.Installation] = draft.Installation;
        }

        if (draft.Role < 3)
        {
            labels[Labels.Agent] = Agents[draft.Role];
        }

        if (draft.Role < 5)
        {
            labels[Labels.Base] = draft.Role < 3 ? "false" : "true";
        }

        if (draft.Says >= 0)
        {
            // What an image says of itself may be wrong, itself and a circle included.
            labels[Labels.Recipe] = draft.Says % 2 == 0
                ? $"1;total=x;ref={Uri.EscapeDataString(Tags[4])};image={Uri.EscapeDataString(ImageIdOf(draft.Says % images))}"
                : $"1;total=x;ref={Uri.EscapeDataString(Tags[draft.Says % Tags.Length])}";
        }

        return labels;
    }

    private static List<KnownContainer> ContainersOf(ContainerDraft[] drafts, List<KnownImage> images)
    {
        var containers = new List<KnownContainer>();
        foreach (var (at, draft) in drafts.Index())
        {
            var name = draft.Name < Ids ? $"agentops-{IdOf(draft.Name)}" : draft.Name == Ids ? $"agentops-web{at}" : $"web{at}";
            // A name is given once.
            name = containers.Any(other => other.Listed.Name == name) ? $"copy{at}" : name;
            var image = images.Count == 0 || draft.Image == 9 ? null : images[draft.Image % images.Count];
            var isTold = draft.Rest != 0 || image is null || image.Tags.Count == 0;
            // Those of its image are its own.
            var labels = new Dictionary<string, string>(image?.Stored.Image.Labels ?? new Dictionary<string, string>());
            if (draft.Labelled < 8)
            {
                labels[Labels.Ours] = "true";
                labels[Labels.Agent] = Agents[draft.Agent];
                labels[Labels.Run] = draft.Run switch { 0 => IdOf(at % Ids), 1 => "../../etc", _ => IdOf(draft.Name % Ids) };
                labels.Remove(Labels.Installation);
                if (draft.Installation is not null)
                {
                    labels[Labels.Installation] = draft.Installation;
                }
            }

            var finished = draft.State is ContainerState.Exited or ContainerState.Dead or ContainerState.Removing ? draft.FinishedAt : (DateTimeOffset?)null;
            containers.Add(new KnownContainer(
                new Container(
                    new string((char)('0' + at), 64), name, draft.State, null, isTold ? image?.Id ?? ImageIdOf(15) : null, image?.Tags is [var tag, ..] ? tag : "gone:1", draft.CreatedAt, labels),
                image?.Id,
                draft.Layer,
                draft.Volumes,
                finished,
                IsMeasured: draft.Rest != 1,
                AreVolumesTold: draft.Rest != 2,
                IsProven: draft.Rest != 3));
        }

        return containers;
    }

    private static KnownRecord RecordOf(string agent, string image, DateTimeOffset? created, DateTimeOffset? ended, int story, int rare, bool creatorLives, int folder)
    {
        var record = Given.Record(agent: agent, name: $"{agent}-run", created: created ?? default, endpoint: rare == 0 ? "ssh://build-host" : Given.Endpoint) with
        {
            Image = image,
            Installation = rare == 1 ? Another : Given.Installation,
            Creator = creatorLives ? RandomWorld.Alive : RandomWorld.Gone,
            // It started, ended, failed, or none of it was written any more.
            StartedAt = story is 0 or 1 or 2 ? created : null,
            EndedAt = story is 1 ? ended : null,
            Failure = story is 3 ? "no such command" : null,
        };
        return new KnownRecord(new RunEntry(default, rare == 2 ? null : record, rare == 2 ? "cut short" : null), folder, IsCounted: rare != 3);
    }

    private static RunEntry Renamed(RunEntry entry, string id) => entry with { Id = Given.Id(id), Record = entry.Record is { } record ? record with { Id = id } : null };

    private static string IdOf(int number) => string.Create(CultureInfo.InvariantCulture, $"run{number:D5}");

    private static string ImageIdOf(int number) => "sha256:" + new string("0123456789abcdef"[number], 64);

    private sealed record ImageDraft(
        int On, bool IsOfSteps, int[] Own, int Says, bool IsLabelled, string? Installation, int Role, int[] Tags, DateTimeOffset? CreatedAt, Told Told, int Digest);

    private sealed record ContainerDraft(
        int Name,
        int Labelled,
        string? Installation,
        int Run,
        ContainerState State,
        int Image,
        DateTimeOffset? CreatedAt,
        int Agent,
        long Layer,
        long Volumes,
        DateTimeOffset FinishedAt,
        int Rest);
}
