using System.Text.Json;
using Agentops.Building;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

public sealed class BuildProgressSpecs
{
    [Fact]
    public void BuildKit_tells_steps_output_and_a_failure()
    {
        var events = new List<BuildEvent>();

        var failure = Assert.Throws<BuildFailedException>(() => Play(Recorded.BuildKitFailure, new BuildKitProgress(events.Add)));

        var from = new BuildStep(1, 2, "FROM agentops/base-busybox:1");
        var run = new BuildStep(2, 2, "RUN echo hi; sleep 0.2; echo bad >&2; exit 3");
        Assert.Equal(
            [
                new BuildEvent.StepStarted(from), new BuildEvent.StepDone(from, Cached: false),
                new BuildEvent.StepStarted(run), new BuildEvent.Output(run, "hi"), new BuildEvent.Output(run, "bad"),
            ],
            events);
        Assert.Equal((run, "exit code: 3"), (failure.Step, failure.Message));
    }

    [Fact]
    public void Steps_that_BuildKit_takes_from_its_cache_are_told_before_the_step_that_is_built_on_them()
    {
        var events = new List<BuildEvent>();
        var progress = new BuildKitProgress(events.Add);

        // As it came: the cached ones are known, and told only after the third has started.
        progress.Take(new BuildKitTrace([Vertex(3), Vertex(2), Vertex(1)], []));
        progress.Take(new BuildKitTrace([Vertex(3) with { Started = true }], []));
        progress.Take(new BuildKitTrace([Vertex(1) with { Started = true, Completed = true }, Vertex(2) with { Started = true, Completed = true, Cached = true }], []));
        progress.Take(new BuildKitTrace([Vertex(3) with { Started = true, Completed = true }], []));

        Assert.Equal(["1 starts", "1 done", "2 starts", "2 done, cached", "3 starts", "3 done"], events.Select(what => what switch
        {
            BuildEvent.StepStarted started => $"{started.Step.Number} starts",
            BuildEvent.StepDone done => $"{done.Step.Number} done{(done.Cached ? ", cached" : "")}",
            _ => "?",
        }));

        static BuildKitVertex Vertex(int number) => new($"sha256:{number}", $"[{number}/3] {(number == 1 ? "FROM x" : $"RUN {number}")}", Cached: false, Started: false, Completed: false, "");
    }

    [Fact]
    public void BuildKit_names_the_stages_and_tells_the_image()
    {
        var events = new List<BuildEvent>();
        var progress = Play(Recorded.BuildKitStages, new BuildKitProgress(events.Add));

        Assert.Equal((true, "sha256:33bcaf7249bc380a0c18f6be8515f20342b3a7ce3b23f0c737f41b3a9cfe27fe"), (progress.IsDone, progress.ImageId));
        var done = events.OfType<BuildEvent.StepDone>().Select(what => what.Step).ToList();
        Assert.Equal(7, done.Count);
        Assert.Equal(done.ToHashSet(), events.OfType<BuildEvent.StepStarted>().Select(what => what.Step).ToHashSet());
        Assert.Contains(new BuildStep(2, 2, "RUN sleep 1; echo two > /b", "two"), done);
        Assert.Contains(new BuildStep(5, 5, "WORKDIR /w", "stage-2"), done);
        Assert.Equal(
            ["one", "err", "a", "two", "noeol"],
            events.OfType<BuildEvent.Output>().Select(line => line.Line));
    }

