using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Status;

namespace Agentops.Tests.Status;

public sealed class VerdictsSpecs : IDisposable
{
    private readonly Screen screen = new();

    public VerdictsSpecs() => screen.Clock.HasTimers = false;

    public void Dispose() => screen.Dispose();

    [Fact]
    public void What_goes_is_cleanable_and_what_is_kept_has_a_word_for_its_reason()
    {
        var (going, kept) = (Given.Run("ended000", state: ContainerState.Exited), Given.Run("running0"));
        var verdicts = Of(Given.Inventory(runs: [going, kept]));

        Assert.Equal(new StatusJson.Verdict(true, null, "it has ended"), verdicts.OfRun(going.Id));
        Assert.Equal(new StatusJson.Verdict(false, "running", "it is running"), verdicts.OfRun(kept.Id));
        Assert.Null(verdicts.OfRun(Given.Id("nobody00")));
    }

    [Fact]
    public void An_image_of_several_tags_has_one_verdict()
    {
        var image = Given.OurImage(moreTags: ["agentops/my-agent:v1", "mine:1"]);

        Assert.Equal(new StatusJson.Verdict(true, null, "no active run"), Of(Given.Inventory(images: [image])).OfImage(image.Image.Id));
    }

    [Fact]
    public void A_dangling_image_and_one_with_tags_are_found_by_their_ids()
    {
        var (dangling, tagged) = (Given.OurImage(null), Given.OurImage("base-node:22", '2'));
        var verdicts = Of(Given.Inventory(images: [dangling, tagged]));

        Assert.Equal("no container uses it, and it has no tag", verdicts.OfImage(dangling.Image.Id)!.Why);
        Assert.Equal("no image is built on it", verdicts.OfImage(tagged.Image.Id)!.Why);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ListContainers")]
    [InlineData("records")]
    public async Task Everything_that_status_shows_has_a_verdict(string? trouble)
    {
        var population = Population.OfTheDesign(screen);
        population.Orphan("lost0000", ContainerState.Exited);
        population.Orphan("busy0000", ContainerState.Running);
        population.Container("agentops-postgres", "agentops/base-node:22", ContainerState.Exited);
        population.Image("their-bot", installation: "ffffffffffffffffffffffffffffffff");
        population.Image("mine", tag: "keep-this:1");
        screen.Runtime.AddImage("agentops/by-hand:1");
        screen.Runtime.AddImage(null, Population.Labels("scraper", (Labels.Base, "false")), basedOn: "agentops/base-node:22");
        if (trouble == "records")
        {
            Directory.Delete(Path.Combine(screen.StateFolder, "runs"), recursive: true);
            File.WriteAllText(Path.Combine(screen.StateFolder, "runs"), "");
        }
        else if (trouble is not null)
        {
            screen.Runtime.Fail(trouble, new RuntimeRefusalException(RuntimeRefusal.Other, "no"));
        }

        var inventory = await screen.Take();
        var verdicts = Of(inventory);

        Assert.All(inventory.Runs, run => Assert.NotNull(verdicts.OfRun(run.Id)));
        Assert.All(inventory.Orphans, orphan => Assert.NotNull(verdicts.OfContainer(orphan.Container.Id)));
        Assert.All(inventory.Images, image => Assert.NotNull(verdicts.OfImage(image.Image.Id)));
        if (trouble is not null)
        {
            Assert.DoesNotContain(inventory.Images.Select(image => verdicts.OfImage(image.Image.Id)), verdict => verdict!.Cleanable);
            Assert.DoesNotContain(inventory.Orphans.Select(orphan => verdicts.OfContainer(orphan.Container.Id)), verdict => verdict!.Cleanable);
        }
    }

    [Fact]
    public void Every_reason_is_a_word_that_the_documentation_explains()
    {
        var page = File.ReadAllText(Path.Combine(SourceFolder(), "../../../docs/why.md"));

        // What a command line leaves out is no matter of why.
        Assert.All(Enum.GetValues<KeepReason>().Except([KeepReason.NotAsked]), reason => Assert.Contains($"`{Verdicts.Word(reason)}`", page, StringComparison.Ordinal));
    }

    private static Verdicts Of(Inventory inventory) => Verdicts.Of(CleanPlan.For(inventory, new CleanOptions()));

    private static string SourceFolder([System.Runtime.CompilerServices.CallerFilePath] string me = "") => Path.GetDirectoryName(me)!;
}
