using System.Text.RegularExpressions;

namespace Agentops.EndToEnd;

/// <summary><c>--rebuild</c> to the letter of the design's transcript.</summary>
public sealed class RebuildSpecs
{
    [Fact]
    public async Task It_reads_as_designed()
    {
        await using var desk = Desk.WithOwnAgent("setup: [echo hi]");
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        await desk.RemoveContainers();
        var before = await desk.Engine.ImageId(desk.Image);

        var outcome = (await desk.Run("run", "--rebuild", desk.Agent, ".", "--", "echo", "ran")).Expect(0);
        var expected = $"""
            ^Removing cached image {Regex.Escape(desk.Image)}\.\.\. done
            Building image \(no cache\)\.\.\.
              Step 1/\d+: FROM agentops/base-busybox:stable
            (  .*
            )+Image built: {Regex.Escape(desk.Image)} \(\d\.\d MB\)

            Starting run [a-z0-9]{"{8}"}\.\.\.
            $
            """.ReplaceLineEndings("\n");
        Assert.Matches(expected, outcome.Error);
        Assert.Equal("ran\n", outcome.Out);
        Assert.NotEqual(before, await desk.Engine.ImageId(desk.Image));
    }

    [Fact]
    public async Task Without_an_image_it_just_builds()
    {
        await using var desk = Desk.WithOwnAgent();
        var outcome = (await desk.Run("run", "--rebuild", ".", "--", "echo", "ran")).Expect(0);
        Assert.DoesNotContain("Removing", outcome.Error, StringComparison.Ordinal);
        Assert.StartsWith("Building image (no cache)...\n  Step 1/", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("ran\n", outcome.Out);
    }

    [Fact]
    public async Task Every_step_is_done_anew()
    {
        await using var desk = Desk.WithOwnAgent("setup: [date +%s%N > /made]");
        var first = (await desk.Run("run", ".", "--", "cat", "/made")).Expect(0);
        var second = (await desk.Run("run", "--rebuild", ".", "--", "cat", "/made")).Expect(0);
        Assert.NotEqual(first.Out, second.Out);
    }

    [Fact]
    public async Task In_use_by_a_running_container_only_the_tag_moves()
    {
        await using var desk = Desk.WithOwnAgent("setup: [date +%s%N > /made]");
        var run = await desk.Detach(".", "--", "sleep", "1000");
        var old = await desk.Engine.ImageId(desk.Image);
        (await desk.Run("run", "--rebuild", ".", "--", "true")).Expect(0);

        Assert.NotEqual(old, await desk.Engine.ImageId(desk.Image));
        var dangling = await desk.Engine.Get($"images/{old}/json");
        Assert.NotNull(dangling);
        Assert.Equal(0, dangling.Value.GetProperty("RepoTags").GetArrayLength());
        Assert.Equal("true", dangling.Value.GetProperty("Config").GetProperty("Labels").GetProperty("agentops").GetString());
        Assert.Contains(run, (await desk.Run("list", "--running")).Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_build_fails_it_is_125_and_no_half_is_left()
    {
        await using var desk = Desk.WithOwnAgent();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        await desk.RemoveContainers();
        desk.Recipe("setup: [\"echo half > /half; exit 5\"]");
        var outcome = (await desk.Run("run", "--rebuild", ".", "--", "true")).Expect(125);
        Assert.StartsWith($"Removing cached image {desk.Image}... done\n", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Starting run", outcome.Error, StringComparison.Ordinal);
        Assert.Null(await desk.Engine.ImageId(desk.Image));
        Assert.Empty(await desk.Engine.ImagesLabelled($"agentops.agent={desk.Agent}"));
        Assert.Empty(await desk.Containers());
    }

    [Fact]
    public async Task When_the_build_fails_an_image_that_a_run_holds_keeps_its_tag()
    {
        await using var desk = Desk.WithOwnAgent();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        var image = await desk.Engine.ImageId(desk.Image);
        desk.Recipe("setup: [exit 5]");
        (await desk.Run("run", "--rebuild", ".", "--", "true")).Expect(125);
        Assert.Equal(image, await desk.Engine.ImageId(desk.Image));
    }
}