    [Fact]
    public void The_classic_builder_tells_the_same_and_hides_the_steps_of_our_labels()
    {
        var events = new List<BuildEvent>();
        var progress = Play(Recorded.ClassicStages, new ClassicProgress(events.Add, labelSteps: 2));

        Assert.Equal((true, "sha256:5f418e9c784a7205ac177969b091504d4e2eae40edc110ea425e7a5bc704eebd"), (progress.IsDone, progress.ImageId));
        var steps = events.OfType<BuildEvent.StepStarted>().Select(what => what.Step).ToList();
        Assert.Equal(Enumerable.Range(1, 10), steps.Select(step => step.Number));
        Assert.All(steps, step => Assert.Equal(10, step.Total));
        Assert.Equal(["FROM agentops/base-busybox:1", "RUN echo one; echo err >&2; sleep 1; echo a > /a"], steps.Take(2).Select(step => step.Instruction));
        Assert.Equal("WORKDIR /w", steps[^1].Instruction);
        Assert.Equal(steps, events.OfType<BuildEvent.StepDone>().Select(what => what.Step));
        Assert.Equal(["err", "one", "a", "two", "noeol"], events.OfType<BuildEvent.Output>().Select(line => line.Line));
    }

    [Fact]
    public void The_classic_builder_tells_a_failure_after_the_output_of_its_step()
    {
        var events = new List<BuildEvent>();

        var failure = Assert.Throws<BuildFailedException>(() => Play(Recorded.ClassicFailure, new ClassicProgress(events.Add, labelSteps: 2)));

        Assert.Equal((new BuildStep(2, 2, "RUN echo hi; sleep 0.2; echo bad >&2; exit 3"), "exit code: 3"), (failure.Step, failure.Message));
        Assert.Equal(["hi", "bad"], events.OfType<BuildEvent.Output>().Select(line => line.Line));
    }

    [Fact]
    public void The_images_between_the_steps_are_known_but_for_the_base_and_the_cached()
    {
        var progress = Play(
            """
            {"stream":"Step 1/3 : FROM x"}
            {"stream":"\n"}
            {"stream":" ---\u003e f9474c9058f5\n"}
            {"stream":"Step 2/3 : RUN a"}
            {"stream":"\n"}
            {"stream":" ---\u003e Using cache\n"}
            {"stream":" ---\u003e aaaaaaaaaaaa\n"}
            {"stream":"Step 3/3 : RUN b"}
            {"stream":"\n"}
            {"stream":" ---\u003e Running in cccccccccccc\n"}
            {"stream":" ---\u003e bbbbbbbbbbbb\n"}
            """,
            new ClassicProgress(_ => { }, labelSteps: 0));

        Assert.Equal(["bbbbbbbbbbbb"], progress.Layers);
        Assert.Equal("cccccccccccc", progress.StepContainer);
        Assert.False(progress.IsDone);
    }

    [Theory]
    [InlineData("Removing intermediate container")]
    [InlineData(" ---\\u003e Removed intermediate container")]
    public void That_a_container_of_a_step_is_gone_is_no_output_of_it(string note)
    {
        var events = new List<BuildEvent>();
        Play(
            $$"""
            {"stream":"Step 1/1 : RUN printf 'no end'"}
            {"stream":"\n"}
            {"stream":" ---\u003e Running in b5bd91f43c28\n"}
            {"stream":"no end"}
            {"stream":"{{note}} b5bd91f43c28\n"}
            {"stream":" ---\u003e ef92f6a4ae4e\n"}
            {"stream":"Successfully built ef92f6a4ae4e\n"}
            """,
            new ClassicProgress(events.Add, labelSteps: 0));

        Assert.Equal(["no end"], events.OfType<BuildEvent.Output>().Select(line => line.Line));
    }

    [Fact]
    public void Podman_tells_it_in_capitals_with_a_step_for_each_of_our_labels()
    {
        var events = new List<BuildEvent>();
        var progress = Play(Recorded.PodmanCached, new ClassicProgress(events.Add, labelSteps: 2));

        Assert.Equal(
            [new BuildStep(1, 2, "FROM agentops/base-busybox:1"), new BuildStep(2, 2, "RUN echo hi")],
            events.OfType<BuildEvent.StepStarted>().Select(what => what.Step));
        Assert.Equal([false, true], events.OfType<BuildEvent.StepDone>().Select(done => done.Cached));
        Assert.Empty(events.OfType<BuildEvent.Output>());
        Assert.Equal((true, "sha256:57f1d1b80ca04e2176bf7fb8219d26b51c7531b14d95b19e1c6584ffac815727"), (progress.IsDone, progress.ImageId));
        // Made anew: the second label. The builder tells eleven digits.
        Assert.Equal(["57f1d1b80ca"], progress.Layers);
    }

