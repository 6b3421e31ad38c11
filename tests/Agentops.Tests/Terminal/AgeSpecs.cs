using Agentops.Terminal;

namespace Agentops.Tests.Terminal;

public sealed class AgeSpecs
{
    [Theory]
    [InlineData(-5, "just now")]
    [InlineData(0, "just now")]
    [InlineData(59, "just now")]
    [InlineData(60, "1m ago")]
    [InlineData(3599, "59m ago")]
    [InlineData(3600, "1h ago")]
    [InlineData(86399, "23h ago")]
    [InlineData(86400, "1d ago")]
    [InlineData(400 * 86400, "400d ago")]
    public void Ages_are_whole_units_rounded_down(int seconds, string expected) => Assert.Equal(expected, Age.Describe(Given.Now.AddSeconds(-seconds), Given.Now));

    [Fact]
    public void An_unknown_instant_has_an_unknown_age() => Assert.Equal("?", Age.Describe(null, Given.Now));
}
