namespace Agentops.EndToEnd;

public sealed class BuildSpecs
{
    [Fact]
    public async Task Setup_steps_make_the_image_and_a_second_run_builds_nothing()
    {
        await using var desk = Desk.WithOwnAgent("setup:\n  - echo made > /made\n  - echo more >> /made");
        var first = (await desk.Run("run", ".", "--", "cat", "/made")).Expect(0);
        Assert.Equal("made\nmore\n", first.Out);
        var image = await desk.Engine.ImageId(desk.Image);

        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);
        (await desk.Run("run", ".", "--", "cat", "/made")).Expect(0);
        Assert.Equal(0, engine.Count("POST", "/build"));
        Assert.Equal(0, engine.Count("POST", "/images"));
        Assert.Equal(image, await desk.Engine.ImageId(desk.Image));
    }

    [Fact]
    public async Task A_changed_recipe_is_built_anew_and_the_reason_said_in_one_line()
    {
        await using var desk = Desk.WithOwnAgent("setup: [echo one > /made]");
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        desk.Recipe("setup: [echo two > /made]");
        var outcome = (await desk.Run("run", ".", "--", "cat", "/made")).Expect(0);
        Assert.Equal("two\n", outcome.Out);
        Assert.Contains($"Rebuilding {desk.Image}: setup changed in agent.yaml\n", outcome.Error, StringComparison.Ordinal);
        // The replaced image belongs to nobody and is named by no tag; the first run's container still holds it.
        Assert.True((await desk.Engine.ImagesLabelled($"agentops.agent={desk.Agent}")).Count >= 2);
    }

    [Fact]
    public async Task What_does_not_go_into_the_image_does_not_make_it_stale()
    {
        await using var desk = Desk.WithOwnAgent("command: [echo, one]");
        Assert.Equal("one\n", (await desk.Run("run", ".")).Expect(0).Out);
        var image = await desk.Engine.ImageId(desk.Image);
        desk.Recipe("command: [echo, two]\nenv: {A: b}\nresources: {memory: 64MB}\n# and a comment");
        var second = (await desk.Run("run", ".")).Expect(0);
        Assert.Equal("two\n", second.Out);
        Assert.DoesNotContain("Rebuilding", second.Error, StringComparison.Ordinal);
        Assert.Equal(image, await desk.Engine.ImageId(desk.Image));
    }

    [Fact]
    public async Task Another_base_image_under_the_same_tag_makes_it_stale()
    {
        await using var desk = Desk.WithOwnAgent();
        // A tag of this test's own, first on the usual base and then on an agent's image.
        var version = Desk.RareNumber();
        await desk.Engine.Tag("agentops/base-busybox:stable", "agentops/base-busybox", version);
        try
        {
            desk.Recipe("", $"base: busybox:{version}");
            (await desk.Run("run", ".", "--", "true")).Expect(0);

            await using var other = Desk.WithOwnAgent("setup: [echo other > /other]");
            (await other.Run("run", ".", "--", "true")).Expect(0);
            await desk.Engine.Tag(other.Image, "agentops/base-busybox", version);
            var outcome = (await desk.Run("run", ".", "--", "cat", "/other")).Expect(0);
            Assert.Equal("other\n", outcome.Out);
            Assert.Matches($"Rebuilding {desk.Image}: .*base", outcome.Error);
        }
        finally
        {
            await desk.Engine.RemoveImage($"agentops/base-busybox:{version}");
        }
    }

    [Fact]
    public async Task A_copied_file_that_changed_in_content_or_mode_makes_it_stale()
    {
        await using var desk = Desk.WithOwnAgent();
        desk.Recipe("", "dockerfile: Dockerfile");
        desk.Write("Dockerfile", "FROM agentops/base-busybox:stable\nCOPY tool /tool\n");
        desk.Write("tool", "one");
        desk.Write(".dockerignore", "ignored\n");
        (await desk.Run("run", ".", "--", "true")).Expect(0);

        desk.Write("tool", "two");
        var content = (await desk.Run("run", ".", "--", "cat", "/tool")).Expect(0);
        Assert.Equal("two", content.Out);
        Assert.Contains($"Rebuilding {desk.Image}: ", content.Error, StringComparison.Ordinal);
        Assert.Contains("tool", content.Error, StringComparison.Ordinal);

        File.SetUnixFileMode(Path.Combine(desk.Workspace, "tool"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var mode = (await desk.Run("run", ".", "--", "stat", "-c", "%a", "/tool")).Expect(0);
        Assert.Equal("500\n", mode.Out);

        desk.Write("ignored", "not copied");
        Assert.DoesNotContain("Rebuilding", (await desk.Run("run", ".", "--", "true")).Expect(0).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_of_the_same_stale_agent_build_once_and_both_run()
    {
        await using var desk = Desk.WithOwnAgent("setup:\n  - sleep 2; date +%s%N > /made");
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);
        var outcomes = await Task.WhenAll(desk.Run("run", ".", "--", "cat", "/made"), desk.Run("run", ".", "--", "cat", "/made"));
        outcomes[0].Expect(0);
        outcomes[1].Expect(0);
        Assert.Equal(outcomes[0].Out, outcomes[1].Out);
        Assert.Equal(1, engine.Count("POST", "/build"));
    }

    [Fact]
    public async Task A_failing_step_shows_its_command_and_its_last_lines_and_leaves_nothing()
    {
        await using var desk = Desk.WithOwnAgent("setup:\n  - echo fine > /fine\n  - for i in $(seq 1 50); do echo \"said $i\"; done; exit 17");
        var outcome = (await desk.Run("run", ".", "--", "true")).Expect(125);
        Assert.Contains("seq 1 50", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("said 21\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("said 50\n", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("said 20\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("17", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", outcome.Out);

        Assert.Null(await desk.Engine.ImageId(desk.Image));
        Assert.Empty(await desk.Engine.ImagesLabelled($"agentops.agent={desk.Agent}"));
        Assert.Empty(await desk.Engine.ContainersLabelled($"agentops.agent={desk.Agent}"));
        Assert.Empty(await desk.Runs());
    }

    [Fact]
    public async Task A_failing_rebuild_of_a_stale_image_keeps_the_old_one()
    {
        await using var desk = Desk.WithOwnAgent();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        var image = await desk.Engine.ImageId(desk.Image);
        desk.Recipe("setup: [exit 3]");
        (await desk.Run("run", ".", "--", "true")).Expect(125);
        Assert.Equal(image, await desk.Engine.ImageId(desk.Image));
    }

    [Theory]
    [InlineData("image: registry.invalid/nobody/nothing:1", "registry.invalid/nobody/nothing:1")]
    [InlineData("base: busybox:0.0.1", "busybox:0.0.1")]
    public async Task A_base_that_is_not_to_be_had_is_125_and_named(string foundation, string name)
    {
        await using var desk = Desk.WithOwnAgent();
        desk.Recipe("", foundation);
        var outcome = (await desk.Run("run", ".", "--", "true")).Expect(125);
        Assert.Contains(name, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.Null(await desk.Engine.ImageId(desk.Image));
        Assert.Empty(await desk.Runs());
    }

    [Fact]
    public async Task Packages_come_from_the_bases_package_manager()
    {
        await using var desk = Desk.WithOwnAgent();
        desk.Recipe("packages: [tree]", "base: debian:12");
        var outcome = await WithMirror(() => desk.Run("run", ".", "--", "tree", "--noreport", "-i", "."));
        Assert.Equal(".\nagent.yaml\n", outcome.Expect(0).Out);
    }

    [Fact]
    public async Task A_package_that_does_not_exist_is_125_and_named()
    {
        await using var desk = Desk.WithOwnAgent();
        desk.Recipe("packages: [no-such-package-anywhere]", "base: debian:12");
        var outcome = (await WithMirror(() => desk.Run("run", ".", "--", "true"))).Expect(125);
        Assert.Contains("no-such-package-anywhere", outcome.Error, StringComparison.Ordinal);
        Assert.Null(await desk.Engine.ImageId(desk.Image));
    }

    // Debian's mirror is another's, and so is the way to it: what it does not give at once is asked for again.
    private static async Task<Outcome> WithMirror(Func<Task<Outcome>> run)
    {
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await run();
            if (attempt == 4 || !outcome.Error.Contains("Failed to fetch", StringComparison.Ordinal))
            {
                return outcome;
            }
        }
    }
}
