using Agentops.Terminal;

namespace Agentops.Runtimes.Engine;

/// <summary>Makes few lines of the many messages of a pull.</summary>
internal sealed class PullProgress
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (long Current, long Total)> layers = [];
    private TimeSpan? lastTold;

    /// <summary>The path and query of a pull.</summary>
    /// <param name="reference">What to pull: <c>node:22</c>, <c>ghcr.io/x/y@sha256:…</c>; without a tag, <c>latest</c>.</param>
    /// <returns>After the version, escaped.</returns>
    public static string Path(string reference)
    {
        // No tag at all would pull every tag there is.
        var colon = reference.LastIndexOf(':');
        var hasTag = colon > reference.LastIndexOf('/') && !reference.Contains('@', StringComparison.Ordinal);
        var tag = reference.Contains('@', StringComparison.Ordinal) ? null : hasTag ? reference[(colon + 1)..] : "latest";
        var path = "/images/create?fromImage=" + Uri.EscapeDataString(hasTag ? reference[..colon] : reference);
        return tag is null ? path : $"{path}&tag={Uri.EscapeDataString(tag)}";
    }

    /// <summary>Takes a message.</summary>
    /// <param name="message"><c>{"status":"Downloading","progressDetail":{"current":1048576,"total":29126278},"id":"a803e7c4b030"}</c>.</param>
    /// <param name="elapsed">Since the pull began.</param>
    /// <returns>A line to tell; null for none: what moves is told once a second.</returns>
    public string? Line(WireProgress message, TimeSpan elapsed)
    {
        if (message.Id is not { Length: > 0 } layer)
        {
            // {"status":"Digest: sha256:…"}, {"status":"Status: Downloaded newer image for node:22"}
            return message.Status;
        }

        if (message.Status is "Downloading" && message.ProgressDetail is { Current: { } current, Total: { } total })
        {
            layers[layer] = (current, total);
        }
        else if (message.Status is "Download complete" or "Pull complete" && layers.TryGetValue(layer, out var known))
        {
            layers[layer] = (known.Total, known.Total);
        }
        else
        {
            // {"status":"Pulling from library/node","id":"22"}
            return message.Status?.StartsWith("Pulling from ", StringComparison.Ordinal) is true ? $"{message.Status}:{layer}" : null;
        }

        if (elapsed - lastTold < Pause)
        {
            return null;
        }

        lastTold = elapsed;
        return $"Downloading {new ByteSize(layers.Values.Sum(part => part.Current))} of {new ByteSize(layers.Values.Sum(part => part.Total))}";
    }
}