    [Fact]
    public void Podman_numbers_the_steps_of_each_stage()
    {
        var events = new List<BuildEvent>();
        var progress = Play(Recorded.PodmanStages, new ClassicProgress(events.Add, labelSteps: 2));

        var steps = events.OfType<BuildEvent.StepStarted>().Select(what => what.Step).ToList();
        Assert.Equal(
            [
                new(1, 2, "FROM agentops/base-busybox:1", "one"), new(2, 2, "RUN echo one > /one", "one"),
                new(1, 2, "FROM agentops/base-busybox:1", "stage-1"), new(2, 2, "RUN echo two > /two", "stage-1"),
                new(1, 4, "FROM agentops/base-busybox:1", "stage-2"), new(2, 4, "COPY --from=one /one /one", "stage-2"), new(3, 4, "COPY --from=1 /two /two", "stage-2"), new(4, 4, "RUN cat /one /two", "stage-2"),
            ],
            steps);
        Assert.Equal(steps, events.OfType<BuildEvent.StepDone>().Select(what => what.Step));
        Assert.Equal(["one", "two"], events.OfType<BuildEvent.Output>().Select(line => line.Line));
        Assert.Equal(["303a8c05867", "243df9fb2f3", "17078ba6064", "7eed9f0e1fa", "e4d877a4824", "c88f1690566", "9832d9c0326"], progress.Layers);
    }

    [Fact]
    public void What_Podman_thinks_of_an_unknown_instruction_is_short_of_its_innards()
    {
        var events = new List<BuildEvent>();

        var failure = Assert.Throws<BuildFailedException>(() => Play(Recorded.PodmanUnknownInstruction, new ClassicProgress(events.Add, labelSteps: 2)));

        Assert.Equal((new BuildStep(2, 2, "RUNN x"), "Unknown instruction: \"RUNN\""), (failure.Step, failure.Message));
        Assert.Empty(events.OfType<BuildEvent.Output>());
    }

    [Fact]
    public void A_Podman_that_adds_one_step_for_all_labels_hides_no_step_of_the_users()
    {
        var events = new List<BuildEvent>();
        Play(
            """
            {"stream":"STEP 1/3: FROM docker.io/library/node:22\n"}
            {"stream":"STEP 2/3: RUN echo hi\n"}
            {"stream":"hi\n"}
            {"stream":"--> 0123456789a\n"}
            {"stream":"STEP 3/3: LABEL \"agentops\"=\"true\" \"agentops.agent\"=\"x\"\n"}
            {"stream":"COMMIT docker.io/agentops/x:1\n"}
            """,
            new ClassicProgress(events.Add, labelSteps: 2));

        Assert.Equal(["FROM node:22", "RUN echo hi"], events.OfType<BuildEvent.StepStarted>().Select(what => what.Step.Instruction));
    }

    [Theory]
    [InlineData("[2/5] RUN x", 2, 5, "RUN x", null)]
    [InlineData("[ 2/12] RUN x", 2, 12, "RUN x", null)]
    [InlineData("[one  2/12] RUN [ -f y ]", 2, 12, "RUN [ -f y ]", "one")]
    [InlineData("[linux/amd64 1/2] FROM docker.io/library/node:22@sha256:aa", 1, 2, "FROM node:22", null)]
    [InlineData("[linux/amd64 build 1/2] FROM ghcr.io/x/y:1", 1, 2, "FROM ghcr.io/x/y:1", "build")]
    [InlineData("[2/2] RUN <<EOF\necho a\nEOF", 2, 2, "RUN <<EOF echo a EOF", null)]
    public void A_step_is_read_out_of_a_name(string name, int number, int total, string text, string? stage) =>
        Assert.Equal(new BuildStep(number, total, text, stage), BuildKitProgress.StepOf(name));

