using Agentops.Runs;

namespace Agentops.Tests.Runs;

public sealed class RunIdSpecs
{
    [Theory]
    [InlineData("a1b2c3d4", true)]
    [InlineData("00000000", true)]
    [InlineData("a1b2c3d", false)]
    [InlineData("a1b2c3d45", false)]
    [InlineData("A1B2C3D4", false)]
    [InlineData("../../et", false)]
    [InlineData("a1b2c3d\n", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_the_exact_form_is_an_id(string? text, bool valid) => Assert.Equal(valid, RunId.TryParse(text, out _));

    [Theory]
    [InlineData("agentops-a1b2c3d4", true)]
    [InlineData("agentops-a1b2c3d4x", false)]
    [InlineData("my-agentops-a1b2c3d4", false)]
    [InlineData("agentops-../../et", false)]
    public void Only_the_exact_form_is_a_container_of_ours(string name, bool valid) => Assert.Equal((valid, valid ? name : null), (RunId.IsContainerName(name), RunId.OfContainerName(name)?.ContainerName));

    [Fact]
    public void New_ids_differ() => Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => RunId.New()).Distinct().Count());

    [Fact]
    public void A_new_id_has_the_form_that_is_read() => Assert.True(RunId.TryParse(RunId.New().ToString(), out _));
}
