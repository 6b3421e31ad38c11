using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Tests.Cleaning;

/// <summary>All that is so, on a runtime and a disk, the sizes that nobody tells included: an <see cref="Inventory"/> shows a part of it.</summary>
internal sealed record RandomWorld
{
    /// <summary>The process that makes a run and lives.</summary>
    public static readonly RunCreator Alive = new(1, Given.Now);

    /// <summary>One that does not live any more.</summary>
    public static readonly RunCreator Gone = new(2, Given.Now);

    public string? Installation { get; init; } = Given.Installation;

    public IReadOnlyList<KnownRecord> Records { get; init; } = [];

    public IReadOnlyList<KnownContainer> Containers { get; init; } = [];

    public IReadOnlyList<KnownImage> Images { get; init; } = [];

    public IReadOnlyList<KnownLeftover> Leftovers { get; init; } = [];

    /// <summary>When the image of a tag or id was used by a run that is forgotten.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Uses { get; init; } = new Dictionary<string, DateTimeOffset>();

    public string? RecordsFault { get; init; }

    public string? ContainersFault { get; init; }

    public string? ImagesFault { get; init; }

    /// <summary>The runtime keeps a size for each layer.</summary>
    public bool SizesAreExact { get; init; } = true;

    /// <summary>What all of it takes on disk, each layer once.</summary>
    public long Bytes =>
        Images.SelectMany(image => image.Chains).Distinct().Sum(chain => chain.Size)
        + Containers.Sum(container => container.Layer + container.Volumes)
        + Records.Sum(record => record.Folder)
        + Leftovers.Sum(leftover => leftover.Bytes);

    /// <summary>What <see cref="InventoryTaking"/> makes of it.</summary>
    public Inventory Take()
    {
        IReadOnlyList<RunEntry> entries = RecordsFault is null ? [.. Records.Select(record => record.Entry)] : [];
        IReadOnlyList<Container> containers = ContainersFault is null ? [.. Containers.Select(container => container.Listed)] : [];
        IReadOnlyList<StoredImage> stored = ImagesFault is null ? [.. Images.Select(image => image.Stored)] : [];
        var layers = Images.Where(image => ImagesFault is null && image.Told != Told.Nothing).ToDictionary(image => image.Id, image => image.ToLayers(SizesAreExact));
        var graph = LayerGraph.Of(stored, layers);
        var list = RunList.Join(entries, containers, creator => creator == Alive, Installation, ContainersFault is null ? Given.Endpoint : "", Given.Now);
        List<Run> runs = [.. list.Runs.Select(run => run with { Disk = DiskOf(run) })];
        return new Inventory(new RuntimeIdentity("docker", null, Given.Endpoint), Installation, Given.Now)
        {
            Runs = runs,
            Orphans = [.. list.Orphans.Select(orphan => orphan with { Disk = DiskOf(orphan.Container, ByteSize.Zero), HasRecord = orphan.HasRecord || RecordsFault is not null })],
            Containers = containers,
            Images = InventoryImages.Of(stored, graph, containers, runs, Installation, image => Uses.TryGetValue(image, out var at) ? at : null),
            Layers = graph,
            ImageLayers = layers,
            UnreadImages = [.. stored.Where(image => (image.HasName || image.Image.IsOurs) && !layers.ContainsKey(image.Image.Id)).Select(image => image.Name)],
            UnreadableRecords = list.Faults,
            Leftovers = [.. Leftovers.Select(leftover => leftover.Listed)],
            RecordsFault = RecordsFault,
            ContainersFault = ContainersFault,
            ImagesFault = ImagesFault,
        };
    }

