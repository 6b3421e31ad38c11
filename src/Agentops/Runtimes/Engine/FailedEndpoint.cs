namespace Agentops.Runtimes.Engine;

/// <summary>An endpoint that was tried in vain.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Fault">Why.</param>
internal sealed record FailedEndpoint(EngineEndpoint Endpoint, EngineFault Fault)
{
    /// <summary>Says that none answers, where was looked, why not there, and what to do.</summary>
    /// <param name="tried">In the order tried.</param>
    /// <param name="origin">Who named the only one; null when these are the usual places.</param>
    /// <param name="podman">The command that makes an installed Podman listen; null where there is none.</param>
    /// <returns>Two lines.</returns>
    public static string Describe(IReadOnlyList<FailedEndpoint> tried, EndpointOrigin? origin, string? podman = null)
    {
        if (origin is not null && tried is [var only])
        {
            return $"No container engine answers at {only.Endpoint.Text} ({origin.Text}): {only.Fault.Reason}.\n{Advice(tried, origin, podman)}";
        }

        // Those that are there say more than those that are not.
        var reasons = tried
            .GroupBy(failed => failed.Fault.Reason)
            .OrderBy(group => group.First().Fault.Kind is EngineFaultKind.Missing)
            .Select(group => $"{string.Join(", ", group.Select(failed => failed.Endpoint.SocketPath ?? failed.Endpoint.Text))}: {group.Key}");
        return $"No container engine answers. Tried {string.Join("; ", reasons)}.\n{Advice(tried, null, podman)}";
    }

    /// <summary>What to do about it.</summary>
    /// <param name="tried">What was tried, in vain.</param>
    /// <param name="origin">As of <see cref="Describe"/>.</param>
    /// <param name="podman">As of <see cref="Describe"/>.</param>
    /// <returns>One line.</returns>
    public static string Advice(IReadOnlyList<FailedEndpoint> tried, EndpointOrigin? origin, string? podman)
    {
        bool Any(EngineFaultKind kind) => tried.Any(failed => failed.Fault.Kind == kind);
        return tried.Select(failed => failed.Fault.Advice).FirstOrDefault(advice => advice is not null) is { } known ? known
            : podman is not null && OnlyPodmanIsThere(tried, origin) ? $"Podman is installed and does not listen. Start it: {podman}"
            : Any(EngineFaultKind.PermissionDenied) ? EngineAdvice.PermissionDenied
            : Any(EngineFaultKind.TooOld) ? "Update the engine."
            : Any(EngineFaultKind.NoAnswer) ? EngineAdvice.NoAnswer
            : origin is not null ? $"Start the engine there, or {origin.Remedy}."
            : Any(EngineFaultKind.NobodyListens) ? $"Start Docker (sudo systemctl start docker) or Podman{(podman is null ? "" : $" ({podman})")}, or name its address in DOCKER_HOST."
            : "Install and start Docker or Podman, or name its address in DOCKER_HOST.";
    }

    // An ordinary user may not even look for the socket of root's Podman; that one's own is what to start.
    private static bool OnlyPodmanIsThere(IReadOnlyList<FailedEndpoint> tried, EndpointOrigin? origin) =>
        tried.Any(failed => failed.IsPodmans(origin))
        && tried.All(failed => failed.Fault.Kind is EngineFaultKind.Missing
            || (failed.IsPodmans(origin) && failed.Fault.Kind is EngineFaultKind.NobodyListens or EngineFaultKind.PermissionDenied));

    private bool IsPodmans(EndpointOrigin? origin) => origin is { IsPodmans: true } || Endpoint.SocketPath?.EndsWith("/podman.sock", StringComparison.Ordinal) is true;
}
