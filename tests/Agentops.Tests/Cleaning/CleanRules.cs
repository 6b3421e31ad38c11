using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Recipes;
using Agentops.Runs;

namespace Agentops.Tests.Cleaning;

/// <summary>What <c>agent clean</c> takes and keeps, as its contract has it, in the plainest words and without a thought for speed.</summary>
internal sealed class CleanRules
{
    private static readonly TimeSpan Making = TimeSpan.FromMinutes(1);

    private readonly RandomWorld world;
    private readonly CleanOptions options;
    private readonly HashSet<KnownImage> goingImages;

    public CleanRules(RandomWorld world, CleanOptions options)
    {
        this.world = world;
        this.options = options;
        goingImages = [.. world.Images.Where(MayGo)];
        // What stays keeps what it is built on, and that what it is built on in turn.
        while (goingImages.RemoveWhere(image => world.Images.Any(other => IsBuiltOn(other, image) && !GoesWhole(other))) > 0)
        {
        }
    }

    /// <summary>Keys of all that goes.</summary>
    public IEnumerable<string> Keys =>
        world.Records.Where(Goes).Select(record => $"run:{record.Entry.Id}")
            .Concat(world.Containers.Where(container => IsOrphan(container) && Goes(container)).Select(container => $"container:{container.Id}"))
            .Concat(world.Images.Where(Goes).SelectMany(image => (image.Tags.Count == 0 ? [image.Id] : OurTags(image)).Select(reference => $"image:{reference}")))
            .Concat(options.Runs ? world.Leftovers.Select(leftover => $"leftover:{leftover.Listed.Name}") : []);

    /// <summary>A run goes when it has ended or never started, and nothing speaks for it.</summary>
    public bool Goes(KnownRecord known)
    {
        if (known.Entry.Record is not { } record || world.RecordsFault is not null || world.ContainersFault is not null)
        {
            return false;
        }

        return HasEnded(known) && record.Installation == world.Installation && !options.Pin.Contains(record.Agent)
            && options.Runs && !IsYoung(MadeAt(known)) && !IsOfTheLast(known);
    }

    /// <summary>An orphan goes when it does not run and is provably ours or nobody's.</summary>
    public bool Goes(KnownContainer container)
    {
        // Of a run whose record cannot be read, by its name or its label.
        var isOfUnreadable = world.Records.Any(record => record.Entry.Record is null
            && (container.Listed.Name == record.Entry.Id.ContainerName || container.Listed.Labels.GetValueOrDefault(Labels.Run) == record.Entry.Id.ToString()));
        var isProven = container.Listed.Labels.ContainsKey(Labels.Run) && (SignedBy(container) is null || IsSignedByUs(container));
        return isProven && !isOfUnreadable && world.RecordsFault is null
            && (container.Listed.State is ContainerState.Exited or ContainerState.Dead || (container.Listed.State == ContainerState.Created && Given.Now - container.Listed.CreatedAt >= Making))
            && !options.Pin.Contains(container.Listed.Labels.GetValueOrDefault(Labels.Agent) ?? "") && options.Runs && !IsYoung(container.Listed.CreatedAt);
    }

    /// <summary>An image goes when nothing that stays uses it or is built on it, and nothing speaks for it.</summary>
    public bool Goes(KnownImage image) => goingImages.Contains(image);

    /// <summary>A container that is nobody's run and that we can see and judge.</summary>
    public bool IsOrphan(KnownContainer container) =>
        world.ContainersFault is null && IsOurs(container) && !IsSignedByAnother(container) && !world.Records.Any(record => ContainerOf(record) == container);

    /// <summary>A container of ours by label or by the exact form of its name.</summary>
    public static bool IsOurs(KnownContainer container) => container.Listed.Labels.ContainsKey(Labels.Run) || RunId.IsContainerName(container.Listed.Name);

    /// <summary>Another installation signed it.</summary>
    public bool IsSignedByAnother(KnownContainer container) => SignedBy(container) is not null && !IsSignedByUs(container);

    /// <summary>An image of ours by label or tag, in its own right: not a step of another, and not held by a digest alone.</summary>
    public bool IsOurs(KnownImage image) =>
        world.ImagesFault is null && (image.Stored.Image.Labels.GetValueOrDefault(Labels.Ours) == "true" || OurTags(image).Length > 0)
        && (image.Tags.Count > 0 || (image.Stored.Digests.Count == 0 && !world.Images.Any(other => other.Stored.ParentId == image.Id)));

