using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Tests.Images;

public sealed class LayerGraphSpecs
{
    [Fact]
    public void A_shared_layer_counts_once()
    {
        var graph = Graph(Image("base", 100), Image("one", 100, 7), Image("two", 100, 30));

        Assert.Equal(Exactly(137), graph.Total);
        Assert.Equal(Exactly(107), graph.TotalOf(["one"]));
        Assert.Equal(Exactly(137), graph.TotalOf(["one", "two"]));
        Assert.Equal(Exactly(7), graph.UniqueTo("one"));
        Assert.Equal(Exactly(0), graph.UniqueTo("base"));
    }

    [Fact]
    public void What_two_images_share_goes_with_the_second()
    {
        var graph = Graph(Image("one", 100, 7) with { Steps = [Step(100), Step(7)] }, Image("two", 100, 30));

        Assert.Equal(Exactly(7), graph.Freed(["one:1"], []));
        Assert.Equal(Exactly(137), graph.Freed(["one:1", "two:1"], []));
    }

    [Fact]
    public void An_image_stays_until_its_last_tag_goes()
    {
        var graph = Graph(Image("one", 100) with { Tags = ["one:1", "mine:1"] });

        Assert.Equal(Exactly(0), graph.Freed(["one:1"], []));
        Assert.Equal(Exactly(100), graph.Freed(["one:1", "mine:1"], []));
    }

    [Fact]
    public void Digests_go_with_the_last_tag_of_their_repository_and_others_hold_the_image()
    {
        var graph = Graph(
            Image("pulled", 100) with { Tags = ["node:22"], Digests = ["node@sha256:aa"] },
            Image("mirrored", 50) with { Tags = ["deb:12"], Digests = ["other/deb@sha256:bb"] });

        Assert.Equal(Exactly(100), graph.Freed(["node:22", "deb:12"], []));
    }

    [Fact]
    public void A_used_image_stays_and_so_does_what_it_is_built_on()
    {
        var graph = Graph(Image("base", 100), Image("one", 100, 7));

        Assert.Equal(Exactly(0), graph.Freed(["base:1", "one:1"], ["one"]));
    }

    [Fact]
    public void Steps_of_the_classic_builder_go_with_the_last_image_built_on_them()
    {
        var graph = Graph(
            Image("step", 100) with { Tags = [] },
            Image("one", 100, 7) with { Parent = "step" },
            Image("two", 100, 30) with { Parent = "step" });

        Assert.Equal(Exactly(7), graph.Freed(["one:1"], []));
        Assert.Equal(Exactly(137), graph.Freed(["one:1", "two:1"], []));
        Assert.Equal(["one", "two", "step"], graph.Leaving(["one:1", "two:1"], []));
        Assert.Equal(Exactly(37), graph.Freed(["one:1", "two:1"], ["step"]));
    }

    [Fact]
    public void One_without_a_name_goes_with_the_last_that_was_built_on_it_whenever_it_is_asked_for()
    {
        var graph = Graph(Image("step", 100) with { Tags = [] }, Image("one", 100, 7) with { Parent = "step" });

        Assert.Equal([Exactly(107), Exactly(0)], graph.FreedByEach(["one:1", "step"], []));
        Assert.Equal([Exactly(0), Exactly(107)], graph.FreedByEach(["step", "one:1"], []));
    }

    [Fact]
    public void A_base_that_lost_its_tag_goes_with_the_last_image_built_on_it()
    {
        var graph = Graph(Image("base", 100), Image("one", 100, 7) with { Parent = "base" });

        Assert.Equal(["one", "base"], graph.Leaving(["base:1", "one:1"], []));
        Assert.Equal([], graph.Leaving(["base:1"], []));
        Assert.Equal(["one"], graph.Leaving(["one:1"], []));
    }

    [Fact]
    public void A_dangling_image_goes_by_its_id_only()
    {
        var graph = Graph(Image("base", 100), Image("old", 100, 5) with { Tags = [] }, Image("new", 100, 6));

        Assert.Equal(Exactly(6), graph.Freed(["new:1"], []));
        Assert.Equal(Exactly(11), graph.Freed(["new:1", "old"], []));
    }

