using Agentops.Images;
using Agentops.Terminal;
using CsCheck;

namespace Agentops.Tests.Images;

/// <summary>The graph against a plain model that knows all: what it calls exact is so, whatever the images look like.</summary>
public sealed class LayerGraphPropertySpecs
{
    private static readonly Gen<Step> AnyStep = Gen.Select(Gen.Int[0, 3], Gen.Frequency((2, Gen.Const(0L)), (3, Gen.Long[1, 9])), Gen.Bool, (kind, size, signed) => new Step(kind > 0, size, signed));

    // On which earlier image (any number, taken modulo), with how many of its steps; then steps of its own.
    private static readonly Gen<Recipe[]> Recipes = Gen.Select(
        Gen.Int[0, 9], Gen.Int[0, 12], AnyStep.Array[0, 5], Gen.Int[0, 3], Gen.Int[0, 3], (on, shared, own, tags, told) => new Recipe(on, shared, own, tags, told)).Array[1, 9];

    [Fact]
    public void What_is_exact_is_true() => Gen.Select(Recipes, Gen.Int[0, int.MaxValue]).Sample((recipes, choice) =>
    {
        var images = Build(recipes);
        var graph = LayerGraph.Of([.. images.Select(image => image.Stored)], images.ToDictionary(image => image.Stored.Image.Id, image => image.Layers));
        var chance = new Random(choice);
        var removed = images.SelectMany(image => image.Stored.Image.Tags.DefaultIfEmpty(image.Stored.Image.Id)).Where(_ => chance.Next(2) == 0).ToHashSet();
        var staying = images.Where(image => image.Stored.Image.Tags.DefaultIfEmpty(image.Stored.Image.Id).Any(reference => !removed.Contains(reference))).ToList();

        AssertIsTrue(Bytes(images), graph.Total);
        AssertIsTrue(Bytes(images) - Bytes(staying), graph.Freed(removed, [])!.Value);
        foreach (var image in images)
        {
            AssertIsTrue(Bytes(images) - Bytes(images.Where(other => other != image)), graph.UniqueTo(image.Stored.Image.Id)!.Value);
            AssertIsTrue(Bytes([image]), graph.TotalOf([image.Stored.Image.Id])!.Value);
        }
    });

    [Fact]
    public void With_all_histories_of_which_each_step_made_a_layer_everything_is_exact() => Recipes.Sample(recipes =>
    {
        var images = Build([.. recipes.Select(recipe => recipe with { Own = [.. recipe.Own.Select(step => step with { HasLayer = true })], Told = 3 })]);
        var graph = LayerGraph.Of([.. images.Select(image => image.Stored)], images.ToDictionary(image => image.Stored.Image.Id, image => image.Layers));

        Assert.True(graph.Total.IsExact);
        Assert.All(images, image => Assert.True(graph.UniqueTo(image.Stored.Image.Id)!.Value.IsExact));
    });

    private static void AssertIsTrue(long bytes, LayerBytes figure) => Assert.True(!figure.IsExact || figure.Bytes.Bytes == bytes, $"{bytes} B, said {figure}");

    private static long Bytes(IEnumerable<Known> images) => images.SelectMany(image => image.Chains).Distinct().Sum(chain => chain.Size);

    private static List<Known> Build(Recipe[] recipes)
    {
        var images = new List<Known>();
        foreach (var recipe in recipes)
        {
            Step[] steps = [.. images.Count == 0 ? [] : images[recipe.On % images.Count].Steps.Take(recipe.Shared), .. recipe.Own];
            var made = steps.Where(step => step.HasLayer).ToList();
            // Layers of equal content have equal sizes here, and one above another is not the same as below it.
            var diffs = made.Select(step => $"sha256:{step.Size}").ToList();
            var chains = diffs.Select((_, at) => new Chain(string.Join(' ', diffs.Take(at + 1)), made[at].Size)).ToList();
            var id = $"image{images.Count}";
            var size = new ByteSize(made.Sum(step => step.Size));
            IReadOnlyList<ImageStep>? told = recipe.Told == 0 ? null : [.. steps.Select(step => new ImageStep(new ByteSize(step.HasLayer ? step.Size : 0), !step.HasLayer && step.IsSigned))];
            images.Add(new Known(
                new StoredImage(new Image(id, [.. Enumerable.Range(0, recipe.Tags).Select(tag => $"{id}:{tag}")], size, null, new Dictionary<string, string>()), [], null),
                new ImageLayers(id, size, true, diffs, told),
                steps,
                chains));
        }

        return images;
    }

    private sealed record Step(bool HasLayer, long Size, bool IsSigned);

    private sealed record Recipe(int On, int Shared, Step[] Own, int Tags, int Told);

    private sealed record Chain(string Id, long Size);

    private sealed record Known(StoredImage Stored, ImageLayers Layers, Step[] Steps, IReadOnlyList<Chain> Chains);
}
