using Agentops.Containers;
using Agentops.Images;
using Agentops.Runs;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Tests.Status;

public sealed class InventoryImageSpecs
{
    private static readonly Dictionary<string, string> Ours = new() { [Labels.Ours] = "true", [Labels.Installation] = Given.Installation };

    [Theory]
    [InlineData("agentops/b:1 agentops/a:1 aa:1", "agentops/a:1", "image")]
    [InlineData("zz:1 mine:1", "mine:1", "image")]
    [InlineData("", "sha256:111111111111", "dangling image")]
    [InlineData("agentops/base-node:22", "agentops/base-node:22", "base image")]
    public void It_is_called_by_a_tag_of_ours_else_by_any_else_by_its_id(string tags, string name, string kind)
    {
        var image = new InventoryImage(Stored('1', [.. tags.Split(' ', StringSplitOptions.RemoveEmptyEntries)]).Image, Owner.Us);

        Assert.Equal((name, kind), (image.Name, image.Kind));
    }

    [Theory]
    [InlineData("true", "agentops/x:1", true)]
    [InlineData("false", "agentops/base-x:1", false)]
    [InlineData(null, "agentops/base-x:1", true)]
    [InlineData(null, "agentops/x:1", false)]
    [InlineData("yes", "agentops/base-x:1", false)]
    public void It_is_a_base_by_its_label_and_by_its_tag_where_it_has_no_label(string? label, string tag, bool isBase)
    {
        var labels = new Dictionary<string, string>(Ours);
        if (label is not null)
        {
            labels[Labels.Base] = label;
        }

        Assert.Equal(isBase, new InventoryImage(Stored('1', [tag]).Image with { Labels = labels }, Owner.Us).IsBase);
    }

    [Fact]
    public void What_is_ours_by_label_or_by_tag_is_shown_agents_first_then_bases_then_dangling_ones()
    {
        var images = Of(
        [
            Stored('1', ["agentops/base-node:22"]), Stored('2', ["somebody/else:1"], Nobody), Stored('3', []), Stored('4', ["agentops/old:latest"], Nobody, days: 9),
            Stored('5', ["agentops/new:latest"], days: 1), Stored('6', [], Nobody), Stored('7', ["mine:1"], days: 5),
        ]);

        Assert.Equal(["agentops/new:latest", "mine:1", "agentops/old:latest", "agentops/base-node:22", "sha256:333333333333"], images.Select(image => image.Name));
    }

    [Fact]
    public void Steps_of_the_classic_builder_are_part_of_what_is_built_on_them()
    {
        var images = Of([Stored('1', []), Stored('2', ["agentops/x:latest"]) with { ParentId = Id('1') }, Stored('3', []) with { Digests = ["node@sha256:aa"] }]);

        Assert.Equal(["agentops/x:latest"], images.Select(image => image.Name));
    }

    [Fact]
    public void A_base_that_lost_its_tag_is_shown_although_something_was_built_on_it_layer_by_layer()
    {
        var images = Of([Stored('1', []), Stored('2', ["agentops/x:latest"])], Layers(('1', "a"), ('2', "a b")));

        Assert.Equal(["agentops/x:latest", "sha256:111111111111"], images.Select(image => image.Name));
        Assert.Equal([(Id('2'), "agentops/x:latest")], images[1].BuiltOnIt);
    }

