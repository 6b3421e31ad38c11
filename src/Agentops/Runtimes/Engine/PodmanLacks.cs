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
        if (host?.CgroupControllers is not { } controllers)
        {
            return null;
        }

        var rest = spec with
        {
            Cpus = controllers.Contains("cpu") ? spec.Cpus : null,
            Memory = controllers.Contains("memory") ? spec.Memory : null,
            Pids = controllers.Contains("pids") ? spec.Pids : null,
        };
        List<string> lacking = [];
        void Lacks(bool lacks, string what)
        {
            if (lacks)
            {
                lacking.Add(what);
            }
        }

        Lacks(rest.Cpus != spec.Cpus, "processors");
        Lacks(rest.Memory != spec.Memory, "memory");
        Lacks(rest.Pids != spec.Pids, "the number of processes");
        var isFirst = host.CgroupVersion is "v1";
        var reason = isFirst ? "Podman without root needs cgroup v2 for that" : "this system's control groups are not delegated to your user";
        return lacking.Count == 0 ? null : new PodmanLacks(rest, !isFirst, $"This run is not limited in {Join(lacking)}: {reason}. More: docs/podman.md#limits");
    }

    private static string Join(List<string> words) => words.Count == 1 ? words[0] : $"{string.Join(", ", words[..^1])} and {words[^1]}";
}
