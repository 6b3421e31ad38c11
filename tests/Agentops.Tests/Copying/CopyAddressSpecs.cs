using Agentops.Copying;

namespace Agentops.Tests.Copying;

public sealed class CopyAddressSpecs
{
    [Theory]
    [InlineData("a1b2:/etc/passwd", "a1b2", "/etc/passwd")]
    [InlineData("my-agent:out", "my-agent", "/workspace/out")]
    [InlineData("a1b2:/a//b/./../c/", "a1b2", "/a/c")]
    [InlineData("a1b2:../../../x", "a1b2", "/x")]
    [InlineData("a1b2:/", "a1b2", "/")]
    [InlineData("a1b2:.", "a1b2", "/workspace")]
    [InlineData("a1b2:with:colon", "a1b2", "/workspace/with:colon")]
    [InlineData("./a:b", null, "./a:b")]
    [InlineData("/a:b", null, "/a:b")]
    [InlineData("~/a:b", null, "~/a:b")]
    [InlineData("../a:b", null, "../a:b")]
    [InlineData(":b", null, ":b")]
    [InlineData("plain", null, "plain")]
    [InlineData("-", null, "-")]
    public void What_stands_before_the_first_colon_is_a_run_unless_it_is_written_like_a_path(string text, string? run, string path) =>
        Assert.Equal((run, path), (CopyAddress.Parse(text).Run, CopyAddress.Parse(text).Path));

    [Theory]
    [InlineData("r:/a", false, false)]
    [InlineData("r:/a/", false, true)]
    [InlineData("r:/a/.", true, true)]
    [InlineData("r:.", true, true)]
    [InlineData("r:/", true, true)]
    [InlineData(".", true, true)]
    [InlineData("a/.", true, true)]
    [InlineData("a/", false, true)]
    [InlineData("a.", false, false)]
    public void How_it_ends_says_whether_a_folder_or_what_is_in_it_is_meant(string text, bool contents, bool folder) =>
        Assert.Equal((contents, folder), (CopyAddress.Parse(text).Contents, CopyAddress.Parse(text).Folder));

    [Fact]
    public void A_path_has_a_name_and_a_parent()
    {
        Assert.Equal(("c", "/a/b"), (CopyAddress.Parse("r:/a/b/c").Name, CopyAddress.Parse("r:/a/b/c").Parent));
        Assert.Equal(("a", "/"), (CopyAddress.Parse("r:/a").Name, CopyAddress.Parse("r:/a").Parent));
        Assert.Equal(("", "/"), (CopyAddress.Parse("r:/").Name, CopyAddress.Parse("r:/").Parent));
    }

    [Theory]
    [InlineData("")]
    [InlineData("run:")]
    public void A_side_without_a_path_is_refused(string text) => Assert.Throws<UsageException>(() => CopyAddress.Parse(text));
}