    [Fact]
    public void Two_agents_with_the_same_first_steps_are_not_built_on_each_other_nor_is_an_agents_new_build_on_its_old_one()
    {
        var images = Of(
            [Stored('1', ["agentops/base-node:22"]), Stored('2', ["agentops/plain:latest"], Built("plain")), Stored('3', ["agentops/more:latest"], Built("more")), Stored('4', [], Built("more"))],
            Layers(('1', "a"), ('2', "a b"), ('3', "a b c"), ('4', "a b")));

        Assert.Empty(Assert.Single(images, image => image.Image.Id == Id('2')).BuiltOnIt);
        Assert.Empty(Assert.Single(images, image => image.Image.Id == Id('4')).BuiltOnIt);
        Assert.Equal([Id('2'), Id('3'), Id('4')], Assert.Single(images, image => image.Image.Id == Id('1')).BuiltOnIt.Select(other => other.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_user_built_on_an_agents_image_has_its_labels_and_is_built_on_it_all_the_same()
    {
        var images = Of(
            [Stored('2', ["agentops/plain:latest"], Built("plain")), Stored('3', ["mine/plain:1"], Built("plain")), Stored('4', ["mine/nothing:1"], Nobody)],
            Layers(('2', "a b"), ('3', "a b c"), ('4', "a b d")));

        Assert.Equal([Id('3'), Id('4')], Assert.Single(images, image => image.Image.Id == Id('2')).BuiltOnIt.Select(other => other.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Those_that_run_come_first_among_the_runs_made_from_it_and_other_containers_after_them()
    {
        Run[] runs = [Run("newest00", ContainerState.Exited), Run("middle00", ContainerState.Running), Run("oldest00", ContainerState.Exited, "newest00")];
        var other = Given.Container("other000") with { Id = "other", Name = "web", ImageId = Id('1'), Labels = new Dictionary<string, string>() };
        var image = Assert.Single(Of([Stored('1', ["agentops/my-agent:latest"])], runs: runs, containers: [.. runs.Select(run => run.Container!), other]));

        Assert.Equal(["middle00", "newest00", "oldest00"], image.Runs.Select(run => run.Id.ToString()));
        Assert.Equal(["middle00", "newest00", "web"], image.UserNames);
        Assert.Equal(["web"], image.Others.Select(user => user.Name));
        Assert.Equal(["run middle00 (middle00)", "container web"], [image.NameOf(runs[1].Container!), image.NameOf(other)]);
    }

    [Fact]
    public void A_container_whose_image_id_is_not_told_uses_what_its_tag_names()
    {
        var container = Given.Container() with { ImageId = null, Image = "agentops/my-agent:latest" };

        Assert.Single(Assert.Single(Of([Stored('1', ["agentops/my-agent:latest"])], containers: [container])).Users);
        Assert.Empty(Assert.Single(Of([Stored('1', ["agentops/another:latest"])], containers: [container])).Users);
    }

    [Fact]
    public void A_run_in_the_making_uses_what_its_tag_names()
    {
        var making = Agentops.Runs.Run.Of(Given.Id(), Given.Record(), null, creatorLives: true, Given.Endpoint);
        var images = Of([Stored('1', ["agentops/my-agent:latest"]), Stored('2', ["agentops/another:latest"])], runs: [making]);

        Assert.Equal([making], images.Single(image => image.Name == "agentops/my-agent:latest").Runs);
        Assert.Empty(images.Single(image => image.Name == "agentops/another:latest").Runs);
    }

    [Fact]
    public void It_is_built_on_what_its_recipe_says_where_layers_do_not_tell()
    {
        var child = Stored('2', ["agentops/x:latest"]);
        child = child with { Image = child.Image with { Labels = new Dictionary<string, string>(Ours) { [Labels.Recipe] = $"1;total=00;on=base;ref=agentops%2Fbase-node%3A22;image={Uri.EscapeDataString(Id('1'))}" } } };
        var byTag = child with { Image = child.Image with { Id = Id('3'), Tags = ["agentops/y:latest"], Labels = new Dictionary<string, string>(Ours) { [Labels.Recipe] = "1;total=00;on=base;ref=agentops%2Fbase-node%3A22" } } };
        var images = Of([Stored('1', ["agentops/base-node:22"]), child, byTag]);

        Assert.Equal([(Id('2'), "agentops/x:latest"), (Id('3'), "agentops/y:latest")], images.Single(image => image.IsBase).BuiltOnIt);
    }

    [Fact]
    public void Images_of_somebody_elses_that_are_built_on_it_count_and_nameless_steps_do_not()
    {
        var images = Of(
            [Stored('1', ["agentops/base-node:22"]), Stored('2', ["somebody/else:1"], Nobody), Stored('3', [], Nobody)], Layers(('1', "a"), ('2', "a b"), ('3', "a c")));

        Assert.Equal([(Id('2'), "somebody/else:1")], Assert.Single(images).BuiltOnIt);
    }

    [Fact]
    public void It_was_last_used_when_a_run_was_made_from_its_tag_or_had_ended_or_it_was_built()
    {
        Assert.Equal(Given.Now.AddDays(-3), Assert.Single(Of([Stored('1', ["agentops/my-agent:latest"], days: 3)])).LastUsedAt);

        var run = Run("ended000", ContainerState.Exited);
        Assert.Equal(Given.Now.AddHours(-2), Assert.Single(Of([Stored('1', ["agentops/my-agent:latest"], days: 3)], runs: [run])).LastUsedAt);

        var ended = run with { Disk = run.Disk with { FinishedAt = Given.Now.AddHours(-1) } };
        Assert.Equal(Given.Now.AddHours(-1), Assert.Single(Of([Stored('1', ["agentops/my-agent:latest"], days: 3)], runs: [ended])).LastUsedAt);

        // With --rm only the record is left.
        var removed = Agentops.Runs.Run.Of(Given.Id(), Given.Record(ended: Given.Now.AddMinutes(-5)), null, creatorLives: false, Given.Endpoint);
        Assert.Equal(Given.Now.AddMinutes(-5), Assert.Single(Of([Stored('1', ["agentops/my-agent:latest"], days: 3)], runs: [removed])).LastUsedAt);
    }

    [Fact]
    public void What_is_remembered_of_its_runs_that_are_gone_counts_by_its_tags_of_ours_and_by_its_id()
    {
        IReadOnlyList<StoredImage> stored = [Stored('1', ["agentops/my-agent:latest", "mine:1"], days: 3)];

        foreach (var name in new[] { "agentops/my-agent:latest", Id('1') })
        {
            Assert.Equal(Given.Now.AddHours(-1), Assert.Single(Of(stored, lastUse: image => image == name ? Given.Now.AddHours(-1) : null)).LastUsedAt);
        }

        Assert.Equal(Given.Now.AddDays(-3), Assert.Single(Of(stored, lastUse: image => image == "mine:1" ? Given.Now.AddHours(-1) : null)).LastUsedAt);
    }

    [Fact]
    public void Nothing_tells_when_it_was_last_used_when_nothing_does()
    {
        var undated = Stored('1', ["agentops/x:latest"]);

        Assert.Null(Assert.Single(Of([undated with { Image = undated.Image with { CreatedAt = null } }])).LastUsedAt);
    }

    private static Dictionary<string, string> Nobody => [];

    private static string Id(char digit) => "sha256:" + new string(digit, 64);

    private static StoredImage Stored(char digit, IReadOnlyList<string> tags, Dictionary<string, string>? labels = null, int days = 1) =>
        new(new Image(Id(digit), tags, new ByteSize(100), Given.Now.AddDays(-days), labels ?? Ours), [], null);

    private static Dictionary<string, string> Built(string agent) => new(Ours)
    {
        [Labels.Agent] = agent,
        [Labels.Base] = "false",
        [Labels.Recipe] = $"1;total=00;on=base;packages=00;setup=00;dockerfile=00;args=00;ref={Uri.EscapeDataString("agentops/base-node:22")};image={Uri.EscapeDataString(Id('1'))}",
    };

    private static Run Run(string id, ContainerState state, string? name = null) =>
        Agentops.Runs.Run.Of(Given.Id(id), Given.Record(id, name ?? id), Given.Container(id, state) with { Id = id, ImageId = Id('1') }, creatorLives: false, Given.Endpoint);

    private static Dictionary<string, ImageLayers> Layers(params (char Image, string Layers)[] images) =>
        images.ToDictionary(image => Id(image.Image), image => new ImageLayers(Id(image.Image), new ByteSize(100), true, image.Layers.Split(' '), null));

    private static IReadOnlyList<InventoryImage> Of(
        IReadOnlyList<StoredImage> stored, Dictionary<string, ImageLayers>? layers = null, IReadOnlyList<Run>? runs = null, IReadOnlyList<Container>? containers = null, Func<string, DateTimeOffset?>? lastUse = null) =>
        InventoryImages.Of(stored, LayerGraph.Of(stored, layers ?? []), containers ?? [.. (runs ?? []).Select(run => run.Container).OfType<Container>()], runs ?? [], Given.Installation, lastUse ?? (_ => null));
}
