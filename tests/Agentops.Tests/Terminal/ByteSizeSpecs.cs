using Agentops.Terminal;

namespace Agentops.Tests.Terminal;

public sealed class ByteSizeSpecs
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(12_300, "12 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.0 MB")]
    [InlineData(1_500_000, "1.5 MB")]
    [InlineData(9_949_999, "9.9 MB")]
    [InlineData(9_950_000, "10 MB")]
    [InlineData(312_000_000, "312 MB")]
    [InlineData(1_200_000_000, "1.2 GB")]
    [InlineData(long.MaxValue, "9.2 EB")]
    public void Reads_as_Docker_prints_it(long bytes, string text) => Assert.Equal(text, new ByteSize(bytes).ToString());
}
