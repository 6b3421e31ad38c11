using System.Globalization;
using System.Text;
using System.Text.Json;
using Agentops.Building;
using Agentops.Images;
using Agentops.Runtimes;

namespace Agentops.RuntimeTests;

/// <summary>What removing images frees, foretold and then measured by the engine's own sum of layers.</summary>
/// <param name="engine">The engine under test.</param>
/// <param name="loaded">How many families to load.</param>
/// <param name="built">How many families to build, with each builder.</param>
public abstract class LayerContract(TestEngine engine, int loaded, int built) : IAsyncLifetime
{
    // Loading is what takes the time: the engine starts a process for each layer.
    private const int AtOnce = 10;

    // The same families each time, so that a red build is a change of ours; AGENTOPS_TEST_SEED=N takes others.
    private readonly int seed = int.TryParse(Environment.GetEnvironmentVariable("AGENTOPS_TEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
    // BuildKit's cache keeps layers of earlier tests, and equal ones of the classic builder with them.
    private readonly string unique = Guid.NewGuid().ToString();
    private readonly List<string> containers = [];
    private IReadOnlyDictionary<string, ImageLayers> remembered = new Dictionary<string, ImageLayers>();
    private HashSet<string> before = [];
    private IContainerRuntime buildKit = null!;
    private IContainerRuntime classic = null!;
    private int exact;
    private int estimates;
    private long fallen;
    private long foretoldInAll;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        buildKit = await engine.Connect();
        classic = await engine.ConnectWithClassicBuilder();
        before = [.. (await buildKit.ListStoredImages(Cancel)).Select(image => image.Image.Id)];
    }

    public async ValueTask DisposeAsync()
    {
        await RemoveContainers();
        await Remove(References(await Own()), CancellationToken.None);
        await buildKit.DisposeAsync();
        await classic.DisposeAsync();
    }

    [Fact]
    public async Task Loaded_families_free_what_was_foretold()
    {
        var elders = new ImageFamily(new Random(seed), "agentops/elders", size: 12);
        await engine.Load(elders.Pack());
        foreach (var batch in Enumerable.Range(0, loaded).Chunk(AtOnce))
        {
            var families = batch.Select(number => (Number: number, Chance: new Random(seed + number + 1), Name: $"agentops/family{number}")).ToList();
            await Task.WhenAll(families.Select(family => engine.Load(new ImageFamily(family.Chance, family.Name, family.Chance.Next(2, 6), elders).Pack())));
            foreach (var family in families)
            {
                await Check(family.Chance, family.Number, image => image.Image.Labels.GetValueOrDefault(ImageFamily.Label) == family.Name, buildCache: false);
            }
        }

        AssertCounts(mayBeOpen: true);
    }

    [Fact]
    public async Task Families_of_the_classic_builder_free_what_was_foretold()
    {
        for (var family = 0; family < built; family++)
        {
            var chance = new Random(seed + family);
            await Build(classic, chance, $"agentops/classic{family}");
            await Check(chance, family, _ => true, buildCache: false);
        }

        // Its steps are images, and images have sizes for certain.
        AssertCounts(mayBeOpen: false);
    }

    [Fact]
    public async Task Families_of_BuildKit_and_mixed_ones_free_what_was_foretold()
    {
        for (var family = 0; family < built; family++)
        {
            var chance = new Random(seed + family);
            await Build(buildKit, chance, $"agentops/buildkit{family}");
            if (family % 2 == 0)
            {
                await Build(classic, chance, $"agentops/buildkit{family}-classic", (await Own()).SelectMany(image => image.Image.Tags).ToList());
            }

            await Check(chance, family, _ => true, buildCache: true);
        }

        AssertCounts(mayBeOpen: false);
    }

    private async Task Check(Random chance, int family, Func<StoredImage, bool> isMine, bool buildCache)
    {
        var used = await Use(chance, isMine);
        // Twice by chance, then all that is left.
        foreach (var share in (double[])[0.3, 0.5, 1])
        {
            var images = await buildKit.ListStoredImages(Cancel);
            var survey = await LayerSurvey.Take(buildKit, images, remembered, Cancel);
            remembered = survey.Layers;
            var chosen = References((await Own()).Where(isMine)).Where(_ => chance.NextDouble() <= share).ToArray();
            chance.Shuffle(chosen);
            var size = await LayersSize();
            AssertFigure(size, survey.Graph.Total, family);
            var foretold = survey.Graph.Freed(chosen, used);
            var leaving = survey.Graph.Leaving(chosen, used);

            var removals = await Remove(chosen, Cancel);

            var fall = size - await LayersSize();
            Assert.NotNull(foretold);
            AssertFigure(fall, foretold.Value, family);
            AddUp(fall, foretold.Value);
            if (!engine.Has(Limit.NoOrder) || images.All(image => image.ParentId is null))
            {
                Assert.Equal(leaving.Order(StringComparer.Ordinal), images.Select(image => image.Image.Id).Except((await buildKit.ListStoredImages(Cancel)).Select(image => image.Image.Id)).Order(StringComparer.Ordinal));
            }

            if (!buildCache)
            {
                AssertFigure(fall, survey.Graph.Freed(removals), family);
            }
        }

        await RemoveContainers();
        await Remove(References((await Own()).Where(isMine)), Cancel);
        Assert.DoesNotContain(await Own(), image => isMine(image));
    }

    private void AssertFigure(long measured, LayerBytes figure, int family)
    {
        if (figure.IsExact)
        {
            Assert.True(measured == figure.Bytes.Bytes, $"the engine measured {measured}, the graph said {figure.Bytes.Bytes}: AGENTOPS_TEST_SEED={seed}, family {family}");
            exact++;
        }
        else
        {
            estimates++;
        }
    }

    private void AddUp(long measured, LayerBytes figure)
    {
        fallen += measured;
        foretoldInAll += figure.Bytes.Bytes;
    }

    private void AssertCounts(bool mayBeOpen)
    {
        var counts = $"{exact} exact figures and {estimates} estimates, {foretoldInAll} bytes foretold of {fallen}, seed {seed}";
        Assert.True(fallen > 0, counts);
        if (engine.Has(Limit.NoSizesOfLayers))
        {
            // What is not exact is not far off either: the engine measures what is unpacked, and keeps it packed as well.
            Assert.True(estimates > exact && foretoldInAll > fallen / 2 && foretoldInAll < fallen * 4, counts);
        }
        else
        {
            // Loaded images may have histories that leave it open which layer has which size.
            Assert.True(mayBeOpen ? exact > 4 * estimates : estimates == 0, counts);
            Assert.Equal(fallen, mayBeOpen ? fallen : foretoldInAll);
        }
    }

    /// <summary>A container on one image of five.</summary>
    private async Task<IReadOnlyList<string>> Use(Random chance, Func<StoredImage, bool> isMine)
    {
        var own = (await Own()).Where(isMine).ToList();
        if (own.Count == 0 || chance.Next(5) > 0)
        {
            return [];
        }

        var image = own[chance.Next(own.Count)].Image.Id;
        var run = Runs.RunId.New();
        containers.Add((await buildKit.CreateContainer(
            new Containers.ContainerSpec(run.ContainerName, image, new Dictionary<string, string> { [Labels.Run] = run.ToString() }) { Command = ["none"], Init = false, Network = false }, Cancel)).Id);
        return [image];
    }

    private async Task Build(IContainerRuntime runtime, Random chance, string prefix, List<string>? tags = null)
    {
        tags ??= [];
        for (var count = chance.Next(2, 5); count > 0; count--)
        {
            var recipe = new StringBuilder($"FROM {(tags.Count > 0 && chance.Next(4) > 0 ? tags[chance.Next(tags.Count)] : "scratch")}\n");
            for (var step = chance.Next(1, 6); step > 0; step--)
            {
                // Few different ones: builds share steps.
                recipe.AppendLine(chance.Next(6) switch
                {
                    0 => $"ENV A={chance.Next(3)}",
                    1 => $"WORKDIR /w{chance.Next(3)}",
                    2 => "COPY empty /empty",
                    3 => $"LABEL a={chance.Next()}",
                    _ => $"COPY file{chance.Next(4)} /f{chance.Next(2)}",
                });
            }

            recipe.AppendLine(CultureInfo.InvariantCulture, $"COPY file{chance.Next(4)} /last");
            tags.Add($"{prefix}-{tags.Count}:1");
            // One tag twice: the older image is left without.
            var tag = chance.Next(6) == 0 ? tags[^1] = tags[0] : tags[^1];
            await runtime.BuildImage(Context(tag, recipe.ToString(), chance), _ => { }, Cancel);
        }
    }

    private ImageBuild Context(string tag, string recipe, Random chance)
    {
        var files = Enumerable.Range(0, 4).Select(file => ($"file{file}", Encoding.UTF8.GetBytes(unique + new string('x', file * 1_001)))).Append(("empty", Array.Empty<byte>())).ToArray();
        return Contract.BuildOf(tag, recipe, new() { ["by-chance"] = chance.Next(2).ToString(CultureInfo.InvariantCulture) }, files);
    }

    private async Task<IReadOnlyList<StoredImage>> Own() => [.. (await buildKit.ListStoredImages(CancellationToken.None)).Where(image => !before.Contains(image.Image.Id))];

    private static IEnumerable<string> References(IEnumerable<StoredImage> images) => images.SelectMany(image => image.Image.Tags.DefaultIfEmpty(image.Image.Id));

    private async Task<IReadOnlyList<ImageRemoval>> Remove(IEnumerable<string> references, CancellationToken cancellationToken)
    {
        var removals = new List<ImageRemoval>();
        foreach (var reference in references)
        {
            try
            {
                removals.Add(await buildKit.RemoveImage(reference, cancellationToken));
            }
            catch (RuntimeRefusalException refusal) when (refusal.Refusal is RuntimeRefusal.InUse or RuntimeRefusal.NotFound)
            {
                // A container uses it, others are built on it, or it went with these.
            }
        }

        return removals;
    }

    private async Task RemoveContainers()
    {
        foreach (var container in containers)
        {
            await buildKit.RemoveContainer(container, CancellationToken.None);
        }

        containers.Clear();
    }

    private async Task<long> LayersSize()
    {
        using var df = JsonDocument.Parse(await engine.Get("/system/df?type=image"));
        return df.RootElement.GetProperty("LayersSize").GetInt64();
    }
}