    [Fact]
    public void An_open_history_makes_an_estimate_only_where_images_part()
    {
        // Did the step before or the one after the 5 bytes make the third layer?
        var one = Image("one", 100, 0, 5) with { Steps = [Step(100), Step(0), Step(5), Step(0)] };

        Assert.Equal(Exactly(105), Graph(one).UniqueTo("one"));
        Assert.Equal(Exactly(5), Graph(one, Image("base", 100)).UniqueTo("one"));

        var apart = Graph(one, Image("two", 100, 0, 9));

        Assert.Equal(new LayerBytes(new ByteSize(5), IsExact: false), apart.UniqueTo("one"));
        Assert.Equal(new LayerBytes(new ByteSize(114), IsExact: false), apart.Total);
        Assert.Equal(Exactly(105), apart.TotalOf(["one"]));
    }

    [Fact]
    public void Another_image_with_the_same_layers_settles_what_a_history_leaves_open()
    {
        var open = Image("one", 100, 0, 5) with { Steps = [Step(100), Step(0), Step(5), Step(0)] };

        Assert.Equal(Exactly(5), Graph(open, Image("two", 100, 0, 9), Image("three", 100, 0)).UniqueTo("one"));
        Assert.Equal(Exactly(5), Graph(open, Image("two", 100, 0, 9) with { Steps = [Step(100), Step(0), Step(9)] }).UniqueTo("one"));
    }

    [Fact]
    public void Instructions_that_BuildKit_never_gives_a_layer_settle_it_too()
    {
        var signed = Image("one", 100, 0, 5) with { Steps = [Step(100), Step(0), Step(5), ImageStep.Of(ByteSize.Zero, "CMD [\"sh\"]", "buildkit.dockerfile.v0")] };

        Assert.Equal(Exactly(5), Graph(signed, Image("two", 100, 0, 9)).UniqueTo("one"));
        Assert.False(ImageStep.Of(ByteSize.Zero, "WORKDIR /workspace", "buildkit.dockerfile.v0").IsMetadata);
        Assert.False(ImageStep.Of(ByteSize.Zero, "/bin/sh -c #(nop)  ENV A=b", "").IsMetadata);
    }

    [Fact]
    public void Histories_that_contradict_each_other_make_estimates_and_leave_sizes_of_images_certain()
    {
        var graph = Graph(
            Image("one", 100, 20, 5) with { Steps = [Step(100), Step(20), Step(5)] },
            Image("two", 100, 20, 9) with { Steps = [Step(30), Step(20), Step(79)] });

        Assert.False(graph.UniqueTo("one")!.Value.IsExact);
        Assert.Equal(Exactly(125), graph.TotalOf(["one"]));
    }

    [Fact]
    public void An_image_of_unknown_layers_is_unknown_itself_and_makes_estimates_of_others()
    {
        var unread = Image("unread", 100, 3) with { IsRead = false };
        var graph = Graph(unread, Image("one", 100, 7));

        Assert.Null(graph.UniqueTo("unread"));
        Assert.Null(graph.TotalOf(["one", "unread"]));
        Assert.Null(graph.Freed(["one:1", "unread:1"], []));
        Assert.Equal(new LayerBytes(new ByteSize(107), IsExact: false), graph.Freed(["one:1"], []));
        Assert.False(graph.Total.IsExact);
    }

    [Fact]
    public void An_image_of_unknown_size_is_not_taken_for_one_of_no_size()
    {
        var graph = Graph(Image("base", 100), Image("unsized", 100, 7) with { IsSized = false }, Image("one", 100, 9));

        Assert.Null(graph.UniqueTo("unsized"));
        Assert.Null(graph.TotalOf(["base", "unsized"]));
        Assert.Null(graph.Freed(["unsized:1"], []));
        Assert.Equal([new LayerBytes(new ByteSize(9), IsExact: false), null], graph.FreedByEach(["one:1", "unsized:1"], []));
        Assert.Equal(new LayerBytes(new ByteSize(109), IsExact: false), graph.TotalOf(["base", "one"]));
        Assert.Equal(Exactly(0), graph.Freed(["unsized:1"], ["unsized"]));
    }