    /// <summary>Its tags that are ours.</summary>
    public static string[] OurTags(KnownImage image) => [.. image.Tags.Where(tag => tag.StartsWith("agentops/", StringComparison.Ordinal))];

    /// <summary>Somebody can ask for it by a tag or a digest.</summary>
    public static bool HasName(KnownImage image) => image.Tags.Count + image.Stored.Digests.Count > 0;

    /// <summary>A base of ours.</summary>
    public static bool IsBase(KnownImage image) =>
        image.Stored.Image.Labels.TryGetValue(Labels.Base, out var said) ? said == "true" : image.Tags.Any(tag => tag.StartsWith("agentops/base-", StringComparison.Ordinal));

    /// <summary>An image is built on another when it was made from it step by step, or says so; and on a base when it has all its layers and more, on another image when it does not say what else it is built on.</summary>
    public bool IsBuiltOn(KnownImage image, KnownImage below)
    {
        var isSeen = image.Told != Told.Nothing && below.Told != Told.Nothing;
        // Somebody's images without a name are steps of others, and these count for them.
        var counts = HasName(image) || IsOurs(image);
        return image.Id != below.Id && counts && ((isSeen && HasLayersOf(image, below) && (IsBase(below) || !SpeaksForItself(image, below))) || IsMadeFrom(image, below) || Says(image, below));
    }

    /// <summary>Whether an image has all layers of another and more, told or not.</summary>
    public static bool HasLayersOf(KnownImage image, KnownImage below) =>
        below.Layers.Count > 0 && image.Layers.Count > below.Layers.Count && image.Layers.Take(below.Layers.Count).SequenceEqual(below.Layers);

    /// <summary>The container of a run: the one with its name, else one that was renamed and that we signed.</summary>
    public KnownContainer? ContainerOf(KnownRecord record)
    {
        if (record.Entry.Record is null || world.ContainersFault is not null)
        {
            return null;
        }

        var claiming = world.Containers.Where(container => IsOf(container, record.Entry.Id)).ToList();
        return claiming.Find(container => container.Listed.Name == record.Entry.Id.ContainerName) ?? claiming.FirstOrDefault();
    }

    // A record of no date tells none.
    private DateTimeOffset? MadeAt(KnownRecord known) => known.Entry.Record!.CreatedAt == default ? ContainerOf(known)?.Listed.CreatedAt : known.Entry.Record.CreatedAt;

    private bool HasEnded(KnownRecord known)
    {
        var record = known.Entry.Record!;
        var creatorLives = record.Creator == RandomWorld.Alive;
        return ContainerOf(known)?.Listed.State switch
        {
            null => record.EndedAt is not null || record.Failure is not null || (record.Endpoint == Given.Endpoint && (record.StartedAt is not null || !creatorLives)),
            ContainerState.Exited or ContainerState.Dead => true,
            ContainerState.Created => record.Failure is not null || !creatorLives,
            _ => false,
        };
    }

    // Of the ended runs of its agent there are fewer than so many newer ones.
    private bool IsOfTheLast(KnownRecord known) => options.KeepLast is { } last && world.Records.Count(other =>
        other.Entry.Record is { } record && record.Agent == known.Entry.Record!.Agent && EndedOrSo(other) && IsNewer(other, known)) < last;

    private bool EndedOrSo(KnownRecord known) => HasEnded(known) || ContainerOf(known)?.Listed.State == ContainerState.Removing;

    private bool IsNewer(KnownRecord one, KnownRecord other)
    {
        var (first, second) = (MadeAt(one) ?? DateTimeOffset.MinValue, MadeAt(other) ?? DateTimeOffset.MinValue);
        return first > second || (first == second && string.CompareOrdinal(one.Entry.Id.ToString(), other.Entry.Id.ToString()) < 0);
    }

