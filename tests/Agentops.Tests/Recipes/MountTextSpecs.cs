using Agentops.Containers;
using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class MountTextSpecs
{
    [Theory]
    [InlineData("/a:/b", "/a", "/b", false)]
    [InlineData("/a:/b:ro", "/a", "/b", true)]
    [InlineData("/a:/b:rw", "/a", "/b", false)]
    [InlineData("data:/b/", "/folder/data", "/b", false)]
    [InlineData("./../x:/b", "/x", "/b", false)]
    [InlineData("~:/b", "/home/me", "/b", false)]
    [InlineData("~/x y:/b", "/home/me/x y", "/b", false)]
    [InlineData("/a:b,ü:/b", "/a:b,ü", "/b", false)]
    [InlineData("/a:/b:/c", "/a:/b", "/c", false)]
    public void A_mount_is_a_source_a_target_and_perhaps_ro(string text, string source, string target, bool readOnly) =>
        Assert.Equal(new Mount(source, target, readOnly), MountText.Parse(text, "/folder", "/home/me", "--mount"));

    [Theory]
    [InlineData("/a")]
    [InlineData(":/b")]
    [InlineData("/a:b")]
    [InlineData("")]
    [InlineData("/a:ro")]
    public void What_is_no_mount_is_refused_with_an_example(string text) =>
        Assert.Equal(
            $"--mount: expected SOURCE:TARGET[:ro] with an absolute target, such as ~/.cache:/cache:ro, got '{text}'",
            Assert.Throws<UsageException>(() => MountText.Parse(text, "/folder", "/home/me", "--mount")).Message);

    [Theory]
    [InlineData("/a:/", "--mount: the target cannot be /, which is the image itself")]
    [InlineData("/a:/x/..", "--mount: the target cannot be /, which is the image itself")]
    [InlineData("/a:/workspace", "--mount: the target /workspace is taken by the workspace")]
    public void Some_targets_are_no_place_for_a_mount(string text, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => MountText.Parse(text, "/folder", "/home/me", "--mount")).Message);

    [Fact]
    public void A_source_that_is_missing_is_told_before_anything_starts()
    {
        MountText.CheckSources([new("/", "/x", true)]);

        Assert.Equal(
            "the source of the mount /no/such:/x does not exist. Create it (mkdir -p '/no/such') or leave the mount out",
            Assert.Throws<UsageException>(() => MountText.CheckSources([new("/", "/y", true), new("/no/such", "/x", false)])).Message);
    }
}
