using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Runtimes;
using Agentops.Status;

namespace Agentops.Tests.Status;

/// <summary>What <see cref="Explanation"/> takes a name for. How it reads is in <c>WhyTranscripts</c>.</summary>
public sealed class ExplanationSpecs
{
    private const string Beginning = "abcdef";

    [Fact]
    public void A_tag_in_full_means_its_image_before_anything_else() =>
        Assert.Equal("image", Of(Given.Inventory(runs: [Given.Run(name: "mine:1")], images: [Given.OurImage(moreTags: ["mine:1"])]), "mine:1").Kind);

    [Fact]
    public void The_name_of_a_run_means_the_run_before_the_image_of_its_agent() =>
        Assert.Equal("run", Of(Given.Inventory(runs: [Given.Run(name: "my-agent")], images: [Given.OurImage(moreTags: ["my-agent:latest"])]), "my-agent").Kind);

    [Fact]
    public void The_name_of_an_agent_without_a_run_means_its_image() => Assert.Equal("image", Of(Given.Inventory(images: [Given.OurImage()]), "my-agent").Kind);

    [Fact]
    public void The_container_of_a_run_means_the_run() => Assert.Equal("run", Of(Given.Inventory(runs: [Given.Run()]), "agentops-a1b2c3d4").Kind);

    [Fact]
    public void The_id_of_an_orphan_means_its_container() => Assert.Equal("orphaned container", Of(Given.Inventory(orphans: [Given.Orphan("lost0000")]), "lost0000").Kind);

    [Theory]
    [InlineData("a1b2c3d4")]
    [InlineData("abcdef")]
    public void A_name_in_full_goes_before_the_beginning_of_another_things_id(string name)
    {
        var container = Given.Container("other000") with { Id = name + new string('0', 64 - name.Length), Name = "other", Labels = new Dictionary<string, string>() };
        var image = Given.OurImage(null, 'a');
        image = image with { Image = image.Image with { Id = "sha256:" + container.Id } };

        var explained = Of(Given.Inventory(runs: [Given.Run("a1b2c3d4", name: "abcdef")], images: [image], containers: [container]), name);

        Assert.Equal(("run", "a1b2c3d4"), (explained.Kind, explained.Id));
    }

    [Fact]
    public void A_beginning_that_means_things_of_two_kinds_is_refused_and_names_them()
    {
        var container = Given.Container("other000") with { Id = Beginning + new string('0', 58), Name = "web", Labels = new Dictionary<string, string>() };
        var image = Given.OurImage();
        image = image with { Image = image.Image with { Id = "sha256:" + Beginning + new string('1', 58) } };
        var inventory = Given.Inventory(images: [image], containers: [container]);

        var refusal = Assert.Throws<UsageException>(() => Of(inventory, Beginning));

        Assert.Equal("'abcdef' may mean image sha256:abcdef111111 (agentops/my-agent:latest), container web. Name one by more of its id.", refusal.Message);
        Assert.Equal("container", Of(inventory, Beginning + "0").Kind);
        Assert.Equal("image", Of(inventory, $"sha256:{Beginning}").Kind);
    }

    [Fact]
    public void A_run_and_its_container_that_begin_alike_are_one_thing()
    {
        var run = Given.Run("abcdef00");
        run = run with { Container = run.Container! with { Id = Beginning + new string('0', 58) } };

        Assert.Equal("run", Of(Given.Inventory(runs: [run]), Beginning).Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:11111")]
    [InlineData("11111")]
    [InlineData("ccc")]
    public void Too_short_a_beginning_means_nothing(string text) =>
        Assert.Throws<NotFoundException>(() => Of(Given.Inventory(images: [Given.OurImage()], containers: [Given.Container("other000") with { Labels = new Dictionary<string, string>(), Name = "x" }]), text));

    [Fact]
    public void What_is_not_found_may_be_there_when_something_could_not_be_listed()
    {
        Assert.Equal("runtimeUnavailable", Assert.Throws<RuntimeUnavailableException>(() => Of(Given.Inventory() with { ContainersFault = "locked" }, "x")).Code);
        Assert.EndsWith("whether there is a 'x' is not known: locked", Assert.Throws<RuntimeUnavailableException>(() => Of(Given.Inventory() with { ImagesFault = "locked" }, "x")).Message, StringComparison.Ordinal);
        Assert.Equal("stateUnreadable", Assert.Throws<AgentopsException>(() => Of(Given.Inventory() with { RecordsFault = "denied" }, "x")).Code);
    }

    [Fact]
    public void A_record_that_cannot_be_read_is_told_when_its_run_is_asked_for()
    {
        var inventory = Given.Inventory() with { UnreadableRecords = ["/home/user/.agentops/runs/cutshort/run.json: empty"] };

        Assert.EndsWith("/runs/cutshort/run.json: empty", Assert.Throws<AgentopsException>(() => Of(inventory, "cutshort")).Message, StringComparison.Ordinal);
        Assert.Throws<NotFoundException>(() => Of(inventory, "another0"));
    }

    [Fact]
    public void On_Apples_runtime_the_commands_are_Apples()
    {
        var apple = Given.Inventory(
            orphans: [Given.Orphan("busy0000", ContainerState.Running) with { Id = null }],
            images: [Given.OurImage(null, moreTags: ["mine:1"]), Given.OurImage("by-hand", '2', owner: Owner.Unknown)],
            containers: [Given.Container("postgres") with { Id = "agentops-postgres", Name = "web", Labels = new Dictionary<string, string>() }]) with
        { Runtime = new RuntimeIdentity("apple", null, "container") };

        Assert.Equal("it has to end: container stop agentops-busy0000", Of(apple, "agentops-busy0000").Change);
        Assert.Equal("remove your tag: container image delete mine:1", Of(apple, "mine:1").Change);
        Assert.Equal("it is yours to remove: container image delete agentops/by-hand:latest", Of(apple, "by-hand").Change);
        Assert.Equal("it is yours to remove: container delete web", Of(apple, "web").Change);
    }

    [Fact]
    public void What_uses_an_image_is_not_nothing_while_the_containers_could_not_be_listed()
    {
        var explained = Of(Given.Inventory(images: [Given.OurImage()]) with { ContainersFault = "locked" }, "my-agent");

        Assert.Contains(("Used by", "?"), explained.Facts);
        Assert.Equal((false, KeepReason.NotKnown), (explained.Cleanable, explained.Reason));
    }

    private static Explanation Of(Inventory inventory, string text) => Explanation.Of(inventory, CleanPlan.For(inventory, new CleanOptions()), text, "/home/user");
}
