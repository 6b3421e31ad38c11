using System.Diagnostics;
using Agentops.Building;

namespace Agentops.RuntimeTests;

/// <summary>What every engine's builders do that can be seen only with more of the engine than our own interface shows.</summary>
public abstract class EngineBuildContract(TestEngine engine) : BuildContract(engine)
{
    /// <summary>The engine under test.</summary>
    protected TestEngine Engine { get; } = engine;

    [Fact]
    public async Task A_build_that_is_given_up_ends_at_once_and_nothing_of_it_stays()
    {
        var unique = Guid.NewGuid();
        var tag = NewTag();
        var before = await Traces();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var notes = new List<BuildEvent.Note>();
        var build = Runtime.BuildImage(
            BuildOf(tag, $"FROM {Base}\nRUN echo {unique}\nRUN echo begun {unique}; sleep {(Engine.Has(Limit.StepsRunOn) ? 6 : 60)}\n"),
            what =>
            {
                notes.AddRange(what is BuildEvent.Note note ? [note] : []);
                _ = what is BuildEvent.Output { Step.Number: 3 } ? patience.CancelAsync() : null;
            },
            patience.Token);
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"it took {clock.Elapsed}");
        Assert.Null(await Runtime.FindImage(tag, Cancel));
        if (Engine.Has(Limit.StepsRunOn))
        {
            Assert.StartsWith("Podman ends the step it is at", Assert.Single(notes).Text, StringComparison.Ordinal);
            await Remove(Assert.Single((await Traces()).Except(before)));
        }
        else
        {
            Assert.Empty(notes);
        }

        Assert.Equal(before, await Traces());
    }

    [Fact]
    public async Task Stages_that_another_needs_are_built_and_their_steps_told()
    {
        var unique = Guid.NewGuid();
        var recipe = $"FROM {Base} AS one\nRUN echo one {unique} > /one\nFROM {Base} AS two\nRUN echo two {unique} > /two\nFROM {Base}\nCOPY --from=one /one /one\nCOPY --from=two /two /two\nRUN cat /one /two\n";

        var (_, events) = await Build(BuildOf(NewTag(), recipe));

        Assert.Equal(
            [$"one {unique}", $"two {unique}"],
            events.OfType<BuildEvent.Output>().Where(output => output.Step!.Instruction == "RUN cat /one /two").Select(output => output.Line));
        var started = events.OfType<BuildEvent.StepStarted>().Select(what => what.Step).ToList();
        Assert.Equal(started.Distinct(), started);
        Assert.Contains(started, step => step.Instruction == "COPY --from=two /two /two");
        Assert.All(started, step => Assert.InRange(step.Number, 1, step.Total));
        Assert.Equal(started.Count, events.OfType<BuildEvent.StepDone>().Count());
    }

    [Fact]
    public async Task Output_without_a_line_end_and_empty_lines_are_told()
    {
        var (_, events) = await Build(BuildOf(NewTag(), $"FROM {Base}\nRUN echo {Guid.NewGuid()} >/dev/null; echo; echo Step 1/9 : FROM nothing; printf 'no end'\n"));

        Assert.Equal(["", "Step 1/9 : FROM nothing", "no end"], events.OfType<BuildEvent.Output>().Select(output => output.Line));
    }

    [Fact]
    public async Task A_base_that_is_not_to_be_had_fails_with_its_name()
    {
        var failure = await Assert.ThrowsAsync<BuildFailedException>(() => Build(BuildOf(NewTag(), "FROM agentops.invalid/nothing:1\n")));

        Assert.Contains("agentops.invalid", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>All images, those between steps too, and all containers.</summary>
    protected override async Task<IReadOnlyList<string>> Traces() =>
        [.. TestEngine.Ids(await Engine.Get("/images/json?all=1")), .. TestEngine.Ids(await Engine.Get("/containers/json?all=1"))];

    private async Task Remove(string layer)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await Runtime.RemoveImage(layer, Cancel);
                return;
            }
            catch (RuntimeRefusalException inUse) when (inUse.Refusal is RuntimeRefusal.InUse && patience.Elapsed < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(200, Cancel);
            }
        }
    }
}
