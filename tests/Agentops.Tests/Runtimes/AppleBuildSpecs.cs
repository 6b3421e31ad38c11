using System.Formats.Tar;
using Agentops.Building;
using Agentops.Runtimes.Apple;

namespace Agentops.Tests.Runtimes;

public sealed class AppleBuildSpecs
{
    private const string Plain = """
        #1 [resolver] fetching image...docker.io/library/alpine:3.20
        #1 DONE 0.0s

        #2 [internal] load .dockerignore
        #2 transferring context: 2B done
        #2 DONE 0.1s

        #3 [linux/arm64 1/3] FROM docker.io/library/alpine:3.20@sha256:28bd
        #3 CACHED

        #4 [linux/arm64 2/3] RUN echo hi
        #4 0.152 hi
        #4 0.153

        #5 [linux/arm64 other 2/2] RUN make
        #5 0.200 made

        #4 [linux/arm64 2/3] RUN echo hi
        #4 0.301 there
        #4 DONE 0.2s

        #6 [linux/arm64 3/3] COPY . /app
        #6 CACHED
        """;

    [Fact]
    public void Steps_their_output_and_their_end_are_read_from_the_plain_printer()
    {
        var events = new List<BuildEvent>();
        var progress = new PlainProgress(events.Add);
        foreach (var line in Plain.Split('\n'))
        {
            progress.Take(line);
        }

        var (from, run, copy, make) = (new BuildStep(1, 3, "FROM alpine:3.20"), new BuildStep(2, 3, "RUN echo hi"), new BuildStep(3, 3, "COPY . /app"), new BuildStep(2, 2, "RUN make", "other"));
        Assert.Equal(
            [
                new BuildEvent.StepStarted(from), new BuildEvent.StepDone(from, false),
                new BuildEvent.StepStarted(run), new BuildEvent.Output(run, "hi"), new BuildEvent.Output(run, ""),
                new BuildEvent.StepStarted(make), new BuildEvent.Output(make, "made"),
                new BuildEvent.Output(run, "there"), new BuildEvent.StepDone(run, false),
                new BuildEvent.StepStarted(copy), new BuildEvent.StepDone(copy, true),
            ],
            events);
    }

    [Fact]
    public void A_failing_step_is_named_with_its_reason()
    {
        var progress = new PlainProgress(_ => { });
        foreach (var line in (string[])["#3 [linux/arm64 1/1] RUN exit 3", "#4 [linux/arm64 other 1/1] RUN x", "#4 ERROR: context canceled", "#3 ERROR: process \"/bin/sh -c exit 3\" did not complete successfully: exit code: 3"])
        {
            progress.Take(line);
        }

        Assert.Equal(("exit code: 3", "RUN exit 3"), (progress.Failure().Message, progress.Failure().Step!.Instruction));
    }

    [Theory]
    [InlineData("Error: unknown: \"failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN\"", "dockerfile parse error on line 2: unknown instruction: RUNN")]
    [InlineData("Error: Timeout waiting for connection to builder", "Timeout waiting for connection to builder")]
    [InlineData("", "'container build' failed, and does not say why")]
    public void A_failure_that_is_no_steps_has_the_builders_words(string line, string reason)
    {
        var progress = new PlainProgress(_ => { });
        progress.Take(line);

        Assert.Equal((reason, null), (progress.Failure().Message, progress.Failure().Step));
    }

    [Fact]
    public async Task A_context_is_unpacked_as_it_is_links_too_and_gone_afterwards()
    {
        string path;
        using (var context = await ContextFolder.Unpack(
            (stream, _) => Write(stream, new PaxTarEntry(TarEntryType.RegularFile, "sub/run.sh") { DataStream = new MemoryStream("echo"u8.ToArray()), Mode = (UnixFileMode)0b111_101_101 }, new PaxTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = "/etc/passwd" }),
            TestContext.Current.CancellationToken))
        {
            path = context.Path;
            Assert.Equal("echo", await File.ReadAllTextAsync(Path.Combine(path, "sub/run.sh"), TestContext.Current.CancellationToken));
            Assert.True(File.GetUnixFileMode(Path.Combine(path, "sub/run.sh")).HasFlag(UnixFileMode.UserExecute));
            Assert.Equal("/etc/passwd", new FileInfo(Path.Combine(path, "out")).LinkTarget);
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public async Task A_context_does_not_reach_outside_its_folder()
    {
        var failure = await Assert.ThrowsAsync<BuildFailedException>(() => ContextFolder.Unpack(
            (stream, _) => Write(stream, new PaxTarEntry(TarEntryType.RegularFile, "../evil") { DataStream = new MemoryStream() }), TestContext.Current.CancellationToken));

        Assert.Contains("../evil", failure.Message, StringComparison.Ordinal);
    }

    private static async Task Write(Stream stream, params TarEntry[] entries)
    {
        await using var tar = new TarWriter(stream, leaveOpen: true);
        foreach (var entry in entries)
        {
            await tar.WriteEntryAsync(entry);
        }
    }
}