    /// <summary>What is left when somebody removes a thing, as Docker on overlay2 does it without force.</summary>
    public RandomWorld Without(CleanItem item) => item switch
    {
        CleanItem.OfRun { Run: var run } => this with
        {
            Records = [.. Records.Where(record => record.Entry.Id != run.Id)],
            Containers = [.. Containers.Where(container => container.Id != run.Container?.Id)],
            Uses = new[] { run.Record!.Image, Containers.FirstOrDefault(container => container.Id == run.Container?.Id)?.ImageId }.OfType<string>().Select(image => KeyValuePair.Create(image, run.LastUsedAt ?? Given.Now))
                .Concat(Uses).GroupBy(use => use.Key).ToDictionary(uses => uses.Key, uses => uses.Max(use => use.Value)),
        },
        CleanItem.OfOrphan { Orphan.Container.Id: var id } => this with { Containers = [.. Containers.Where(container => container.Id != id)] },
        CleanItem.OfLeftover { Leftover.Name: var name } => this with { Leftovers = [.. Leftovers.Where(leftover => leftover.Listed.Name != name)] },
        CleanItem.OfImage { Reference: var reference } => WithoutReference(reference),
        _ => throw new ArgumentException(item.Key),
    };

    /// <summary>An image that a container was made from.</summary>
    public bool IsUsed(KnownImage image) => Containers.Any(container => container.ImageId == image.Id);

    public override string ToString() => string.Join('\n', (string[])
    [
        $"installation {Installation ?? "none"}, faults: {RecordsFault} {ContainersFault} {ImagesFault}, {(SizesAreExact ? "exact" : "estimates")}",
        .. Records.Select(record => record.ToString()),
        .. Containers.Select(container => container.ToString()),
        .. Images.Select(image => image.ToString()),
        .. Leftovers.Select(leftover => leftover.ToString()),
    ]);

    private RandomWorld WithoutReference(string reference)
    {
        var image = Images.Single(image => image.Tags.Contains(reference) || image.Id == reference);
        string[] tags = [.. image.Tags.Where(tag => tag != reference)];
        // Digests of a repository go with its last tag.
        string[] digests = [.. image.Stored.Digests.Where(digest => RepositoryOf(digest) != RepositoryOf(reference) || tags.Any(tag => RepositoryOf(tag) == RepositoryOf(reference)))];
        var unnamed = image with { Stored = image.Stored with { Image = image.Stored.Image with { Tags = tags }, Digests = digests } };
        return (this with { Images = [.. Images.Select(other => other == image ? unnamed : other)] }).WithoutUnheld(unnamed);
    }

    // An image goes when nothing holds it, and with it the step that it was built from.
    private RandomWorld WithoutUnheld(KnownImage image)
    {
        if (image.Tags.Count > 0 || image.Stored.Digests.Count > 0 || IsUsed(image) || Images.Any(other => other.Stored.ParentId == image.Id))
        {
            return this;
        }

        var left = this with { Images = [.. Images.Where(other => other.Id != image.Id)] };
        return left.Images.FirstOrDefault(other => other.Id == image.Stored.ParentId) is { } parent ? left.WithoutUnheld(parent) : left;
    }

    private static string RepositoryOf(string reference) => reference.Split('@')[0].Split(':')[0];

    private DiskUse DiskOf(Run run)
    {
        var record = Records.Single(record => record.Entry.Id == run.Id);
        ByteSize? folder = record.IsCounted ? new ByteSize(record.Folder) : null;
        return run.Container is { } container ? DiskOf(container, folder)
            : run.State == RunState.Unknown ? DiskUse.Unknown with { Folder = folder }
            : new DiskUse(ByteSize.Zero, ByteSize.Zero, folder);
    }

    private DiskUse DiskOf(Container listed, ByteSize? folder)
    {
        var container = Containers.Single(container => container.Id == listed.Id);
        return !container.IsMeasured ? DiskUse.Unknown with { Folder = folder }
            : new DiskUse(new ByteSize(container.Layer), container.AreVolumesTold ? new ByteSize(container.Volumes) : null, folder, container.FinishedAt, container.IsProven);
    }
}