    [Fact]
    public void Nothing_is_certain_of_what_goes_while_an_image_of_unknown_layers_is_still_there()
    {
        var graph = Graph(Image("unread", 100, 3) with { IsRead = false }, Image("one", 100, 7));

        Assert.Equal([new LayerBytes(new ByteSize(107), IsExact: false), null], graph.FreedByEach(["one:1", "unread:1"], []));
        Assert.Equal([null, Exactly(107)], graph.FreedByEach(["unread:1", "one:1"], []));
    }

    [Fact]
    public void An_image_without_a_layer_of_its_own_is_built_on_what_it_was_made_from()
    {
        // FROM base, then ENV and LABEL, with the classic builder.
        var graph = Graph(Image("base", 100), Image("step", 100) with { Tags = [], Parent = "base" }, Image("one", 100) with { Parent = "step" }, Image("other", 100));

        Assert.Equal(["step", "one"], graph.BuiltOn(["base"])["base"]);
        Assert.Equal(["one"], graph.BuiltOn(["step"])["step"]);
        Assert.Empty(graph.BuiltOn(["one"])["one"]);
    }

    [Fact]
    public void Sizes_that_are_not_those_of_layers_make_estimates()
    {
        var graph = Graph(Image("one", 100, 7) with { SizesAreExact = false });

        Assert.Equal("~107 B", graph.Total.ToString());
        Assert.Equal("107 B", Graph(Image("one", 100, 7)).Total.ToString());
        Assert.Equal(Exactly(0), graph.Freed(["another:1"], []));
    }

    [Fact]
    public void Where_more_counts_than_layers_the_least_of_the_images_on_them_is_nearest()
    {
        GivenImage[] images = [Image("step", 100) with { Tags = [], Size = 101 }, Image("base", 100) with { Parent = "step", Size = 105 }, Image("one", 100, 7) with { Size = 110 }];

        foreach (var order in (GivenImage[][])[images, [.. images.Reverse()]])
        {
            Assert.Equal("~9 B", Graph([.. order.Select(image => image with { SizesAreExact = false })]).UniqueTo("one").ToString());
        }
    }

    [Fact]
    public void A_base_that_is_said_to_take_more_than_what_is_built_on_it_takes_what_a_history_says()
    {
        var (swollen, one) = (Image("base", 100) with { Size = 150, SizesAreExact = false }, Image("one", 100, 7) with { SizesAreExact = false });

        Assert.Equal("~7 B", Graph(swollen, one with { Steps = [Step(100), Step(7)] }).UniqueTo("one").ToString());
        Assert.Equal("~107 B", Graph(swollen, one with { Steps = [Step(100), Step(7)] }).Total.ToString());
        Assert.Equal("~0 B", Graph(swollen, one).UniqueTo("one").ToString());
    }

    [Fact]
    public void An_image_without_a_layer_of_its_own_frees_something_where_sizes_are_not_those_of_layers()
    {
        var (one, same) = (Image("one", 100, 7), Image("same", 100, 7));

        Assert.Equal(Exactly(0), Graph(one, same).UniqueTo("same"));
        Assert.Equal("~0 B", Graph(one, same with { SizesAreExact = false }).UniqueTo("same").ToString());
        Assert.Equal("~0 B", Graph(Image("none") with { SizesAreExact = false }).TotalOf(["none"]).ToString());
        Assert.Equal(["~0 B", "~107 B"], Graph(one, same with { SizesAreExact = false }).FreedByEach(["one:1", "same:1"], []).Select(bytes => bytes.ToString()));
    }

