using System.Security.Cryptography;
using System.Text;
using Agentops.Images;
using Agentops.Terminal;
using CsCheck;

namespace Agentops.Tests.Images;

/// <summary>What the graph foretells of removals, against an engine as plain as can be that carries them out one by one.</summary>
public sealed class LayerGraphRemovalSpecs
{
    private const long Cases = 10_000;

    // On which earlier image (any number, taken modulo), with how many of its layers; then the sizes of its own. Few sizes, so that layers of different images are often equal.
    private static readonly Gen<Draft> AnyDraft = Gen.Select(
        Gen.Select(Gen.Int[0, 9], Gen.Frequency((2, Gen.Const(99)), (1, Gen.Int[0, 4]))),
        Gen.Int[0, 3].Array[0, 4],
        Gen.Int[0, 3],
        Gen.Bool,
        Gen.Frequency((6, Gen.Const(Digest.None)), (1, Gen.Const(Digest.Own)), (1, Gen.Const(Digest.Foreign))),
        Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true))),
        (place, own, tags, isClassic, digest, isUsed) => new Draft(place.Item1, place.Item2, own, tags, isClassic, digest, isUsed));

    private static readonly Gen<(Draft[] Drafts, int Chance)> AnyFamily = Gen.Select(AnyDraft.Array[1, 8], Gen.Int[0, int.MaxValue]);

    [Fact]
    public void Each_reference_frees_what_goes_with_it_when_they_are_removed_in_this_order() => AnyFamily.Sample(
        (drafts, chance) =>
        {
            var engine = new Engine(drafts);
            var graph = engine.Graph();
            var references = engine.SomeReferences(new Random(chance));
            var used = engine.Used();
            var told = graph.FreedByEach(references, used);
            var inAll = graph.Freed(references, used);
            var leaving = graph.Leaving(references, used);
            var (before, had) = (engine.Bytes(), engine.Ids());

            long[] freed = [.. references.Select(engine.Remove)];

            Assert.Equal(freed.Select(bytes => (LayerBytes?)new LayerBytes(new ByteSize(bytes), IsExact: true)), told);
            Assert.Equal(new LayerBytes(new ByteSize(before - engine.Bytes()), IsExact: true), inAll);
            Assert.Equal(had.Except(engine.Ids()).Order(StringComparer.Ordinal), leaving.Order(StringComparer.Ordinal));
        },
        iter: Cases);

    [Fact]
    public void What_is_known_of_histories_and_images_only_in_part_makes_estimates_and_never_a_wrong_certainty() => AnyFamily.Sample(
        (drafts, chance) =>
        {
            var engine = new Engine(drafts);
            var random = new Random(chance);
            var graph = engine.Graph(isRead: _ => random.Next(6) > 0, hasSteps: _ => random.Next(2) > 0);
            var references = engine.SomeReferences(random);
            var told = graph.FreedByEach(references, engine.Used());
            long[] freed = [.. references.Select(engine.Remove)];

            Assert.All(told.Zip(freed), pair => Assert.True(pair.First is not { IsExact: true } || pair.First.Value.Bytes.Bytes == pair.Second, $"{pair.Second} B, said {pair.First}"));
        },
        iter: Cases);

    [Fact]
    public void An_image_is_built_on_another_when_it_has_all_its_layers_and_more_or_was_made_from_it_step_by_step() => AnyFamily.Sample(
        (drafts, _) =>
        {
            var engine = new Engine(drafts);
            var builtOn = engine.Graph().BuiltOn(engine.Ids());

            foreach (var image in engine.Images)
            {
                var above = engine.Images.Where(other => HasMore(other, image) || IsMadeFrom(other, image));
                Assert.Equal(above.Select(other => other.Id).Order(StringComparer.Ordinal), builtOn[image.Id].Order(StringComparer.Ordinal));
            }

            static bool HasMore(EngineImage other, EngineImage image) =>
                image.Chains.Count > 0 && other.Chains.Count > image.Chains.Count && other.Chains[image.Chains.Count - 1].Id == image.Chains[^1].Id;

            bool IsMadeFrom(EngineImage other, EngineImage image) =>
                other.Parent == image.Id || (engine.Images.Find(parent => parent.Id == other.Parent) is { } parent && IsMadeFrom(parent, image));
        },
        iter: Cases);

    [Fact]
    public void What_a_build_cache_holds_is_what_no_image_has_any_more_and_was_not_deleted() => AnyFamily.Sample(
        (drafts, chance) =>
        {
            var engine = new Engine(drafts);
            var random = new Random(chance);
            var graph = engine.Graph();
            var layersBefore = engine.Layers();
            var cached = layersBefore.Keys.Where(_ => random.Next(3) == 0).ToHashSet();
            var removals = new List<ImageRemoval>();
            foreach (var reference in engine.SomeReferences(random))
            {
                var (ids, layers) = (engine.Ids(), engine.Layers());
                engine.Remove(reference);
                removals.Add(new ImageRemoval([reference], [.. ids.Except(engine.Ids()), .. layers.Keys.Except(engine.Layers().Keys).Except(cached)]));
            }

            var gone = layersBefore.Where(layer => !engine.Layers().ContainsKey(layer.Key)).ToList();

            Assert.Equal(new LayerBytes(new ByteSize(gone.Where(layer => cached.Contains(layer.Key)).Sum(layer => layer.Value)), IsExact: true), graph.Held(removals));
            Assert.Equal(new LayerBytes(new ByteSize(gone.Where(layer => !cached.Contains(layer.Key)).Sum(layer => layer.Value)), IsExact: true), graph.Freed(removals));
        },
        iter: Cases);

    private enum Digest
    {
        None,

        // Of the repository that the image's tags are in: it goes with the last of them.
        Own,

        // Of another one: it holds the image.
        Foreign,
    }

    private sealed record Draft(int On, int Kept, int[] Own, int Tags, bool IsClassic, Digest Digest, bool IsUsed);

    private sealed record Chain(string Id, long Size);

    private sealed class EngineImage(string id, string? parent, IReadOnlyList<string> diffs, IReadOnlyList<Chain> chains, bool isUsed)
    {
        public string Id { get; } = id;

        public string? Parent { get; } = parent;

        public IReadOnlyList<string> Diffs { get; } = diffs;

        public IReadOnlyList<Chain> Chains { get; } = chains;

        public bool IsUsed { get; } = isUsed;

        public List<string> Tags { get; } = [];

        public List<string> Digests { get; } = [];

        public bool HasName => Tags.Count + Digests.Count > 0;
    }

    private sealed class Engine
    {
        public Engine(Draft[] drafts)
        {
            foreach (var draft in drafts)
            {
                var number = Images.Count;
                var on = number == 0 ? null : Images[draft.On % number];
                var below = on is null ? [] : on.Diffs.Take(draft.Kept).ToList();
                IReadOnlyList<string> diffs = [.. below, .. draft.Own.Select(size => $"sha256:layer-{size}")];
                // The classic builder knows which image it built another one on.
                var parent = draft.IsClassic && on is not null && below.Count == on.Diffs.Count ? on.Id : null;
                var image = new EngineImage($"sha256:image-{number}", parent, diffs, ChainsOf(diffs), draft.IsUsed);
                image.Tags.AddRange(Enumerable.Range(0, draft.Tags).Select(tag => $"repository-{number}:{tag}"));
                if (draft.Digest != Digest.None)
                {
                    image.Digests.Add($"{(draft.Digest == Digest.Own ? $"repository-{number}" : $"mirror-{number}")}@sha256:{number}");
                }

                Images.Add(image);
            }
        }

        public List<EngineImage> Images { get; } = [];

        public IReadOnlyList<string> Ids() => [.. Images.Select(image => image.Id)];

        public IReadOnlyList<string> Used() => [.. Images.Where(image => image.IsUsed).Select(image => image.Id)];

        public IReadOnlyDictionary<string, long> Layers() => Images.SelectMany(image => image.Chains).DistinctBy(chain => chain.Id).ToDictionary(chain => chain.Id, chain => chain.Size);

        public long Bytes() => Layers().Values.Sum();

        public IReadOnlyList<string> SomeReferences(Random random)
        {
            // What has no tag is asked for by its id, and refused while a digest names it and something is built on it.
            string[] all = [.. Images.Where(image => image.Tags.Count > 0 || image.Digests.Count == 0 || !HasChildren(image))
                .SelectMany(image => image.Tags.DefaultIfEmpty(image.Id)).Where(_ => random.Next(3) > 0)];
            random.Shuffle(all);
            return all;
        }

        public LayerGraph Graph(Func<EngineImage, bool>? isRead = null, Func<EngineImage, bool>? hasSteps = null) => LayerGraph.Of(
            [.. Images.Select(image => new StoredImage(new Image(image.Id, [.. image.Tags], Size(image), null, new Dictionary<string, string>()), [.. image.Digests], image.Parent))],
            Images.Where(image => isRead?.Invoke(image) != false).ToDictionary(
                image => image.Id,
                image => new ImageLayers(
                    image.Id, Size(image), true, image.Diffs, hasSteps?.Invoke(image) != false ? [.. image.Chains.Select(chain => new ImageStep(new ByteSize(chain.Size), false))] : null)));

        /// <summary>Removes a tag, or an image by its id, without force.</summary>
        /// <returns>What went.</returns>
        public long Remove(string reference)
        {
            var before = Bytes();
            if (Images.Find(image => image.Tags.Contains(reference)) is { } tagged)
            {
                var isLast = tagged.Tags.Count == 1;
                var others = tagged.Digests.Where(digest => !digest.StartsWith("repository", StringComparison.Ordinal)).ToList();
                // A container holds the last name.
                if (!(isLast && others.Count == 0 && tagged.IsUsed))
                {
                    tagged.Tags.Remove(reference);
                    tagged.Digests.RemoveAll(digest => isLast && !others.Contains(digest));
                    Collect(tagged);
                }
            }
            else if (Images.Find(image => image.Id == reference) is { } nameless && !nameless.IsUsed && !HasChildren(nameless))
            {
                nameless.Digests.Clear();
                Collect(nameless);
            }

            return before - Bytes();
        }

        private void Collect(EngineImage image)
        {
            if (image.HasName || image.IsUsed || HasChildren(image))
            {
                return;
            }

            Images.Remove(image);
            if (image.Parent is not null && Images.Find(other => other.Id == image.Parent) is { } parent)
            {
                Collect(parent);
            }
        }

        private bool HasChildren(EngineImage image) => Images.Any(other => other.Parent == image.Id);

        private static ByteSize Size(EngineImage image) => new(image.Chains.Sum(chain => chain.Size));

        private static List<Chain> ChainsOf(IReadOnlyList<string> diffs)
        {
            var chains = new List<Chain>();
            foreach (var diff in diffs)
            {
                var id = chains.Count == 0 ? diff : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{chains[^1].Id} {diff}")));
                // The diff id of a layer is its content: layers of one id are of one size.
                chains.Add(new Chain(id, diff[^1] - '0'));
            }

            return chains;
        }
    }
}