/// <summary>The folder of a run.</summary>
/// <param name="Entry">As it is read.</param>
/// <param name="Folder">What it takes.</param>
/// <param name="IsCounted">And that can be counted.</param>
internal sealed record KnownRecord(RunEntry Entry, long Folder, bool IsCounted)
{
    public override string ToString() => Entry.Record is { } record
        ? $"record {record.Id} of {record.Agent} {record.Image} made {record.CreatedAt:s} started {record.StartedAt:s} ended {record.EndedAt:s} {record.Failure} by {(record.Creator == RandomWorld.Alive ? "a living" : "a dead")} process, {record.Installation} {record.Endpoint}, {Folder} B {(IsCounted ? "" : "not told")}"
        : $"record {Entry.Id} cannot be read, {Folder} B";
}

/// <summary>A container.</summary>
/// <param name="Listed">As it is listed.</param>
/// <param name="ImageId">What it was made from, told or not.</param>
/// <param name="Layer">What it wrote.</param>
/// <param name="Volumes">What its anonymous volumes take.</param>
/// <param name="FinishedAt">When its process ended; null when none has.</param>
/// <param name="IsMeasured">Its size is told.</param>
/// <param name="AreVolumesTold">And that of its volumes.</param>
/// <param name="IsProven">And that is proven to hold still.</param>
internal sealed record KnownContainer(
    Container Listed, string? ImageId, long Layer, long Volumes, DateTimeOffset? FinishedAt, bool IsMeasured, bool AreVolumesTold, bool IsProven)
{
    public string Id => Listed.Id;

    public override string ToString() =>
        $"container {Id} {Listed.Name} {Listed.State} of {ImageId} ({Listed.ImageId ?? Listed.Image}) made {Listed.CreatedAt:s}, {string.Join(' ', Listed.Labels)}, {Layer} + {Volumes} B {(IsMeasured ? "" : "not told")} {(AreVolumesTold ? "" : "volumes not told")} {(IsProven ? "" : "not proven")}";
}

/// <summary>How much the runtime tells of an image.</summary>
internal enum Told
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>Its layers, not their sizes.</summary>
    Layers,

    /// <summary>Its size too.</summary>
    Size,

    /// <summary>That of each layer too.</summary>
    Everything,
}

/// <summary>An image.</summary>
/// <param name="Stored">As it is listed.</param>
/// <param name="Layers">Name and size of each, lowest first.</param>
/// <param name="Told">What is told of them.</param>
internal sealed record KnownImage(StoredImage Stored, IReadOnlyList<(string Diff, long Size)> Layers, Told Told)
{
    public string Id => Stored.Image.Id;

    public IReadOnlyList<string> Tags => Stored.Image.Tags;

    /// <summary>Each layer with all below it: what an engine stores once.</summary>
    public IReadOnlyList<(string Id, long Size)> Chains => field ??= [.. Layers.Select((layer, at) => (string.Join(' ', Layers.Take(at + 1).Select(below => below.Diff)), layer.Size))];

    // Without what is made only when it is asked for: a set would lose what it holds when that is made.
    public bool Equals(KnownImage? other) => other is not null && Stored == other.Stored && Layers == other.Layers && Told == other.Told;

    public override int GetHashCode() => Stored.GetHashCode();

    public ImageLayers ToLayers(bool sizesAreExact) => new(
        Id,
        Told >= Told.Size ? new ByteSize(Layers.Sum(layer => layer.Size)) : null,
        sizesAreExact,
        [.. Layers.Select(layer => layer.Diff)],
        Told == Told.Everything ? [.. Layers.Select(layer => new ImageStep(new ByteSize(layer.Size), IsMetadata: false))] : null);

    public override string ToString() =>
        $"image {Id} [{string.Join(' ', Tags)}] [{string.Join(' ', Stored.Digests)}] on {Stored.ParentId} made {Stored.Image.CreatedAt:s}, {string.Join(' ', Stored.Image.Labels)}, {string.Join(' ', Layers)}, told {Told}";
}

/// <summary>What a killed command left.</summary>
/// <param name="Listed">As it is listed.</param>
/// <param name="Bytes">What it takes, told or not.</param>
internal sealed record KnownLeftover(Leftover Listed, long Bytes);
