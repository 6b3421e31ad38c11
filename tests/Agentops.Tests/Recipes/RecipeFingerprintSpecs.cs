using System.Runtime.Versioning;
using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

[UnsupportedOSPlatform("windows")]
public sealed class RecipeFingerprintSpecs : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("base: node:22", "base: node:22", null)]
    [InlineData("base: node:22\npackages: [a, b]", "packages: [b, a, b]\nbase: node:22 # comment", null)]
    [InlineData("base: node:22", "base: node:22\ncommand: [x]\nenv: {A: b}\nsecrets: [S]\nmounts: ['/:/x']\nresources: {memory: 4GB}\nnetwork: none\nsecurity: {pids: 5}\nname: x", null)]
    [InlineData("base: node:22", "base: node:22\npackages: [git]", "packages changed in agent.yaml")]
    [InlineData("base: node:22", "base: node:22\nsetup: x", "setup changed in agent.yaml")]
    [InlineData("base: node:22\nsetup: [a, b]", "base: node:22\nsetup: [ab]", "setup changed in agent.yaml")]
    [InlineData("base: node:22\nsetup: [a, b]", "base: node:22\nsetup: [b, a]", "setup changed in agent.yaml")]
    [InlineData("base: node:22", "base: node:22\nsetup: x\npackages: [git]", "packages and setup changed in agent.yaml")]
    [InlineData("base: node:22", "base: python:3.13\nsetup: x", "the base is now python:3.13")]
    [InlineData("base: node:22", "base: node:20", "the base is now node:20")]
    [InlineData("base: node:22", "image: node:22", "agent.yaml now names image node:22")]
    [InlineData("image: a", "image: b", "agent.yaml now names image b")]
    [InlineData("image: a", "base: node:22", "the base is now node:22")]
    public void A_changed_recipe_says_what_changed(string built, string now, string? why) => Assert.Equal(why, WhyStale(built, now));

    [Fact]
    public void A_base_that_is_another_one_makes_the_image_stale() =>
        Assert.Equal("base image agentops/base-node:22 is another one", WhyStale("base: node:22", "base: node:22", "sha256:1", "sha256:2"));

    [Fact]
    public void A_base_that_is_not_there_is_no_evidence()
    {
        Assert.Null(WhyStale("base: node:22", "base: node:22", "sha256:1", null));
        Assert.Null(WhyStale("base: node:22", "base: node:22", null, "sha256:1"));
        Assert.Null(WhyStale("base: node:22", "base: node:22", "sha256:1", "sha256:1"));
    }

    [Fact]
    public void An_image_without_a_readable_label_is_built_anew()
    {
        var (recipe, now) = Take("base: node:22");

        Assert.Equal("it was built by another version of agent", RecipeFingerprint.WhyStale(null, now, recipe));
    }

    [Theory]
    [InlineData("app/a", "other", "app/a changed")]
    [InlineData("app/new", "", "app/new is new")]
    [InlineData("node_modules/x", "other", null)]
    [InlineData("app/b.log", "other", null)]
    [InlineData("Dockerfile", "FROM x\nCOPY app /elsewhere\n", "Dockerfile changed")]
    public void A_changed_file_counts_when_it_is_copied(string path, string text, string? why)
    {
        GivenDockerfile();
        var (_, built) = Take("dockerfile: Dockerfile");
        folder.Write(path, text);
        var (recipe, now) = Take("dockerfile: Dockerfile");

        Assert.Equal(why, RecipeFingerprint.WhyStale(RoundTrip(built), now, recipe));
    }

    [Fact]
    public void A_changed_mode_counts()
    {
        GivenDockerfile();
        var (_, built) = Take("dockerfile: Dockerfile");
        File.SetUnixFileMode(Path.Combine(folder.Path, "app/a"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var (recipe, now) = Take("dockerfile: Dockerfile");

        Assert.Equal("app/a changed", RecipeFingerprint.WhyStale(RoundTrip(built), now, recipe));
    }

    [Fact]
    public void A_changed_time_does_not_count()
    {
        GivenDockerfile();
        var (_, built) = Take("dockerfile: Dockerfile");
        File.SetLastWriteTimeUtc(Path.Combine(folder.Path, "app/a"), DateTime.UnixEpoch);
        var (recipe, now) = Take("dockerfile: Dockerfile");

        Assert.Null(RecipeFingerprint.WhyStale(RoundTrip(built), now, recipe));
    }

    [Fact]
    public void Files_that_are_gone_or_several_are_told_in_a_line()
    {
        GivenDockerfile();
        folder.Write("app/c", "");
        var (_, built) = Take("dockerfile: Dockerfile");
        File.Delete(Path.Combine(folder.Path, "app/c"));
        var (recipe, now) = Take("dockerfile: Dockerfile");
        Assert.Equal("app/c is gone", RecipeFingerprint.WhyStale(RoundTrip(built), now, recipe));

        folder.Write("app/a", "other");
        folder.Write("app/d", "");
        (recipe, now) = Take("dockerfile: Dockerfile");
        Assert.Equal("3 copied files changed", RecipeFingerprint.WhyStale(RoundTrip(built), now, recipe));
    }

    [Fact]
    public void Build_arguments_and_target_count()
    {
        GivenDockerfile();
        var (_, built) = Take("dockerfile: Dockerfile");
        var (recipe, now) = Take("dockerfile: { path: Dockerfile, args: { A: 1 } }");

        Assert.Equal("build arguments changed in agent.yaml", RecipeFingerprint.WhyStale(RoundTrip(built), now, recipe));
    }

    [Fact]
    public void With_many_files_the_label_stays_small_and_a_change_is_still_seen()
    {
        GivenDockerfile();
        for (var i = 0; i < 200; i++)
        {
            folder.Write($"app/many/{i}", "");
        }

        var (_, built) = Take("dockerfile: Dockerfile");
        folder.Write("app/many/7", "other");
        var (recipe, now) = Take("dockerfile: Dockerfile");

        Assert.InRange(built.ToLabel().Length, 100, 400);
        Assert.Equal("copied files changed", RecipeFingerprint.WhyStale(RoundTrip(built), now, recipe));
    }

    [Fact]
    public void Any_name_of_a_file_survives_the_label()
    {
        GivenDockerfile();
        folder.Write("app/a;b=c:d %41 ü\n", "");
        var (_, built) = Take("dockerfile: Dockerfile");
        folder.Write("app/a;b=c:d %41 ü\n", "other");
        var (recipe, now) = Take("dockerfile: Dockerfile");

        Assert.All(built.ToLabel(), character => Assert.InRange(character, '!', '~'));
        Assert.Equal("app/a;b=c:d %41 ü\n changed", RecipeFingerprint.WhyStale(RoundTrip(built), now, recipe));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("2;total=x")]
    [InlineData("1")]
    [InlineData("1;total=")]
    [InlineData("1;;;=;total")]
    public void A_label_that_is_none_is_nothing(string? label) => Assert.Null(RecipeFingerprint.TryParse(label));

    [Fact]
    public void Parts_of_a_later_version_are_passed_over()
    {
        var (recipe, now) = Take("base: node:22");

        Assert.Null(RecipeFingerprint.WhyStale(RecipeFingerprint.TryParse(now.ToLabel() + ";later=x;later;file=nocolon;image=%zz"), now, recipe));
    }

    [Fact]
    public void Garbage_of_any_kind_is_read_without_a_fault()
    {
        var (recipe, now) = Take("base: node:22");
        var label = now.ToLabel();
        var random = new Random(1);
        for (var i = 0; i < 3_000; i++)
        {
            var garbled = label.ToCharArray();
            for (var n = random.Next(1, 6); n > 0; n--)
            {
                garbled[random.Next(garbled.Length)] = ";=:%\0x"[random.Next(6)];
            }

            RecipeFingerprint.WhyStale(RecipeFingerprint.TryParse(new string(garbled)[..random.Next(garbled.Length + 1)]), now, recipe);
        }
    }

    private static RecipeFingerprint? RoundTrip(RecipeFingerprint fingerprint) => RecipeFingerprint.TryParse(fingerprint.ToLabel());

    private void GivenDockerfile()
    {
        folder.Write("Dockerfile", "FROM x\nCOPY app /app\n");
        folder.Write(".dockerignore", "**/*.log");
        folder.Write("app/a", "1");
        folder.Write("app/b.log", "1");
        folder.Write("node_modules/x", "1");
    }

    private string? WhyStale(string built, string now, string? builtBase = null, string? nowBase = null)
    {
        var (recipe, fingerprint) = Take(now, nowBase);
        return RecipeFingerprint.WhyStale(RoundTrip(Take(built, builtBase).Fingerprint), fingerprint, recipe);
    }

    private (Recipe Recipe, RecipeFingerprint Fingerprint) Take(string text, string? baseId = null)
    {
        var recipe = AgentFile.Parse(text, folder.Path, "/home/me", null);
        var rendered = RenderedRecipe.Of(recipe, TestContext.Current.CancellationToken);
        return (recipe, RecipeFingerprint.Of(recipe, rendered, rendered.BaseReferences.ToDictionary(reference => reference, _ => baseId), TestContext.Current.CancellationToken));
    }
}
