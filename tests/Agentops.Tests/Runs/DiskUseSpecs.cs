using Agentops.Images;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Tests.Runs;

public sealed class DiskUseSpecs
{
    private static readonly DiskUse Known = new(new ByteSize(100), new ByteSize(20), new ByteSize(3));

    [Fact]
    public void All_of_it_is_layer_volumes_and_folder() => Assert.Equal(new LayerBytes(new ByteSize(123), IsExact: true), Known.Total);

    [Fact]
    public void What_was_not_proven_is_an_estimate() => Assert.Equal("~123 B", (Known with { IsProven = false }).Total.ToString());

    [Fact]
    public void A_part_that_is_unknown_makes_it_unknown_and_not_smaller()
    {
        Assert.Null((Known with { Layer = null }).Total);
        Assert.Null((Known with { Volumes = null }).Total);
        Assert.Null((Known with { Folder = null }).Total);
        Assert.Null(DiskUse.Unknown.Total);
    }
}
