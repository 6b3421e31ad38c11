using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class IgnoreFileSpecs
{
    // Patterns are separated by commas, as lines of a file. Each answer is what Docker does: https://docs.docker.com/build/concepts/context/#dockerignore-files
    [Theory]
    [InlineData("node_modules", "node_modules", true)]
    [InlineData("node_modules", "node_modules/a/b.js", true)]
    [InlineData("node_modules", "sub/node_modules", false)]
    [InlineData("node_modules", "node_modules2", false)]
    [InlineData("**/node_modules", "node_modules/x", true)]
    [InlineData("**/node_modules", "a/b/node_modules/x", true)]
    [InlineData("**/node_modules", "xnode_modules", false)]
    [InlineData("/docs", "docs/x", true)]
    [InlineData("docs/", "docs/x", true)]
    [InlineData("./docs/../docs//", "docs/x", true)]
    [InlineData("*.md", "README.md", true)]
    [InlineData("*.md", "docs/README.md", false)]
    [InlineData("*/temp*", "somedir/temporary.txt", true)]
    [InlineData("*/temp*", "temp", false)]
    [InlineData("*/*/temp*", "a/b/temp", true)]
    [InlineData("temp?", "tempa", true)]
    [InlineData("temp?", "temp", false)]
    [InlineData("temp?", "temp/", false)]
    [InlineData("*", "anything/below", true)]
    [InlineData("**", "a/b/c", true)]
    [InlineData("**/*.go", "x.go", true)]
    [InlineData("**/*.go", "a/b/x.go", true)]
    [InlineData("**/*.go", "a/b/x.gox", false)]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("a/**/b", "a/x/y/b", true)]
    [InlineData("a/**/b", "ab", false)]
    [InlineData("abc/**", "abc", false)]
    [InlineData("abc/**", "abc/d/e", true)]
    [InlineData("a**/*.txt", "a/dir/file.txt", true)]
    [InlineData("**file", "dir/myfile", true)]
    [InlineData("**/**/*.txt", "file.txt", true)]
    [InlineData("a[b-d]e", "ace", true)]
    [InlineData("a[b-d]e", "aae", false)]
    [InlineData("a[^b-d]e", "aze", true)]
    [InlineData("[α-ω]*", "λ", true)]
    [InlineData("a?b", "a😀b", true)]
    [InlineData("a\\*b", "a*b", true)]
    [InlineData("a\\*b", "axb", false)]
    [InlineData("a(b).c+d", "a(b).c+d", true)]
    [InlineData("a.c", "abc", false)]
    [InlineData("*.md,!README.md", "README.md", false)]
    [InlineData("*.md,!README.md", "OTHER.md", true)]
    [InlineData("*.md,!README*.md,README-secret.md", "README-secret.md", true)]
    [InlineData("*.md,!README*.md,README-secret.md", "README-open.md", false)]
    [InlineData("*.md,README-secret.md,!README*.md", "README-secret.md", false)]
    [InlineData("*,!src", "src/a/b", false)]
    [InlineData("*,!src/keep", "src/keep/x", false)]
    [InlineData("*,!src/keep", "src/other", true)]
    [InlineData("!README.md,*.md", "README.md", true)]
    [InlineData("docs,! /docs/README.md ", "docs/README.md", false)]
    [InlineData("*/b,!src", "src/b/x", true)]
    [InlineData("**,!**/*.go", "src/main.go", false)]
    [InlineData("# docs", "# docs", false)]
    [InlineData(" # docs", "# docs", true)]
    [InlineData("  docs  ", "docs", true)]
    [InlineData("", "docs", false)]
    [InlineData("../x", "x", false)]
    [InlineData("Docs", "docs", false)]
    public void A_path_is_left_out_as_Docker_leaves_it_out(string patterns, string path, bool excluded) =>
        Assert.Equal(excluded, IgnoreFile.Parse(patterns.Replace(',', '\n'), ".dockerignore").Excludes(path));

    [Theory]
    [InlineData("a\n!", ".dockerignore:2: '!' makes an exception of a pattern, and there is none after it")]
    [InlineData("[", ".dockerignore:1: '[' is no pattern: a [ in it is not closed, or nothing is between [ and ]")]
    [InlineData("x[a-]", ".dockerignore:1: 'x[a-]' is no pattern: a [ in it is not closed, or has a - without both its ends")]
    [InlineData("x\\", ".dockerignore:1: 'x\\' is no pattern: it ends in a backslash")]
    public void What_is_no_pattern_is_told_with_its_line(string text, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => IgnoreFile.Parse(text, ".dockerignore")).Message);

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_do_no_harm() =>
        Assert.True(IgnoreFile.Parse("\uFEFFdocs\r\nlib\r\n", ".dockerignore").Excludes("docs"));

    [Fact]
    public void A_pattern_of_many_stars_takes_no_time() =>
        Assert.False(IgnoreFile.Parse(string.Concat(Enumerable.Repeat("**/*a", 20)) + "c", ".dockerignore").Excludes(string.Concat(Enumerable.Repeat("a/", 500)) + "b"));

    [Theory]
    [InlineData("*,!a/b/c", "a", true)]
    [InlineData("*,!a/b/c", "a/b", true)]
    [InlineData("*,!a/b/c", "x", false)]
    [InlineData("*,!**/keep", "x/y", true)]
    [InlineData("*,!*/keep", "x", true)]
    [InlineData("*", "a", false)]
    public void A_folder_is_looked_into_only_when_an_exception_may_be_in_it(string patterns, string folder, bool may) =>
        Assert.Equal(may, IgnoreFile.Parse(patterns.Replace(',', '\n'), ".dockerignore").MayBringBackBelow(folder));
}
