using System.Globalization;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Runtimes.Engine;

/// <summary>What engines say, in our types. Docker's and Podman's differences in answers are levelled here.</summary>
internal static class EngineWords
{
    private static readonly Dictionary<string, string> NoLabels = [];

    /// <summary>Podman and BuildKit write out where a short name comes from: <c>docker.io/agentops/x:1</c>, <c>localhost/agentops/x:1</c>, <c>docker.io/library/node:22</c>.</summary>
    /// <param name="tag">As the engine says it.</param>
    /// <returns>As the user knows it.</returns>
    public static string Tag(string tag)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["docker.io/library/", "docker.io/", "localhost/"])
        {
            if (tag.StartsWith(prefix, StringComparison.Ordinal))
            {
                return tag[prefix.Length..];
            }
        }

        return tag;
    }

    /// <summary>The tags of an image.</summary>
    /// <param name="repoTags">As the engine says them: null, empty or <c>&lt;none&gt;:&lt;none&gt;</c> for none.</param>
    /// <returns>As the user knows them.</returns>
    public static IReadOnlyList<string> Tags(string[]? repoTags) =>
        [.. (repoTags ?? []).Where(tag => !tag.Contains("<none>", StringComparison.Ordinal)).Select(Tag).Distinct(StringComparer.Ordinal)];

    /// <summary>An id in full; Podman leaves the algorithm out in places.</summary>
    /// <param name="id">As the engine says it.</param>
    /// <returns>With <c>sha256:</c> before it.</returns>
    public static string ImageId(string id) => id.Length == 64 && !id.Contains(':', StringComparison.Ordinal) ? "sha256:" + id : id;

    /// <summary>The state of a container.</summary>
    /// <param name="word">The engine's word.</param>
    /// <returns>Unknown for a word we do not know.</returns>
    public static ContainerState State(string? word) => word switch
    {
        // Podman: initialized is created with its network up, configured is created with less.
        "created" or "initialized" or "configured" => ContainerState.Created,
        // Podman: stopping and stopped are on the way from running to exited; only the second has ended.
        "running" or "stopping" => ContainerState.Running,
        "paused" => ContainerState.Paused,
        "restarting" => ContainerState.Restarting,
        "removing" => ContainerState.Removing,
        "exited" or "stopped" => ContainerState.Exited,
        "dead" => ContainerState.Dead,
        _ => ContainerState.Unknown,
    };

    /// <summary>The exit code in a listing, which has it in words only: <c>Exited (137) 2 hours ago</c>.</summary>
    /// <param name="status">As the engine says it.</param>
    /// <returns>Null when there is none in it.</returns>
    public static int? ExitCode(string? status) => Exited(status, out _);

    // "Exited (137) 2 hours ago": the code, and what follows. Not by a pattern, as thousands are read in a row.
    private static int? Exited(string? status, out ReadOnlySpan<char> ago)
    {
        const string Word = "Exited (";
        ago = default;
        var text = status.AsSpan();
        if (!text.StartsWith(Word, StringComparison.Ordinal) || text.IndexOf(')') is not (> 0 and var end))
        {
            return null;
        }

        ago = text[(end + 1)..];
        return int.TryParse(text[Word.Length..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code) ? code : null;
    }

    /// <summary>An instant, RFC 3339 with nanoseconds; <c>0001-01-01T00:00:00Z</c> is Go's way to say none.</summary>
    /// <param name="text">As the engine says it.</param>
    /// <returns>UTC; null for none.</returns>
    public static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) && instant.Year > 1 ? instant : null;

    /// <summary>An instant in seconds since 1970.</summary>
    /// <param name="seconds">As the engine says it.</param>
    /// <returns>UTC; null for none and for what no calendar has.</returns>
    public static DateTimeOffset? Instant(long? seconds) =>
        seconds is > 0 and <= 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds.Value) : null;

    /// <summary>A container of a listing.</summary>
    /// <param name="wire">As the engine says it.</param>
    /// <returns>Null when it has no id.</returns>
    public static Container? Container(WireContainer wire)
    {
        if (wire.Id is not { Length: > 0 } id)
        {
            return null;
        }

        var state = State(wire.State);
        var hasEnded = state is ContainerState.Exited or ContainerState.Dead;
        return new Container(
            id,
            Name(wire.Names),
            state,
            hasEnded ? ExitCode(wire.Status) : null,
            wire.ImageID is { Length: > 0 } image ? ImageId(image) : null,
            wire.Image ?? "",
            Instant(wire.Created),
            (IReadOnlyDictionary<string, string>?)wire.Labels ?? NoLabels)
        {
            EndedAtLeast = hasEnded ? EndedAtLeast(wire.Status) : null,
            AnonymousVolumes = AnonymousVolumes(wire.Mounts),
        };
    }

    // "Names":["/agentops-a1b2c3d4"]; links add names with a second slash.
    private static string Name(string[]? names)
    {
        foreach (var name in names ?? [])
        {
            if (name.TrimStart('/') is var bare && !bare.Contains('/', StringComparison.Ordinal))
            {
                return bare;
            }
        }

        return "";
    }

    /// <summary>A container looked at closely.</summary>
    /// <param name="wire">As the engine says it.</param>
    /// <param name="greeting">Which engine says it.</param>
    /// <returns>Null when it has no id.</returns>
    public static ContainerDetails? Details(WireContainerDetails wire, EngineGreeting greeting)
    {
        if (wire.Id is not { Length: > 0 } id)
        {
            return null;
        }

        var state = State(wire.State?.Status);
        var ended = state is ContainerState.Exited or ContainerState.Dead;
        var container = new Container(
            id,
            (wire.Name ?? "").TrimStart('/'),
            state,
            ended ? wire.State?.ExitCode : null,
            wire.Image is { Length: > 0 } image ? ImageId(image) : null,
            wire.Config?.Image ?? "",
            Instant(wire.Created),
            wire.Config?.Labels ?? NoLabels)
        {
            AnonymousVolumes = AnonymousVolumes(wire.Mounts),
        };
        var started = Instant(wire.State?.StartedAt);
        return new ContainerDetails(
            container,
            started,
            // A restarted container still has the end of its last life.
            ended ? End(Instant(wire.State?.FinishedAt), started, greeting) : null,
            KilledByMemory(wire.State, wire.HostConfig, greeting),
            wire.HostConfig?.Memory is > 0 and var memory ? memory : null,
            wire.State?.Error is { Length: > 0 } error ? error : null,
            wire.Config?.Tty ?? false,
            wire.Config?.OpenStdin ?? false);
    }

    // Podman takes the start from the clock, once the process runs, and the end from the time of a file, which is the clock's last tick.
    private static DateTimeOffset? End(DateTimeOffset? finished, DateTimeOffset? started, EngineGreeting greeting) =>
        greeting.IsPodman && finished < started ? started : finished;

    /// <summary>A container that was counted.</summary>
    /// <param name="wire">As the engine says it.</param>
    /// <param name="greeting">Which engine says it: Podman leaves a size of zero out.</param>
    /// <returns>Null when it has no id.</returns>
    public static ContainerSize? Size(WireContainerDetails wire, EngineGreeting greeting) =>
        Details(wire, greeting) is { } details ? new ContainerSize(details, Size(wire.SizeRw ?? (greeting.IsPodman ? 0 : null))) : null;

    /// <summary>What volumes take.</summary>
    /// <param name="wire">As the engine says it; a size or count of -1 is unknown.</param>
    /// <returns>By name.</returns>
    public static IReadOnlyDictionary<string, VolumeSize> Volumes(WireUsage wire) =>
        (wire.Volumes ?? []).Where(volume => volume.Name is not null).DistinctBy(volume => volume.Name).ToDictionary(
            volume => volume.Name!,
            volume => new VolumeSize(Size(volume.UsageData?.Size), volume.UsageData?.RefCount is >= 0 and var users ? users : null));

    /// <summary>How long ago a process ended, at the least, from the words of a listing: <c>Exited (137) 2 hours ago</c>.</summary>
    /// <remarks>The words are those of https://github.com/docker/go-units/blob/v0.5.0/duration.go: hours are rounded to the nearest, the larger units are cut off after that.</remarks>
    /// <param name="status">As the engine says it.</param>
    /// <returns>Null when it does not say.</returns>
    public static TimeSpan? EndedAtLeast(string? status)
    {
        if (Exited(status, out var words) is null || !words.StartsWith(" ") || !words[1..].EndsWith(" ago"))
        {
            return null;
        }

        words = words[1..^" ago".Length];
        var space = words.LastIndexOf(' ');
        if (space < 0 || Count(words[..space]) is not { } count)
        {
            return null;
        }

        var rounding = TimeSpan.FromMinutes(30);
        var unit = words[(space + 1)..];
        return (unit.EndsWith("s") ? unit[..^1] : unit) switch
        {
            "second" => TimeSpan.FromSeconds(count),
            "minute" => TimeSpan.FromMinutes(count),
            "hour" when count == 1 => TimeSpan.FromHours(1),
            "hour" => TimeSpan.FromHours(count) - rounding,
            "day" => TimeSpan.FromDays(count) - rounding,
            "week" => TimeSpan.FromDays(7 * count) - rounding,
            "month" => TimeSpan.FromDays(30 * count) - rounding,
            "year" => TimeSpan.FromDays(365 * count) - rounding,
            _ => null,
        };
    }

    private static int? Count(ReadOnlySpan<char> words) => words switch
    {
        "Less than a" => 0,
        "About a" or "About an" => 1,
        _ when words.IsEmpty || words.ContainsAnyExceptInRange('0', '9') => null,
        _ => int.TryParse(words, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, 1000) : 0,
    };

    /// <summary>An image of a listing.</summary>
    /// <param name="wire">As the engine says it.</param>
    /// <returns>Null when it has no id.</returns>
    public static Image? Image(WireImage wire) => wire.Id is not { Length: > 0 } id ? null : new Image(
        ImageId(id), Tags(wire.RepoTags), Size(wire.Size), Instant(wire.Created), wire.Labels ?? NoLabels);

    /// <summary>An image looked at closely.</summary>
    /// <param name="wire">As the engine says it.</param>
    /// <returns>Null when it has no id.</returns>
    public static ImageDetails? Details(WireImageDetails wire) => wire.Id is not { Length: > 0 } id ? null : new ImageDetails(
        new Image(
            ImageId(id),
            Tags(wire.RepoTags),
            // Docker's containerd store has no driver to tell of ("Data":null), and here the size of what was pulled, not of what is on disk as in a listing.
            wire.GraphDriver?.Data is null ? null : Size(wire.Size),
            Instant(wire.Created),
            wire.Config?.Labels ?? NoLabels),
        wire.RootFS?.Layers ?? [],
        wire.Config?.Entrypoint ?? [],
        wire.Config?.Cmd ?? [],
        wire.Config?.Env ?? []);

    /// <summary>Anything in a listing of all that is stored.</summary>
    /// <param name="wire">As the engine says it.</param>
    /// <returns>Null when it has no id.</returns>
    public static StoredImage? StoredImage(WireImage wire) => Image(wire) is not { } image ? null : new StoredImage(
        image,
        // "RepoDigests":["<none>@<none>"] at API 1.41, null or none later.
        Tags(wire.RepoDigests),
        wire.ParentId is { Length: > 0 } parent ? ImageId(parent) : null);

    /// <summary>The layers of an image.</summary>
    /// <param name="wire">As the engine says it.</param>
    /// <param name="history">Newest first; null when not asked for or not told.</param>
    /// <param name="greeting">Which engine says it: Podman's size of an image has more in it than its history.</param>
    /// <returns>Null when it has no id.</returns>
    public static ImageLayers? Layers(WireImageDetails wire, IReadOnlyList<WireStep>? history, EngineGreeting greeting)
    {
        if (Details(wire) is not { } details)
        {
            return null;
        }

        var steps = history?.Reverse().Select(step => ImageStep.Of(Size(step.Size) ?? ByteSize.Zero, step.CreatedBy, step.Comment)).ToList();
        return new ImageLayers(
            details.Image.Id,
            details.Image.Size,
            // Docker with the containerd store calls its driver "overlayfs", and Podman "overlay".
            wire.GraphDriver?.Name == "overlay2",
            details.Layers,
            greeting.IsPodman && details.Image.Size is { } size && steps is not null ? OwnOnTop(size, steps) : steps);
    }

    // Beside its layers Podman counts what describes an image, and copies of its last layer for other user ids, as it knows them: they go with the image.
    private static List<ImageStep> OwnOnTop(ByteSize size, List<ImageStep> steps)
    {
        var own = size.Bytes - steps.Sum(step => step.Size.Bytes);
        if (own > 0 && steps.FindLastIndex(step => step.Size.Bytes > 0) is >= 0 and var top)
        {
            steps[top] = steps[top] with { Size = new ByteSize(steps[top].Size.Bytes + own) };
        }

        return steps;
    }

    // Podman 4.3 says false for a process that the kernel killed at its limit, 5.4 true; between them nobody looked.
    private static bool? KilledByMemory(WireState? state, WireHostConfig? host, EngineGreeting greeting) =>
        state?.OOMKilled is not true && state?.ExitCode == 137 && host?.Memory > 0 && greeting.IsPodmanBefore(5, 4) ? null : state?.OOMKilled ?? false;

    // Engines name a volume that nobody named by 64 random hexadecimal digits.
    private static IReadOnlyList<string> AnonymousVolumes(WireMountPoint[]? mounts)
    {
        List<string>? names = null;
        foreach (var mount in mounts ?? [])
        {
            if (mount is { Type: "volume", Name.Length: 64 } && mount.Name.All(char.IsAsciiHexDigitLower))
            {
                (names ??= []).Add(mount.Name);
            }
        }

        return names ?? (IReadOnlyList<string>)[];
    }

    private static ByteSize? Size(long? bytes) => bytes is >= 0 ? new ByteSize(bytes.Value) : null;
}
