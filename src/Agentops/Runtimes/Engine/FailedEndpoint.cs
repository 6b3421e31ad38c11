namespace Agentops.Runtimes.Engine;

/// <summary>An endpoint that was tried in vain.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Fault">Why.</param>
internal sealed record FailedEndpoint(EngineEndpoint Endpoint, EngineFault Fault)
{
    /// <summary>Says that none answers, where was looked, why not there, and what to do.</summary>
    /// <param name="tried">In the order tried.</param>
    /// <param name="origin">Who named the only one; null when these are the usual places.</param>
    /// <returns>Two lines.</returns>
    public static string Describe(IReadOnlyList<FailedEndpoint> tried, string? origin)
    {
        if (origin is not null && tried is [var only])
        {
            return $"No container engine answers at {only.Endpoint.Text} (from {origin}): {only.Fault.Reason}.\n{Advice(tried, origin)}";
        }

        // Those that are there say more than those that are not.
        var reasons = tried
            .GroupBy(failed => failed.Fault.Reason)
            .OrderBy(group => group.First().Fault.Kind is EngineFaultKind.Missing)
            .Select(group => $"{string.Join(", ", group.Select(failed => failed.Endpoint.SocketPath ?? failed.Endpoint.Text))}: {group.Key}");
        return $"No container engine answers. Tried {string.Join("; ", reasons)}.\n{Advice(tried, null)}";
    }

    private static string Advice(IReadOnlyList<FailedEndpoint> tried, string? origin)
    {
        bool Any(EngineFaultKind kind) => tried.Any(failed => failed.Fault.Kind == kind);
        return Any(EngineFaultKind.PermissionDenied) ? EngineAdvice.PermissionDenied
            : Any(EngineFaultKind.TooOld) ? "Update the engine."
            : Any(EngineFaultKind.NoAnswer) ? "Is the engine overloaded? AGENTOPS_TIMEOUT=60 waits longer."
            : origin is not null ? $"Start the engine there, or change {origin}."
            : Any(EngineFaultKind.NobodyListens) ? "Start Docker or Podman (sudo systemctl start docker), or name its address in DOCKER_HOST."
            : "Install and start Docker or Podman, or name its address in DOCKER_HOST.";
    }
}
