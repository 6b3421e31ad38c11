using Agentops.Cleaning;
using Agentops.Images;

namespace Agentops.Tests.Cleaning;

public sealed class CleanPlanSpecs
{
    [Fact]
    public void A_base_is_kept_while_a_digest_holds_an_image_that_is_built_on_it()
    {
        // docker push registry/mine:1, then docker rmi of that tag in a later Docker.
        var image = Image(2, on: Base, "agentops/scraper:latest");

        Assert.Equal(["image:agentops/scraper:latest"], Keys(Base, Held(image, "registry/mine@sha256:1")));
        Assert.Equal(["image:agentops/scraper:latest", "image:agentops/base-node:22"], Keys(Base, Held(image, "agentops/scraper@sha256:1")));
    }

    [Fact]
    public void A_base_is_kept_while_an_image_that_only_has_a_digest_is_built_on_it()
    {
        var plan = CleanPlan.For(new RandomWorld { Images = [Base, Held(Image(2, on: Base), "registry/mine@sha256:1")] }.Take(), new CleanOptions());

        Assert.Empty(plan.Items);
        Assert.Equal("registry/mine@sha256:1 is built on it", Assert.Single(plan.Kept).Why);
    }

    [Fact]
    public void What_says_that_it_is_built_on_itself_in_a_circle_goes_before_what_both_are_built_on()
    {
        var below = Image(1, on: null, "agentops/a:latest");
        var (one, other) = (Image(2, on: below, "agentops/b:latest"), Image(3, on: null, "agentops/c:latest"));

        Assert.Equal(
            ["image:agentops/c:latest", "image:agentops/b:latest", "image:agentops/a:latest"],
            Keys(below, Saying(one, "agentops/c:latest;image=;ref=agentops/a:latest"), Saying(other, "agentops/b:latest")));
    }

    private static KnownImage Base { get; } = Saying(Image(1, on: null, "agentops/base-node:22"), null);

    private static IEnumerable<string> Keys(params KnownImage[] images) => CleanPlan.For(new RandomWorld { Images = images }.Take(), new CleanOptions()).Items.Select(item => item.Key);

    private static KnownImage Image(int number, KnownImage? on, params string[] tags) => new(
        new StoredImage(new Image($"sha256:{number}", tags, null, Given.Now.AddDays(-number), Population.Labels(null)), [], null),
        [.. on?.Layers ?? [], ($"sha256:layer{number}", number)],
        Told.Everything);

    private static KnownImage Held(KnownImage image, string digest) => image with { Stored = image.Stored with { Digests = [digest] } };

    // Without a word of another image, that of a base.
    private static KnownImage Saying(KnownImage image, string? on)
    {
        var labels = on is null ? Population.Labels(null, (Labels.Base, "true")) : Population.Labels(null, (Labels.Recipe, $"1;total=x;ref={on}"));
        return image with { Stored = image.Stored with { Image = image.Stored.Image with { Labels = labels } } };
    }
}
