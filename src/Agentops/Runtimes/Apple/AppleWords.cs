using System.Globalization;
using System.Text.Json;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Runtimes.Engine;
using Agentops.Terminal;

namespace Agentops.Runtimes.Apple;

/// <summary>What <c>container</c> says, in our types. The differences between its releases are levelled here.</summary>
internal static class AppleWords
{
    /// <summary>A label of ours on containers: when it was created, for releases that do not tell.</summary>
    public const string CreatedLabel = "agentops.created";

    /// <summary>A label of ours on containers whose standard input is open.</summary>
    public const string InputLabel = "agentops.input";

    private const string Role = "com.apple.container.resource.role";

    private static readonly DateTimeOffset Reference = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>An instant: <c>"2026-08-07T22:17:54Z"</c>, up to nine digits after the second, or seconds since 2001 before 1.0.0.</summary>
    /// <param name="date">As it says it.</param>
    /// <returns>UTC; null for none, and for 1970, which stands for none.</returns>
    public static DateTimeOffset? Instant(JsonElement? date) => date switch
    {
        { ValueKind: JsonValueKind.String } text => Instant(text.GetString()),
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out var seconds) && seconds is > 0 and < 1e10 => Reference.AddSeconds(seconds),
        _ => null,
    };

    /// <summary>An instant, RFC 3339.</summary>
    /// <param name="text">As it says it.</param>
    /// <returns>UTC; null for none.</returns>
    public static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) && instant > DateTimeOffset.UnixEpoch ? instant : null;

    /// <summary>Whether it is the builder's, which is the runtime's own affair.</summary>
    /// <param name="wire">As it says it.</param>
    /// <returns>True for the builder's container.</returns>
    public static bool IsBuilder(AppleContainer wire) => wire.Configuration?.Labels?.GetValueOrDefault(Role) == "builder";

    /// <summary>A container looked at closely.</summary>
    /// <param name="wire">As it says it.</param>
    /// <param name="kept">How its process ended, when we looked after it; null while it has not.</param>
    /// <returns>Null when it has no id.</returns>
    public static ContainerDetails? Details(AppleContainer wire, KeptEnd? kept)
    {
        if ((wire.Id ?? wire.Configuration?.Id) is not { Length: > 0 } id)
        {
            return null;
        }

        var (word, startedAt) = StatusOf(wire);
        // What we remember may be of an earlier life. Its start is forgotten by the runtime when its services are started anew.
        var end = kept is not null && (startedAt is null || kept.StartedAt is null || kept.StartedAt == startedAt) ? kept : null;
        var state = State(word, hasRun: startedAt is not null || kept is not null, hasEnded: end is not null);
        var labels = Labels(wire.Configuration?.Labels);
        var isOver = state == ContainerState.Exited;
        var container = new Container(
            id,
            id,
            state,
            isOver ? end?.Code : null,
            wire.Configuration?.Image?.Descriptor?.Digest,
            EngineWords.Tag(wire.Configuration?.Image?.Reference ?? ""),
            Instant(wire.Configuration?.CreationDate) ?? Instant(labels.GetValueOrDefault(CreatedLabel)),
            labels);
        return new ContainerDetails(
            container,
            startedAt ?? kept?.StartedAt,
            isOver ? end?.FinishedAt : null,
            // It does not say, and 137 is what a machine without memory leaves.
            isOver && end?.Code == 137 ? null : false,
            wire.Configuration?.Resources?.MemoryInBytes is > 0 and var memory ? memory : null,
            null,
            wire.Configuration?.InitProcess?.Terminal ?? false,
            labels.ContainsKey(InputLabel));
    }

    /// <summary>The stored name of an image: <c>docker.io/library/alpine:3.20</c>, <c>my-app:latest</c>, <c>node@sha256:…</c>.</summary>
    /// <param name="wire">As it says it.</param>
    /// <returns>What other commands take; null when it has none.</returns>
    public static string? NameOf(AppleImage wire) => wire.Configuration?.Name ?? wire.Name ?? wire.Reference;

    /// <summary>The id of an image: the digest of its index.</summary>
    /// <param name="wire">As it says it.</param>
    /// <returns>With <c>sha256:</c> before it; null when it has none.</returns>
    public static string? IdOf(AppleImage wire) =>
        (wire.Configuration?.Descriptor?.Digest ?? wire.Index?.Digest ?? wire.Descriptor?.Digest ?? wire.Id) is { Length: > 0 } id
            ? id.Contains(':', StringComparison.Ordinal) ? id : "sha256:" + id
            : null;

    /// <summary>Images: those that have one digest are one, with several names.</summary>
    /// <param name="wires">As it says them.</param>
    /// <returns>In the order of their first names.</returns>
    public static IReadOnlyList<AppleStoredImage> Images(IEnumerable<AppleImage?> wires) =>
        [.. wires.OfType<AppleImage>().Where(wire => IdOf(wire) is not null && NameOf(wire) is not null).GroupBy(wire => IdOf(wire)!).Select(same => Image(same.Key, [.. same]))];

    private static AppleStoredImage Image(string id, IReadOnlyList<AppleImage> wires)
    {
        IReadOnlyList<string> names = [.. wires.Select(NameOf).OfType<string>().Distinct()];
        // How a build was made is signed as a platform of its own: "unknown". A pull of several leaves several.
        var variants = (wires.Select(wire => wire.Variants).FirstOrDefault(variants => variants is { Length: > 0 }) ?? []).OfType<AppleVariant>()
            .Where(variant => (variant.Platform?.Os ?? "linux") != "unknown").ToList();
        var own = variants.Find(variant => variant.Platform?.Architecture is "arm64") ?? variants.FirstOrDefault();
        var config = own?.Config?.Config;
        var image = new Image(
            id,
            [.. names.Where(name => !name.Contains('@', StringComparison.Ordinal)).Select(EngineWords.Tag).Distinct()],
            variants.Count > 0 && variants.TrueForAll(variant => variant.Size is >= 0) ? new ByteSize(variants.Sum(variant => variant.Size!.Value)) : null,
            Instant(own?.Config?.Created) ?? wires.Select(wire => Instant(wire.Configuration?.CreationDate)).FirstOrDefault(instant => instant is not null),
            Labels(config?.Labels));
        var details = new ImageDetails(image, own?.Config?.Rootfs?.DiffIds ?? [], config?.Entrypoint ?? [], config?.Cmd ?? [], config?.Env ?? []);
        return new AppleStoredImage(details, names);
    }

    private static (string? Word, DateTimeOffset? StartedAt) StatusOf(AppleContainer wire)
    {
        if (wire.Status is not { ValueKind: JsonValueKind.Object } status)
        {
            return (wire.Status is { ValueKind: JsonValueKind.String } word ? word.GetString() : null, Instant(wire.StartedDate));
        }

        return (
            status.TryGetProperty("state", out var state) && state.ValueKind is JsonValueKind.String ? state.GetString() : null,
            status.TryGetProperty("startedDate", out var started) ? Instant(started) : null);
    }

    // It has "running" and "stopped" and, on the way, "stopping". What we saw end may still be called running for a moment.
    private static ContainerState State(string? word, bool hasRun, bool hasEnded) => word switch
    {
        "running" or "stopping" => hasEnded ? ContainerState.Exited : ContainerState.Running,
        "stopped" => hasRun ? ContainerState.Exited : ContainerState.Created,
        _ => ContainerState.Unknown,
    };

    private static Dictionary<string, string> Labels(Dictionary<string, string?>? labels) => (labels ?? []).ToDictionary(label => label.Key, label => label.Value ?? "");
}

/// <summary>An image as it is stored.</summary>
/// <param name="Details">In our types.</param>
/// <param name="Names">Its names as they are stored, which other commands take.</param>
internal sealed record AppleStoredImage(ImageDetails Details, IReadOnlyList<string> Names)
{
    /// <summary>In full.</summary>
    public string Id => Details.Image.Id;

    /// <summary>As a listing shows it.</summary>
    public StoredImage Stored => new(Details.Image, [.. Names.Where(name => name.Contains('@', StringComparison.Ordinal)).Select(EngineWords.Tag)], null);

    /// <summary>The stored name that the user's word means.</summary>
    /// <param name="reference">A tag or a digest.</param>
    /// <returns>Null when it is none of its names.</returns>
    public string? NameFor(string reference) => Names.FirstOrDefault(name => name == reference || EngineWords.Tag(name) == EngineWords.Tag(reference));
}
