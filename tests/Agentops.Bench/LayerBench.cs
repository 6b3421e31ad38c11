using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Bench;

/// <summary>What it costs to foretell what goes with images: a graph of their layers, what each frees in its turn, and what all take.</summary>
internal static class LayerBench
{
    private const int Images = 500;
    private const int Layers = 50;
    private const int Rounds = 30;

    public static void Take(Report report, Action<string> tell)
    {
        tell($"layers: {Images} images of {Layers} layers");
        var (images, layers) = Family();
        IReadOnlyList<string> references = [.. images.SelectMany(image => image.Image.Tags)];
        IReadOnlyList<string> used = [.. images.Where((_, number) => number % 10 == 0).Select(image => image.Image.Id)];
        // Compiled before it runs, as the program is: what the just-in-time compiler takes does not count.
        for (var end = DateTime.UtcNow.AddSeconds(3); DateTime.UtcNow < end;)
        {
            Foretell();
        }

        var before = Environment.CpuUsage.TotalTime;
        for (var round = 0; round < Rounds; round++)
        {
            Foretell();
        }

        report.Add($"foretelling what {Images} images of {Layers} layers free, processor time", (Environment.CpuUsage.TotalTime - before) / Rounds, TimeSpan.FromMilliseconds(20));

        void Foretell()
        {
            var graph = LayerGraph.Of(images, layers);
            if (graph.FreedByEach(references, used).Count != references.Count || graph.TotalOf(layers.Keys) is null)
            {
                throw new InvalidOperationException("nothing was foretold");
            }
        }
    }

    // Ten bases, each with five images on it, each of them with nine more: as agents share bases, packages and set-up.
    private static (IReadOnlyList<StoredImage> Images, IReadOnlyDictionary<string, ImageLayers> Layers) Family()
    {
        var images = new List<StoredImage>();
        var layers = new Dictionary<string, ImageLayers>();
        for (var number = 0; number < Images; number++)
        {
            var (lowest, middle) = (number % 10, number % 50);
            IReadOnlyList<string> diffs =
            [
                .. Enumerable.Range(0, 20).Select(layer => $"sha256:base-{lowest}-{layer}"),
                .. Enumerable.Range(0, 20).Select(layer => $"sha256:middle-{middle}-{layer}"),
                .. Enumerable.Range(0, Layers - 40).Select(layer => $"sha256:own-{number}-{layer}"),
            ];
            var id = $"sha256:image-{number}";
            var size = new ByteSize(Layers * 1_000_000L);
            images.Add(new StoredImage(new Image(id, [$"agentops/agent-{number}:latest"], size, null, new Dictionary<string, string>()), [], null));
            layers[id] = new ImageLayers(id, size, true, diffs, [.. diffs.Select(_ => new ImageStep(new ByteSize(1_000_000), IsMetadata: false))]);
        }

        return (images, layers);
    }
}
