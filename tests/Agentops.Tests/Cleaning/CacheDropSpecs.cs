using Agentops.Cleaning;
using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Tests.Cleaning;

public sealed class CacheDropSpecs
{
    [Fact]
    public void What_an_image_had_before_and_none_has_now_is_dropped()
    {
        var drop = CacheDrop.Of([Result("gone", shared: true), Result("kept", shared: true)], [Result("gone"), Result("kept", shared: true)]);

        Assert.Equal(["gone"], drop.Ids);
        Assert.False(drop.IsHeld);
    }

    [Fact]
    public void What_was_in_the_cache_alone_before_or_came_since_stays()
    {
        var drop = CacheDrop.Of([Result("alone")], [Result("alone"), Result("new")]);

        Assert.Empty(drop.Ids);
        Assert.False(drop.IsHeld);
    }

    [Fact]
    public void What_a_build_holds_on_to_stays_and_is_known_to()
    {
        var drop = CacheDrop.Of([Result("gone", shared: true), Result("used", shared: true)], [Result("gone"), Result("used", used: true)]);

        Assert.Equal(["gone"], drop.Ids);
        Assert.True(drop.IsHeld);
    }

    [Fact]
    public void A_build_that_uses_other_results_holds_nothing_of_these()
    {
        var drop = CacheDrop.Of(
            [Result("gone", shared: true), Result("alone", used: true), Result("kept", shared: true, used: true)],
            [Result("gone"), Result("alone", used: true), Result("kept", shared: true, used: true), Result("new", used: true)]);

        Assert.Equal(["gone"], drop.Ids);
        Assert.False(drop.IsHeld);
    }

    private static CachedResult Result(string id, bool shared = false, bool used = false) => new(id, new ByteSize(1), shared, used);
}
