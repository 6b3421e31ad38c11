using Agentops.Cleaning;
using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Tests.Cleaning;

public sealed class CacheDropSpecs
{
    [Fact]
    public void What_an_image_had_and_none_has_now_is_dropped() => Assert.Equal(["a"], CacheDrop.Of([Cached("a", shared: true)], [Cached("a", shared: false)]));

    [Fact]
    public void What_an_image_still_has_stays() => Assert.Empty(CacheDrop.Of([Cached("a", shared: true)], [Cached("a", shared: true)]));

    [Fact]
    public void What_was_in_the_cache_alone_before_stays() => Assert.Empty(CacheDrop.Of([Cached("a", shared: false)], [Cached("a", shared: false)]));

    [Fact]
    public void What_a_build_uses_at_this_moment_stays() => Assert.Empty(CacheDrop.Of([Cached("a", shared: true)], [Cached("a", shared: false, used: true)]));

    [Fact]
    public void What_came_since_stays() => Assert.Empty(CacheDrop.Of([], [Cached("a", shared: false)]));

    private static CachedResult Cached(string id, bool shared, bool used = false) => new(id, new ByteSize(1), shared, used);
}
