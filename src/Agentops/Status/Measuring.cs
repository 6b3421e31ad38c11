using System.Collections.Concurrent;
using Agentops.Containers;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Status;

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
    /// <returns>By id, also where the runtime tells no size; without those that vanished or that it refuses to measure.</returns>
    public static async Task<IReadOnlyDictionary<string, MeasuredContainer>> Take(
        IContainerRuntime runtime,
        IReadOnlyList<Container> containers,
        IReadOnlyDictionary<string, MeasuredContainer> remembered,
        TimeProvider clock,
        CancellationToken enough)
    {
        var measured = new ConcurrentDictionary<string, MeasuredContainer>();
        // One count of all volumes serves all containers, and none is made when nobody has one.
        var volumes = new Lazy<Task<IReadOnlyDictionary<string, VolumeSize>>>(() => runtime.MeasureVolumes(enough));
        try
        {
            await Parallel.ForEachAsync(
                containers,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = enough },
                async (container, token) =>
                {
                    if (await One(runtime, container, remembered.GetValueOrDefault(container.Id), volumes, clock, token) is { } size)
                    {
                        measured[container.Id] = size;
                    }
                });
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // What there is by now is told.
        }
        catch (RuntimeUnavailableException)
        {
            // Likewise: that the runtime does not answer any more is told by those who cannot do without it.
        }

        return measured;
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
        try
        {
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
        catch (RuntimeRefusalException)
        {
            return null;
        }
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