    private bool MayGo(KnownImage image)
    {
        var owner = image.Stored.Image.Labels.GetValueOrDefault(Labels.Installation);
        var isProven = owner is null ? image.Stored.Image.Labels.GetValueOrDefault(Labels.Ours) == "true" : owner == world.Installation;
        return IsOurs(image) && isProven && (image.Tags.Count == 0 || OurTags(image).Length > 0)
            && world.ContainersFault is null && world.RecordsFault is null
            && !world.Containers.Any(container => Uses(container, image) && !GoesItself(container))
            && !world.Records.Any(record => IsBeingMadeFrom(record, image))
            && !options.Pin.Contains(image.Stored.Image.Labels.GetValueOrDefault(Labels.Agent) ?? "")
            && options.Images && !IsYoung(image.Stored.Image.CreatedAt)
            && (IsBase(image) ? world.Images.All(other => other.Told != Told.Nothing || (!HasName(other) && other.Stored.Image.Labels.GetValueOrDefault(Labels.Ours) != "true")) : !WasUsedLately(image));
    }

    private bool GoesItself(KnownContainer container) =>
        world.Records.FirstOrDefault(record => ContainerOf(record) == container) is { } run ? Goes(run) : IsOrphan(container) && Goes(container);

    private bool IsBeingMadeFrom(KnownRecord known, KnownImage image) =>
        known.Entry.Record is { } record && image.Tags.Contains(record.Image) && ContainerOf(known) is null
        && record is { EndedAt: null, Failure: null, StartedAt: null, Endpoint: Given.Endpoint } && record.Creator == RandomWorld.Alive;

    private bool WasUsedLately(KnownImage image)
    {
        var uses = world.Records.Where(record => OurTags(image).Contains(record.Entry.Record?.Image) || (ContainerOf(record) is { } container && Uses(container, image)))
            .Where(record => record.Entry.Record is not null)
            .SelectMany(record => new[] { MadeAt(record), record.Entry.Record!.EndedAt, ContainerOf(record) is { IsMeasured: true } container ? container.FinishedAt : null });
        var last = uses.Append(image.Stored.Image.CreatedAt).Max();
        return options.KeepImagesUsedWithin is { } lately && !(Given.Now - last >= lately);
    }

    // What is held by more than our tags stays when they go.
    private bool GoesWhole(KnownImage image) =>
        goingImages.Contains(image) && OurTags(image).Length == image.Tags.Count && image.Stored.Digests.All(digest => image.Tags.Any(tag => tag.Split(':')[0] == digest.Split('@')[0]));

    private bool IsMadeFrom(KnownImage image, KnownImage below)
    {
        for (var at = image; at?.Stored.ParentId is { } parent; at = world.Images.FirstOrDefault(other => other.Id == parent))
        {
            if (parent == below.Id)
            {
                return true;
            }
        }

        return false;
    }

    private bool Says(KnownImage image, KnownImage below) =>
        RecipeFingerprint.TryParse(image.Stored.Image.Labels.GetValueOrDefault(Labels.Recipe)) is { } recipe
        && recipe.Bases.Any(said => said.Id is { } id ? id == below.Id : below.Tags.Contains(said.Reference));

    // Its labels are its own, and not those of what a user built it on.
    private static bool SpeaksForItself(KnownImage image, KnownImage below) =>
        RecipeFingerprint.TryParse(image.Stored.Image.Labels.GetValueOrDefault(Labels.Recipe)) is { Bases.Count: > 0 }
        && (image.Stored.Image.Labels.GetValueOrDefault(Labels.Agent) is not { } agent
            || agent != below.Stored.Image.Labels.GetValueOrDefault(Labels.Agent)
            || !HasName(image)
            || image.Tags.Contains($"agentops/{agent}:latest"));

    private static bool Uses(KnownContainer container, KnownImage image) => container.ImageId == image.Id;

    // By its name, which no label contradicts, or by a label that we signed.
    private bool IsOf(KnownContainer container, RunId id)
    {
        var label = container.Listed.Labels.GetValueOrDefault(Labels.Run);
        return !IsSignedByAnother(container)
            && (RunId.OfContainerName(container.Listed.Name) is { } named ? named == id && (label is null || label == id.ToString()) : IsSignedByUs(container) && label == id.ToString());
    }

    private static string? SignedBy(KnownContainer container) => container.Listed.Labels.GetValueOrDefault(Labels.Installation);

    private bool IsSignedByUs(KnownContainer container) => SignedBy(container) is { } signed && signed == world.Installation;

    // What tells no age may be young.
    private bool IsYoung(DateTimeOffset? createdAt) => options.OlderThan is { } age && !(Given.Now - createdAt >= age);
}
