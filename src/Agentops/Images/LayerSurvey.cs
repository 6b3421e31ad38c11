using System.Collections.Concurrent;
using Agentops.Runtimes;

namespace Agentops.Images;

/// <summary>The layers of all images of a runtime, read with as few calls as the figures need.</summary>
/// <param name="Layers">By image id; what to remember for the next time. Without images that vanished meanwhile or that the runtime failed to describe.</param>
/// <param name="Graph">What they make.</param>
public sealed record LayerSurvey(IReadOnlyDictionary<string, ImageLayers> Layers, LayerGraph Graph)
{
    private const int AtOnce = 8;

    /// <summary>Why an image could not be read, the first reason; null when all could. Untrusted text.</summary>
    public string? Fault { get; init; }

    /// <summary>The time was up before all was read.</summary>
    public bool IsCutShort { get; init; }

    /// <summary>Reads what is not remembered: each image once, and the history of those images only that leave a figure open.</summary>
    /// <param name="runtime">Looked at, never changed.</param>
    /// <param name="images">All that it stores, from <see cref="IContainerRuntime.ListStoredImages"/>.</param>
    /// <param name="remembered">From an earlier survey, by image id; an entry whose size is another one now is read again.</param>
    /// <param name="enough">The time is up: what was not read by then leaves figures open.</param>
    /// <returns>The survey.</returns>
    public static async Task<LayerSurvey> Take(
        IContainerRuntime runtime, IReadOnlyList<StoredImage> images, IReadOnlyDictionary<string, ImageLayers> remembered, CancellationToken enough)
    {
        var layers = new ConcurrentDictionary<string, ImageLayers>();
        string? fault = null;
        var isCutShort = false;
        foreach (var image in images)
        {
            if (remembered.TryGetValue(image.Image.Id, out var known) && known.Size == image.Image.Size)
            {
                layers[image.Image.Id] = known;
            }
        }

        // The containerd store tells another size when asked for one image.
        var sizes = images.DistinctBy(image => image.Image.Id).ToDictionary(image => image.Image.Id, image => image.Image.Size);
        await Read(sizes.Keys.Where(id => !layers.ContainsKey(id)), withSteps: false);
        var graph = LayerGraph.Of(images, layers);
        // One history an open place first: it is mostly all that is needed. Then the others.
        foreach (var all in (bool[])[false, true])
        {
            if (graph.WorthReading(layers, all) is { Count: > 0 } worth)
            {
                await Read(worth, withSteps: true);
                graph = LayerGraph.Of(images, layers);
            }
        }

        return new LayerSurvey(layers, graph) { Fault = fault, IsCutShort = isCutShort };

        async Task Read(IEnumerable<string> ids, bool withSteps)
        {
            try
            {
                await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = enough }, async (id, token) =>
                {
                    try
                    {
                        if (await runtime.ReadLayers(id, withSteps, token) is { } read)
                        {
                            layers[id] = read with { Size = sizes[id] };
                            return;
                        }
                    }
                    catch (RuntimeRefusalException refusal)
                    {
                        // One image that the engine cannot describe makes figures estimates; it does not take the others' away.
                        fault ??= refusal.Message;
                    }

                    layers.TryRemove(id, out _);
                });
            }
            catch (RuntimeUnavailableException lost)
            {
                // What is known by now makes estimates, and says so.
                fault ??= lost.Message;
            }
            catch (OperationCanceledException) when (enough.IsCancellationRequested)
            {
                isCutShort = true;
            }
        }
    }
}