    [Fact]
    public void A_tag_that_is_not_the_last_frees_nothing_for_certain()
    {
        var graph = Graph(Image("one", 100) with { Tags = ["one:1", "one:2"], SizesAreExact = false });

        Assert.Equal(Exactly(0), graph.Freed(["one:1"], []));
        Assert.Equal(Exactly(0), graph.Freed(["one:1", "one:2"], ["one"]));
        Assert.Equal([Exactly(0)], graph.FreedByEach(["one:1"], []));
        Assert.Equal("~100 B", graph.Freed(["one:1", "one:2"], []).ToString());
    }

    [Fact]
    public void A_base_that_loses_its_name_frees_nothing_for_certain_only_where_it_is_known_to_stay()
    {
        var (named, child) = (Image("base", 100), Image("one", 100, 7) with { Parent = "base" });

        Assert.Equal(Exactly(0), Graph(named, child).Freed(["base:1"], []));
        Assert.Equal("~0 B", Graph(named, child with { SizesAreExact = false }).Freed(["base:1"], []).ToString());
    }

    [Fact]
    public void What_a_removal_freed_is_summed_from_the_layers_the_runtime_names()
    {
        var one = Image("one", 100, 7);
        var graph = Graph(Image("base", 100), one);
        var lowest = one.Layers[0];
        var highest = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{one.Layers[0]} {one.Layers[1]}")));

        Assert.Equal(Exactly(7), graph.Freed([new ImageRemoval(["one:1"], ["one", highest])]));
        Assert.Equal(Exactly(107), graph.Freed([new ImageRemoval(["one:1"], ["one", highest]), new ImageRemoval(["base:1"], ["base", lowest])]));
        // BuildKit's cache still holds them.
        Assert.Equal(Exactly(0), graph.Freed([new ImageRemoval(["one:1"], ["one"])]));
        // Of a layer that was not read nobody knows the size.
        Assert.Equal(new LayerBytes(new ByteSize(7), IsExact: false), graph.Freed([new ImageRemoval(["one:1"], ["one", highest, "sha256:unread"])]));
    }

    [Fact]
    public void What_a_removal_freed_is_estimated_from_the_images_where_the_runtime_names_no_layers()
    {
        var graph = Graph(Image("base", 100), Image("one", 100, 7) with { SizesAreExact = false });

        Assert.Equal("~7 B", graph.Freed([new ImageRemoval(["one:1"], ["one"])]).ToString());
        Assert.Equal("~107 B", graph.Freed([new ImageRemoval(["one:1"], ["one"]), new ImageRemoval(["base:1"], ["base"])]).ToString());
        Assert.Equal(Exactly(0), graph.Freed([new ImageRemoval(["one:1"], [])]));
    }

    private static LayerBytes Exactly(long bytes) => new(new ByteSize(bytes), IsExact: true);

    private static ImageStep Step(long bytes) => new(new ByteSize(bytes), IsMetadata: false);

    /// <summary>Layers of the same sizes on the same layers are the same.</summary>
    private static GivenImage Image(string name, params long[] sizes) => new(name, sizes.Sum(), [.. sizes.Select((size, at) => $"sha256:{at}-{size}")]);

    private static LayerGraph Graph(params GivenImage[] images) => LayerGraph.Of(
        [.. images.Select(image => new StoredImage(
            new Image(image.Name, image.Tags ?? [image.Name + ":1"], image.IsSized ? new ByteSize(image.Size) : null, null, new Dictionary<string, string>()), image.Digests, image.Parent))],
        images.Where(image => image.IsRead).ToDictionary(
            image => image.Name, image => new ImageLayers(image.Name, image.IsSized ? new ByteSize(image.Size) : null, image.SizesAreExact, image.Layers, image.Steps)));

    private sealed record GivenImage(string Name, long Size, IReadOnlyList<string> Layers)
    {
        public string[]? Tags { get; init; }

        public string[] Digests { get; init; } = [];

        public string? Parent { get; init; }

        public ImageStep[]? Steps { get; init; }

        public bool IsRead { get; init; } = true;

        public bool IsSized { get; init; } = true;

        public bool SizesAreExact { get; init; } = true;
    }
}
