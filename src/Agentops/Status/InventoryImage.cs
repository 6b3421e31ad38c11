using Agentops.Containers;
using Agentops.Images;
using Agentops.Runs;

namespace Agentops.Status;

/// <summary>An image of ours with all that speaks for and against it.</summary>
/// <param name="Image">As the runtime lists it.</param>
/// <param name="Owner">Whose it is.</param>
public sealed record InventoryImage(Image Image, Owner Owner)
{
    /// <summary>The agent it was built for; null for a base, or when it does not say. Untrusted text.</summary>
    public string? Agent => Image.Labels.GetValueOrDefault(Labels.Agent);

    /// <summary>It is a base that agent images are built on.</summary>
    public bool IsBase => Image.Labels.GetValueOrDefault(Labels.Base) is { } said ? said == "true" : Image.Tags.Any(tag => tag.StartsWith("agentops/base-", StringComparison.Ordinal));

    /// <summary>Ours by label, and a rebuild took its tag away.</summary>
    public bool IsDangling => Image.Tags.Count == 0;

    /// <summary>Those of its tags that are ours; the others are the user's.</summary>
    public IReadOnlyList<string> OurTags { get; } = [.. Image.Tags.Where(tag => tag.StartsWith(Images.Image.TagPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>References of the form <c>node@sha256:…</c>, which hold it as tags do.</summary>
    public IReadOnlyList<string> Digests { get; init; } = [];

    /// <summary>Without our tags it stays all the same: a tag of the user's or a digest holds it too.</summary>
    public bool IsHeldByOthers => !IsDangling && ImageReferences.Remain(new StoredImage(Image, Digests, null), OurTags.ToHashSet());

    /// <summary>What it is called: its first tag of ours, else any tag, else the start of its id.</summary>
    public string Name => OurTags is [var first, ..] ? first : Image.Tags.Order(StringComparer.Ordinal).FirstOrDefault() ?? Image.ShortId;

    /// <summary>All containers made from it, running or not, ours or not.</summary>
    public IReadOnlyList<Container> Users { get; init; } = [];

    /// <summary>The runs made from it, or about to be: those that run first, then the newest.</summary>
    public IReadOnlyList<Run> Runs { get; init; } = [];

    /// <summary>What uses it, each name once: runs as in <see cref="Runs"/>, then containers that are nobody's run.</summary>
    public IReadOnlyList<string> UserNames => [.. Runs.Select(run => run.Name).Concat(Others.Select(user => user.Name)).Distinct(StringComparer.Ordinal)];

    /// <summary>Those of its users that are nobody's run.</summary>
    public IEnumerable<Container> Others => Users.ExceptBy(Runs.Select(run => run.Container?.Id), user => user.Id);

    /// <summary>What one of its users is called: <c>run test-bot (e5f6g7h8)</c>, <c>container web</c>.</summary>
    /// <param name="user">One of <see cref="Users"/>.</param>
    /// <returns>For people; untrusted text.</returns>
    public string NameOf(Container user) => RunOf(user) is { } run ? $"run {run.Name} ({run.Id})" : $"container {user.Name}";

    /// <summary>What it is: <c>dangling image</c>, <c>base image</c> or <c>image</c>.</summary>
    public string Kind => IsDangling ? "dangling image" : IsBase ? "base image" : "image";

    /// <summary>Names of the images built on it, ours or not, each with its id.</summary>
    public IReadOnlyList<(string Id, string Name)> BuiltOnIt { get; init; } = [];

    /// <summary>What would go if it alone went; null while unknown.</summary>
    public LayerBytes? Unique { get; init; }

    /// <summary>Why the next run would build it anew, such as <c>packages changed in agent.yaml</c>; null when it is fresh, or nothing tells.</summary>
    public string? Stale { get; init; }

    /// <summary>The last time a run was made from it or had ended, or it was built; null when nothing tells.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    private Run? RunOf(Container user) => Runs.FirstOrDefault(run => run.Container?.Id == user.Id);
}