    [Theory]
    [InlineData("[internal] load remote build context")]
    [InlineData("[auth] library/node:pull token for registry.example")]
    [InlineData("copy /context /")]
    [InlineData("exporting to image")]
    [InlineData("[99999999999/3] RUN x")]
    [InlineData("")]
    public void Work_of_the_builder_itself_is_no_step(string name) => Assert.Null(BuildKitProgress.StepOf(name));

    [Theory]
    [InlineData("FROM docker.io/agentops/base-node:22", "FROM agentops/base-node:22")]
    [InlineData("FROM docker.io/library/node:22@sha256:0123", "FROM node:22")]
    [InlineData("from --platform=linux/amd64 node:22 as one", "FROM node:22")]
    [InlineData("RUN echo  a\n  b", "RUN echo a b")]
    [InlineData("COPY --from=docker.io/x /a /b", "COPY --from=docker.io/x /a /b")]
    public void An_instruction_reads_the_same_from_both_builders(string told, string shown) => Assert.Equal(shown, Instruction.Normalise(told));

    [Theory]
    [InlineData("executor failed running [/bin/sh -c x]: exit code: 3", "exit code: 3")]
    [InlineData("failed to solve: process \"/bin/sh -c x\" did not complete successfully: exit code: 127", "exit code: 127")]
    [InlineData("The command '/bin/sh -c x' returned a non-zero code: 1", "exit code: 1")]
    [InlineData("error building at STEP \"RUN x\": error while running runtime: exit status 4", "exit code: 4")]
    [InlineData("building at STEP \"RUN echo \"a\"\": while running runtime: exit status 5\n", "exit code: 5")]
    [InlineData("building at STEP \"COPY x /x\": checking on sources under \"/c\": copier: stat: \"/x\": no such file or directory", "checking on sources under \"/c\": copier: stat: \"/x\": no such file or directory")]
    [InlineData("failed to solve with frontend dockerfile.v0: failed to create LLB definition: x", "failed to create LLB definition: x")]
    [InlineData("executor failed running [/bin/x y]: network bridge not found", "network bridge not found")]
    public void A_reason_is_short_of_the_command(string told, string shown) => Assert.Equal(shown, BuildReason.Of(told));

    [Fact]
    public void Lines_come_whole_wherever_they_are_cut()
    {
        var lines = new OutputLines();
        var bytes = "größe\r\n10 %\r100 %\nend"u8.ToArray();

        var told = bytes.SelectMany(part => lines.Add([part])).ToList();

        Assert.Equal(["größe", "100 %"], told);
        Assert.Equal("end", lines.End());
        Assert.Null(lines.End());
    }

    [Fact]
    public void A_line_without_end_is_told_in_pieces() =>
        Assert.Equal([16_384, 16_384], new OutputLines().Add(new string('x', 40_000).AsSpan()).Select(line => line.Length));

    [Fact]
    public void A_trace_that_is_cut_or_nonsense_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => BuildKitTrace.Of([0x0A, 0x7F, 0x01]));
        Assert.Throws<InvalidDataException>(() => BuildKitTrace.Of([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]));
        Assert.Throws<InvalidDataException>(() => BuildKitTrace.Of([0x0B]));
    }

    private static T Play<T>(string recording, T progress)
        where T : BuildProgress
    {
        foreach (var line in recording.Split('\n'))
        {
            var message = JsonSerializer.Deserialize(line, EngineJson.Default.WireProgress)!;
            if (message.ErrorDetail?.Message is { } error)
            {
                throw progress.Failure(error);
            }

            progress.Take(message);
        }

        return progress;
    }
}
