using Agentops.Containers;
using Agentops.Images;
using Agentops.Runs;
using Agentops.Runtimes;

namespace Agentops.Status;

/// <summary>One picture of what there is, as plain data for all that decides or prints.</summary>
/// <param name="Runtime">The runtime that was asked.</param>
/// <param name="Installation">The id of our state folder; null when it has none yet.</param>
/// <param name="TakenAt">UTC, after the listings.</param>
public sealed record Inventory(RuntimeIdentity Runtime, string? Installation, DateTimeOffset TakenAt)
{
    /// <summary>Runs with a record, newest first.</summary>
    public IReadOnlyList<Run> Runs { get; init; } = [];

    /// <summary>Containers of ours, or that look like it, without a record that can be read. Newest first.</summary>
    public IReadOnlyList<Orphan> Orphans { get; init; } = [];

    /// <summary>All containers of the runtime, other people's too.</summary>
    public IReadOnlyList<Container> Containers { get; init; } = [];

    /// <summary>Images of ours: agents' newest first, then bases, then dangling ones.</summary>
    public IReadOnlyList<InventoryImage> Images { get; init; } = [];

    /// <summary>The layers of all images of the runtime.</summary>
    public LayerGraph Layers { get; init; } = LayerGraph.Of([], new Dictionary<string, ImageLayers>());

    /// <summary>What the runtime told of them, by image id.</summary>
    public IReadOnlyDictionary<string, ImageLayers> ImageLayers { get; init; } = new Dictionary<string, ImageLayers>();

    /// <summary>Why layers of an image could not be read, the first reason; null when all could. Untrusted text.</summary>
    public string? LayersFault { get; init; }

    /// <summary>The time was up before all layers were read.</summary>
    public bool LayersAreLate { get; init; }

    /// <summary>Names of images whose layers could not be read: what they are built on is not known. Untrusted text.</summary>
    public IReadOnlyList<string> UnreadImages { get; init; } = [];

    /// <summary>Records that cannot be read, one line each, for people; untrusted text.</summary>
    public IReadOnlyList<string> UnreadableRecords { get; init; } = [];

    /// <summary>What killed commands left in the state folder.</summary>
    public IReadOnlyList<Leftover> Leftovers { get; init; } = [];

    /// <summary>Other runtimes that answer and hold things of ours.</summary>
    public IReadOnlyList<OtherRuntime> Elsewhere { get; init; } = [];

    /// <summary>Why the records could not be read, on one line; null when they could. Then nothing is known of any run.</summary>
    public string? RecordsFault { get; init; }

    /// <summary>Why the containers could not be listed, on one line; null when they could. Then nothing is known to be unused.</summary>
    public string? ContainersFault { get; init; }

    /// <summary>Why the images could not be listed, on one line; null when they could.</summary>
    public string? ImagesFault { get; init; }

    /// <summary>A part could not be looked at.</summary>
    public bool HasFault => RecordsFault is not null || ContainersFault is not null || ImagesFault is not null;

    /// <summary>Why sizes could not be measured, each reason once with how many it is the reason for. Untrusted text.</summary>
    public IReadOnlyList<(string Why, int Count)> SizeFaults =>
        [.. Disks.Select(disk => disk.Fault).OfType<string>().GroupBy(fault => fault).Select(fault => (fault.Key, fault.Count()))];

    /// <summary>What our images take together, each layer once; null while unknown.</summary>
    public LayerBytes? ImagesTotal => Layers.TotalOf(Images.Select(image => image.Image.Id));

    /// <summary>How many ended runs, orphans and images there was no time to measure.</summary>
    public int Unmeasured =>
        Runs.Count(run => run.Container is { HasEnded: true } && run.Disk is { Layer: null, WasAsked: false })
        + Orphans.Count(orphan => orphan.Container.HasEnded && orphan.Disk is { Layer: null, WasAsked: false })
        + (LayersAreLate ? UnreadImages.Count : 0);

    private IEnumerable<DiskUse> Disks => Runs.Select(run => run.Disk).Concat(Orphans.Select(orphan => orphan.Disk));
}

/// <summary>Another runtime that answers and holds things of ours.</summary>
/// <param name="Runtime">Which.</param>
/// <param name="Containers">How many containers of ours it has.</param>
/// <param name="Images">How many images of ours it has.</param>
public sealed record OtherRuntime(RuntimeIdentity Runtime, int Containers, int Images);

/// <summary>How closely to look.</summary>
/// <param name="Budget">How long slow sizes may take beyond the listings; null waits for all.</param>
/// <param name="RunningToo">Measure containers that run, too: their size is of the moment.</param>
/// <param name="Others">Look at other runtimes and at recipes, too.</param>
public sealed record InventoryDepth(TimeSpan? Budget, bool RunningToo, bool Others)
{
    /// <summary>For a table that people wait for.</summary>
    public static readonly InventoryDepth Quick = new(TimeSpan.FromMilliseconds(200), RunningToo: true, Others: true);

    /// <summary>For <c>--exact</c>.</summary>
    public static readonly InventoryDepth Exact = new(null, RunningToo: true, Others: true);

    /// <summary>For what is to be removed.</summary>
    public static readonly InventoryDepth Removal = new(null, RunningToo: false, Others: false);
}
