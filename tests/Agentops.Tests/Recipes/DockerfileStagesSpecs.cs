using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class DockerfileStagesSpecs
{
    [Theory]
    [InlineData("FROM node:22\nFROM scratch\nFROM node:22", "node:22")]
    [InlineData("FROM --platform=linux/amd64 node:22 AS Build\nFROM build\nCOPY --from=build /a /b\nCOPY --from=0 /a /b", "node:22")]
    [InlineData("FROM a\nCOPY --from=tools:1 /x /x\nRUN --mount=type=bind,from=more:2,target=/m true", "a,tools:1,more:2")]
    [InlineData("ARG V=22\nARG I=\"node\"\nFROM $I:${V}-slim", "node:22-slim")]
    [InlineData("ARG A=1\nARG B=${A}.2\nFROM x:${B}", "x:1.2")]
    [InlineData("ARG V\nFROM node:${V:-20}", "node:20")]
    [InlineData("ARG V\nFROM node${V:+:$V}", "node")]
    [InlineData("FROM node:$UNKNOWN\nFROM real", "real")]
    [InlineData("ARG GIVEN=1\nFROM x:$GIVEN", "x:from-outside")]
    [InlineData("# syntax=docker/dockerfile:1\n# comment\nfrom \\\n  node:22 \\\n# between\n\n  as x", "node:22")]
    [InlineData("# escape=`\nFROM node:22 `\n  AS x\nFROM x", "node:22")]
    [InlineData("FROM a\nRUN <<EOF\nFROM not-this\nEOF\nFROM b", "a,b")]
    [InlineData("FROM a\nRUN echo $((1<<2)) <<\nFROM b", "a,b")]
    [InlineData("", "")]
    public void The_images_it_is_built_on_are_known(string text, string images) =>
        Assert.Equal(images, string.Join(',', Stages(text).Images));

    [Fact]
    public void What_comes_after_the_target_does_not_count()
    {
        var stages = DockerfileStages.Of(DockerfileText.Parse("FROM a AS one\nCOPY x /\nFROM b\nCOPY . /"), new Dictionary<string, string>(), "ONE");

        Assert.Equal(["a"], stages.Images);
        Assert.Single(stages.Sources!);
    }

    [Theory]
    [InlineData("COPY app /app", "app/x", true)]
    [InlineData("COPY app /app", "application", false)]
    [InlineData("COPY ./app/ lib /x/", "lib", true)]
    [InlineData("COPY /app /x", "app", true)]
    [InlineData("COPY ../app /x", "app", true)]
    [InlineData("COPY [\"a b\", \"/x\"]", "a b", true)]
    [InlineData("COPY --chown=1:1 --chmod=755 app /x", "app", true)]
    [InlineData("COPY *.txt /x", "a.txt", true)]
    [InlineData("COPY *.txt /x", "sub/a.txt", false)]
    [InlineData("COPY src/*/x /y", "src/a/x/deep", true)]
    [InlineData("COPY --from=build /app /app", "app", false)]
    [InlineData("ADD https://example.com/x.tar /x", "x", false)]
    [InlineData("ADD app.tar /x", "app.tar", true)]
    [InlineData("COPY <<EOF /x\napp\nEOF", "app", false)]
    [InlineData("COPY one \\\n  two \\\n  /x", "two", true)]
    [InlineData("RUN --mount=type=bind,source=app,target=/a make", "app/x", true)]
    [InlineData("RUN --mount=type=cache,target=/a make", "a", false)]
    [InlineData("RUN --mount=type=secret,id=x make", "x", false)]
    [InlineData("RUN echo COPY . .", "x", false)]
    [InlineData("ONBUILD COPY . .", "x", false)]
    public void Only_what_is_copied_is_needed(string instruction, string path, bool needed)
    {
        var sources = Stages("FROM a\n" + instruction).Sources;

        Assert.NotNull(sources);
        Assert.Equal(needed, Prefixes(path).Any(prefix => sources.Any(source => source.Matches(prefix))));
    }

    [Theory]
    [InlineData("COPY . /app")]
    [InlineData("COPY / /app")]
    [InlineData("COPY ./ x /app")]
    [InlineData("COPY $SRC /app")]
    [InlineData("COPY [\"${SRC}\", \"/app\"]")]
    [InlineData("COPY \"a\" /app")]
    [InlineData("COPY a\\ b /app")]
    [InlineData("COPY [x /app")]
    [InlineData("RUN --mount=target=/src make")]
    [InlineData("RUN --mount=type=bind,source=$X,target=/src make")]
    [InlineData("FROM node:onbuild")]
    public void The_whole_context_is_needed_where_words_do_not_tell(string instruction) => Assert.Null(Stages("FROM a\n" + instruction).Sources);

    private static DockerfileStages Stages(string text) =>
        DockerfileStages.Of(DockerfileText.Parse(text), new Dictionary<string, string> { ["GIVEN"] = "from-outside" }, null);

    private static IEnumerable<string> Prefixes(string path)
    {
        var parts = path.Split('/');
        return Enumerable.Range(1, parts.Length).Select(count => string.Join('/', parts.Take(count)));
    }
}
