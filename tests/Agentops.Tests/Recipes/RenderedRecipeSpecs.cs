using System.Text;
using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class RenderedRecipeSpecs
{
    [Fact]
    public void An_agent_on_a_base_is_its_packages_its_steps_and_a_home_for_any_user()
    {
        var rendered = Render(
            """
            base: node:22
            packages: [ripgrep, jq, ripgrep]
            setup:
              - npm install -g left-pad
            command: [left-pad]
            env: { A: b }
            """);

        Assert.Equal(
            """
            FROM agentops/base-node:22
            COPY home/ /home/
            ENV HOME=/home/agent
            WORKDIR /workspace
            RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends jq ripgrep && rm -rf /var/lib/apt/lists/*
            RUN npm install -g left-pad
            RUN chmod -R a+rwX /home/agent

            """,
            rendered.Dockerfile);
        Assert.Equal(["agentops/base-node:22"], rendered.BaseReferences);
        Assert.Equal([new BaseImage("node", "22")], rendered.Bases);
        Assert.Equal(["Dockerfile", "home", "home/agent"], rendered.Context.Entries.Select(entry => entry.Path));
        Assert.Equal((UnixFileMode)0b001_111_111_111, rendered.Context.Entries[2].Mode);
    }

    [Fact]
    public void An_agent_without_steps_needs_no_shell() => Assert.DoesNotContain("RUN", Render("image: gcr.io/distroless/static").Dockerfile);

    [Fact]
    public void An_agent_on_any_image_is_set_up_as_root_with_the_package_manager_it_finds()
    {
        var rendered = Render("image: fedora:42\npackages: [git]");

        Assert.StartsWith("FROM fedora:42\nUSER 0:0\n", rendered.Dockerfile);
        Assert.Contains("elif command -v dnf >/dev/null 2>&1; then dnf install -y git && dnf clean all; el", rendered.Dockerfile);
        Assert.Empty(rendered.Bases);
    }

    [Theory]
    [InlineData("echo $HOME && true", "RUN echo $HOME && true")]
    [InlineData("a\nb \"c\" \\ d\n", "RUN [\"/bin/sh\",\"-ec\",\"a\\nb \\\"c\\\" \\\\ d\"]")]
    [InlineData("[ -f x ]", "RUN [\"/bin/sh\",\"-ec\",\"[ -f x ]\"]")]
    [InlineData("cat <<< x", "RUN [\"/bin/sh\",\"-ec\",\"cat <<< x\"]")]
    [InlineData("true \\", "RUN [\"/bin/sh\",\"-ec\",\"true \\\\\"]")]
    [InlineData("# only a comment", "RUN [\"/bin/sh\",\"-ec\",\"# only a comment\"]")]
    [InlineData("a\r\nFROM evil", "RUN [\"/bin/sh\",\"-ec\",\"a\\nFROM evil\"]")]
    public void A_step_stays_one_instruction_whatever_is_in_it(string step, string instruction)
    {
        var recipe = new Recipe(AgentName.Parse("x"), "agent.yaml", new Foundation.OnBase(BaseImage.Default)) { Setup = [step] };

        Assert.Equal(instruction, RenderedRecipe.Of(recipe, TestContext.Current.CancellationToken).Dockerfile.Split('\n')[4]);
    }

    [Fact]
    public void A_base_is_the_public_image_and_what_every_agent_needs()
    {
        var rendered = RenderedRecipe.OfBase(new("alpine", "3.22"));

        Assert.Equal("FROM alpine:3.22\nRUN apk add --no-cache ca-certificates curl git\n", rendered.Dockerfile);
        Assert.Equal(["alpine:3.22"], rendered.BaseReferences);
    }

    [Fact]
    public void A_Dockerfile_is_sent_as_it_is_with_what_it_copies()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Dockerfile", "FROM agentops/base-busybox:1.35\nCOPY app /app\n");
        folder.Write("app/a", "");
        folder.Write("app/b.log", "");
        folder.Write("node_modules/x", "");
        folder.Write(".dockerignore", "**/*.log");
        var rendered = Render("dockerfile: Dockerfile", folder.Path);

        Assert.Equal(".agentops.Dockerfile", rendered.DockerfilePath);
        Assert.Equal([".agentops.Dockerfile", "app", "app/a"], rendered.Context.Entries.Select(entry => entry.Path));
        Assert.Equal("FROM agentops/base-busybox:1.35\nCOPY app /app\n", Encoding.UTF8.GetString(rendered.Context.Entries[0].Content.Span));
        Assert.Equal([new BaseImage("busybox", "1.35")], rendered.Bases);
    }

    [Fact]
    public void A_Dockerfile_that_is_copied_itself_stays_where_it_is()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Dockerfile", "FROM x\nCOPY . /app\n");
        folder.Write("a", "");
        var rendered = Render("dockerfile: Dockerfile", folder.Path);

        Assert.Equal("Dockerfile", rendered.DockerfilePath);
        Assert.Equal(["Dockerfile", "a"], rendered.Context.Entries.Select(entry => entry.Path));
    }

    [Fact]
    public void A_Dockerfile_from_elsewhere_gets_a_name_that_the_context_does_not_have()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Dockerfile", "FROM x\nCOPY . /app\n");
        folder.Write("app/.agentops.Dockerfile", "");
        var rendered = Render("dockerfile: { path: Dockerfile, context: app }", folder.Path);

        Assert.Equal(".agentops-1.Dockerfile", rendered.DockerfilePath);
    }

    [Fact]
    public void The_Dockerfiles_own_ignore_file_goes_first()
    {
        using var folder = new TemporaryFolder();
        folder.Write("dev.Dockerfile", "FROM x\nCOPY . /app\n");
        folder.Write("dev.Dockerfile.dockerignore", "a\n*ocker*");
        folder.Write(".dockerignore", "b");
        folder.Write("a", "");
        folder.Write("b", "");

        Assert.Equal([".agentops.Dockerfile", "b"], Render("dockerfile: dev.Dockerfile", folder.Path).Context.Entries.Select(entry => entry.Path));
    }

    [Fact]
    public void The_build_carries_arguments_and_target()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Dockerfile", "FROM x AS dev\n");
        var build = Render("dockerfile: { path: Dockerfile, target: dev, args: { A: 1 } }", folder.Path).ToBuild("agentops/x:latest", new Dictionary<string, string>(), useCache: false);

        Assert.Equal(("dev", "1", false), (build.Target, build.Arguments["A"], build.UseCache));
    }

    private static RenderedRecipe Render(string text, string folder = "/nowhere") =>
        RenderedRecipe.Of(AgentFile.Parse(text, folder, "/home/me", null), TestContext.Current.CancellationToken);
}
