using Agentops.Images;
using Agentops.Runtimes;
using Agentops.Terminal;
using Agentops.Tests.Fakes;

namespace Agentops.Tests.Images;

public sealed class LayerSurveySpecs : IAsyncDisposable
{
    private readonly FakeRuntime runtime = new();

    public ValueTask DisposeAsync() => runtime.DisposeAsync();

    [Fact]
    public async Task Each_image_is_read_once_and_its_history_only_where_images_part()
    {
        var node = runtime.AddImage("node:22", size: 100);
        runtime.AddImage("agentops/one:latest", size: 107, basedOn: "node:22");
        runtime.AddImage("agentops/two:latest", size: 130, basedOn: "node:22");

        var survey = await Take();

        Assert.Equal(3, Reads().Count);
        Assert.Equal(new LayerBytes(new ByteSize(137), IsExact: true), survey.Graph.Total);

        // Without its base as an image, only a history tells what they share.
        await runtime.RemoveImage("node:22", TestContext.Current.CancellationToken);
        var without = await Take(survey.Layers);

        Assert.Equal(4, Reads().Count);
        Assert.EndsWith(" with steps", Reads()[^1], StringComparison.Ordinal);
        Assert.Equal(new LayerBytes(new ByteSize(137), IsExact: true), without.Graph.Total);
        Assert.DoesNotContain(node, without.Layers.Keys);
    }

    [Fact]
    public async Task What_is_remembered_is_not_read_again_unless_its_size_changed()
    {
        var image = runtime.AddImage("agentops/one:latest", size: 107);
        var first = await Take();

        await Take(first.Layers);
        Assert.Single(Reads());

        var changed = await Take(new Dictionary<string, ImageLayers> { [image] = first.Layers[image] with { Size = new ByteSize(5) } });
        Assert.Equal(2, Reads().Count);
        Assert.Equal(new LayerBytes(new ByteSize(107), IsExact: true), changed.Graph.Total);
    }

    [Fact]
    public async Task An_image_that_cannot_be_read_makes_estimates_and_takes_no_other_away()
    {
        var image = runtime.AddImage("agentops/one:latest", size: 107);
        var first = await Take();
        runtime.AddImage("agentops/two:latest", size: 100);
        runtime.Fail(nameof(IContainerRuntime.ReadLayers), new RuntimeRefusalException(RuntimeRefusal.Other, "layer does not exist"));

        var survey = await Take(first.Layers);

        Assert.Equal([image], survey.Layers.Keys);
        Assert.Equal(new LayerBytes(new ByteSize(107), IsExact: false), survey.Graph.Total);
    }

    [Fact]
    public async Task Where_a_base_is_said_to_take_more_than_what_is_built_on_it_one_history_tells()
    {
        runtime.SizesAreExact = false;
        runtime.AddImage("node:22", size: 100);
        var one = runtime.AddImage("agentops/one:latest", size: 107, basedOn: "node:22");
        runtime.AddImage("agentops/two:latest", size: 130, basedOn: "node:22");
        runtime.AddToSizeOfImage("node:22", 20);

        var survey = await Take();

        Assert.Equal("~7 B", survey.Graph.UniqueTo(one).ToString());
        Assert.Equal(["ReadLayers " + one + " with steps"], Reads().Where(read => read.EndsWith(" with steps", StringComparison.Ordinal)));

        await Take(survey.Layers);
        Assert.Equal(4, Reads().Count);
    }

    private async Task<LayerSurvey> Take(IReadOnlyDictionary<string, ImageLayers>? remembered = null) => await LayerSurvey.Take(
        runtime,
        await runtime.ListStoredImages(TestContext.Current.CancellationToken),
        remembered ?? new Dictionary<string, ImageLayers>(),
        TestContext.Current.CancellationToken);

    private List<string> Reads() => [.. runtime.Calls.Where(call => call.StartsWith(nameof(IContainerRuntime.ReadLayers), StringComparison.Ordinal))];
}
