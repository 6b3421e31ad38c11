using System.Collections.Concurrent;
using Agentops.Containers;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Status;

/// <summary>What came of measuring. A container that is in neither was not asked for in time.</summary>
/// <param name="Sizes">By id, also where the runtime tells no size.</param>
/// <param name="InVain">By id, why the runtime could not measure it; null for one that is gone. Untrusted text.</param>
internal sealed record Measurements(IReadOnlyDictionary<string, MeasuredContainer> Sizes, IReadOnlyDictionary<string, string?> InVain);

/// <summary>Measures containers, several at once, until all are measured or the time is up.</summary>
internal static class Measuring
{
    private const int AtOnce = 8;

    /// <summary>Measures containers. One that was measured before is only asked whether it has run since.</summary>
    /// <param name="runtime">Looked at, never changed.</param>
    /// <param name="containers">In the order to measure them.</param>
    /// <param name="remembered">Earlier measurements, by id.</param>
    /// <param name="clock">For the instant of each.</param>
    /// <param name="enough">The time is up: what is not measured by then stays out.</param>
    /// <returns>What came of it.</returns>
    public static async Task<Measurements> Take(
        IContainerRuntime runtime,
        IReadOnlyList<Container> containers,
        IReadOnlyDictionary<string, MeasuredContainer> remembered,
        TimeProvider clock,
        CancellationToken enough)
    {
        var measured = new ConcurrentDictionary<string, MeasuredContainer>();
        var inVain = new ConcurrentDictionary<string, string?>();
        // One count of all volumes serves all containers, and none is made when nobody has one.
        var volumes = new Lazy<Task<IReadOnlyDictionary<string, VolumeSize>>>(() => runtime.MeasureVolumes(enough));
        try
        {
            await Parallel.ForEachAsync(
                containers,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = enough },
                async (container, token) =>
                {
                    try
                    {
                        if (await One(runtime, container, remembered.GetValueOrDefault(container.Id), volumes, clock, token) is { } size)
                        {
                            measured[container.Id] = size;
                        }
                        else
                        {
                            inVain[container.Id] = null;
                        }
                    }
                    catch (RuntimeRefusalException refusal)
                    {
                        inVain[container.Id] = refusal.Message;
                    }
                });
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // What there is by now is told.
        }
        catch (RuntimeUnavailableException lost)
        {
            foreach (var container in containers.Where(container => !measured.ContainsKey(container.Id)))
            {
                inVain.TryAdd(container.Id, lost.Message);
            }
        }

        return new Measurements(measured, inVain);
    }

    private static async Task<MeasuredContainer?> One(
        IContainerRuntime runtime,
        Container container,
        MeasuredContainer? before,
        Lazy<Task<IReadOnlyDictionary<string, VolumeSize>>> volumes,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var seenAt = clock.GetUtcNow();
        if (before is not null && container.HasEnded
            && await runtime.FindContainer(container.Id, cancellationToken) is { Container.HasEnded: true, FinishedAt: { } finished } && finished == before.FinishedAt)
        {
            return before with { SeenAt = seenAt };
        }

        if (await runtime.MeasureContainer(container.Id, cancellationToken) is not { } size)
        {
            return null;
        }

        var names = size.Details.Container.AnonymousVolumes;
        var ofVolumes = names.Count == 0 ? ByteSize.Zero : SumOf(names, await volumes.Value);
        return new MeasuredContainer(size.Details.FinishedAt, size.Layer, ofVolumes, seenAt);
    }

    private static ByteSize? SumOf(IReadOnlyList<string> names, IReadOnlyDictionary<string, VolumeSize> volumes)
    {
        var sum = ByteSize.Zero;
        foreach (var name in names)
        {
            if (volumes.GetValueOrDefault(name) is not { Size: { } size } volume)
            {
                return null;
            }

            // One that another container has too does not go with this one.
            sum += volume.Users > 1 ? ByteSize.Zero : size;
        }

        return sum;
    }
}
