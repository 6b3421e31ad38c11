using Agentops.Containers;

namespace Agentops.Runtimes.Engine;

/// <summary>Limits that a Podman without root cannot keep.</summary>
/// <param name="Rest">The specification without them.</param>
/// <param name="MustBeLeftOut">Podman would not start the container, or say that the limits hold. With cgroup v1 it leaves them out by itself.</param>
/// <param name="Warning">A sentence with what to do about it.</param>
internal sealed record PodmanLacks(ContainerSpec Rest, bool MustBeLeftOut, string Warning)
{
    /// <summary>There is no init to run.</summary>
    public const string Init = "Podman finds no init (catatonit), so this run has none: processes that its own leave behind stay until it ends. Install it: sudo apt install catatonit (or dnf).";

    /// <summary>Finds out what it lacks.</summary>
    /// <param name="spec">What was asked for.</param>
    /// <param name="host">What Podman says of its host; null when it does not.</param>
    /// <returns>Null when it keeps all that was asked for.</returns>
    public static PodmanLacks? Limits(ContainerSpec spec, WirePodmanHost? host)
    {
        if (host is null || Lacking(host) is not { } missing)
        {
            return null;
        }

        var rest = spec with
        {
            Cpus = missing.Contains(RunLimit.Cpus) ? null : spec.Cpus,
            Memory = missing.Contains(RunLimit.Memory) ? null : spec.Memory,
            Pids = missing.Contains(RunLimit.Processes) ? null : spec.Pids,
        };
        List<RunLimit> lacking =
        [
            .. rest.Cpus != spec.Cpus ? [RunLimit.Cpus] : Array.Empty<RunLimit>(),
            .. rest.Memory != spec.Memory ? [RunLimit.Memory] : Array.Empty<RunLimit>(),
            .. rest.Pids != spec.Pids ? [RunLimit.Processes] : Array.Empty<RunLimit>(),
        ];
        return lacking.Count == 0 ? null : new PodmanLacks(rest, !IsFirst(host), $"This run is not limited in {RunLimits.Describe(lacking)}: {Why(host)}. More: docs/podman.md#limits");
    }

    /// <summary>What nobody can be limited in there.</summary>
    /// <param name="host">What Podman says of its host.</param>
    /// <returns>Null when it does not say.</returns>
    public static IReadOnlyList<RunLimit>? Lacking(WirePodmanHost host) => host.CgroupControllers is not { } controllers ? null :
    [
        .. controllers.Contains("cpu") ? Array.Empty<RunLimit>() : [RunLimit.Cpus],
        .. controllers.Contains("memory") ? Array.Empty<RunLimit>() : [RunLimit.Memory],
        .. controllers.Contains("pids") ? Array.Empty<RunLimit>() : [RunLimit.Processes],
    ];

    /// <summary>Why it lacks them.</summary>
    /// <param name="host">What Podman says of its host.</param>
    /// <returns>For people, without a full stop.</returns>
    public static string Why(WirePodmanHost host) =>
        IsFirst(host) ? "Podman without root needs cgroup v2 for that" : "this system's control groups are not delegated to your user";

    private static bool IsFirst(WirePodmanHost host) => host.CgroupVersion is "v1";
}
