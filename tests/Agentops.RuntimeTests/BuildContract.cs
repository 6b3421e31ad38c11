using System.Text;
using Agentops.Building;

namespace Agentops.RuntimeTests;

/// <summary>What every builder does.</summary>
public abstract class BuildContract(TestRuntime target) : Contract(target)
{
    private readonly TestRuntime target = target;

    [Fact]
    public async Task A_built_image_has_its_tag_its_labels_and_the_id_that_was_told()
    {
        var tag = NewTag();

        var (id, _) = await Build(BuildOf(tag, $"FROM {Base}\nCMD [\"echo\", \"{tag}\"]\n", new() { [Labels.Ours] = "true", [Labels.Recipe] = "v1 \"quoted\" $x" }));

        var image = await Runtime.FindImage(tag, Cancel);
        Assert.Equal((id, tag), (image!.Image.Id, Assert.Single(image.Image.Tags)));
        Assert.Equal("v1 \"quoted\" $x", image.Image.Labels[Labels.Recipe]);
        Assert.Equal(["echo", tag], image.Command);
        Assert.Contains("PATH=/bin", image.Environment);
        Assert.NotEmpty(image.Layers);
        var listed = Assert.Single(await Runtime.ListImages(Cancel), listed => listed.Id == id);
        Assert.Equal([tag], listed.Tags);
        Assert.InRange(listed.Size!.Value.Bytes, 1, long.MaxValue);
        Assert.Equal(listed.Size, await Runtime.ImageSize(tag, Cancel));
        Assert.Equal(listed.Size, image.Image.Size ?? listed.Size);
    }

    [Fact]
    public async Task Each_step_is_told_once_with_its_number_its_output_and_its_end()
    {
        var unique = Guid.NewGuid();

        var (_, events) = await Build(BuildOf(NewTag(), $"FROM {Base}\nRUN echo {unique}\nRUN echo two {unique} >&2\n"));

        var steps = events.OfType<BuildEvent.StepStarted>().Select(started => started.Step).ToList();
        Assert.Equal([$"FROM {Base}", $"RUN echo {unique}", $"RUN echo two {unique} >&2"], steps.Select(step => step.Instruction));
        Assert.Equal([1, 2, 3], steps.Select(step => step.Number));
        Assert.All(steps, step => Assert.Equal(3, step.Total));
        Assert.Equal(steps, events.OfType<BuildEvent.StepDone>().Select(done => done.Step));
        var output = events.OfType<BuildEvent.Output>().ToList();
        Assert.Equal([(steps[1], $"{unique}"), (steps[2], $"two {unique}")], output.Select(line => (line.Step!, line.Line)));
    }

    [Fact]
    public async Task A_step_done_before_comes_from_the_cache_unless_that_is_forbidden()
    {
        var tag = NewTag();
        var build = BuildOf(tag, $"FROM {await OwnBase()}\nRUN echo {Guid.NewGuid()}\n");
        var (first, _) = await Build(build);
        Forget(first);

        var (_, again) = await Build(build);
        var (_, anew) = await Build(build with { UseCache = false });

        Assert.True(again.OfType<BuildEvent.StepDone>().Last().Cached, string.Join('\n', again));
        Assert.False(anew.OfType<BuildEvent.StepDone>().Last().Cached);
        Assert.NotEmpty(anew.OfType<BuildEvent.Output>());
    }

    [Fact]
    public async Task A_failing_step_is_named_with_its_reason_after_its_output_and_nothing_of_it_stays()
    {
        var unique = Guid.NewGuid();
        var tag = NewTag();
        var before = await Traces();
        var events = new List<BuildEvent>();

        var failure = await Assert.ThrowsAsync<BuildFailedException>(() => Runtime.BuildImage(
            BuildOf(tag, $"FROM {Base}\nRUN echo {unique}\nRUN echo last words {unique}; exit 3\nRUN echo never\n"), events.Add, Cancel));

        Assert.Equal((3, $"RUN echo last words {unique}; exit 3"), (failure.Step!.Number, failure.Step.Instruction));
        Assert.Equal("exit code: 3", failure.Message);
        Assert.Equal($"last words {unique}", events.OfType<BuildEvent.Output>().Last().Line);
        Assert.DoesNotContain(events.OfType<BuildEvent.StepDone>(), done => done.Step.Number == 3);
        Assert.Null(await Runtime.FindImage(tag, Cancel));
        Assert.Equal(before, await Traces());
    }

    [Fact]
    public async Task What_was_in_the_cache_before_a_build_failed_is_there_after_it()
    {
        var unique = Guid.NewGuid();
        var (before, failing, after) = (NewTag(), NewTag(), NewTag());
        var ground = await OwnBase();
        await Build(BuildOf(before, $"FROM {ground}\nRUN echo {unique}\n"));
        await Assert.ThrowsAsync<BuildFailedException>(() => Build(BuildOf(failing, $"FROM {ground}\nRUN echo {unique}\nRUN exit 1\n")));

        var (_, events) = await Build(BuildOf(after, $"FROM {ground}\nRUN echo {unique}\n"));

        Assert.True(events.OfType<BuildEvent.StepDone>().Last().Cached);
    }

    [Fact]
    public async Task A_recipe_that_cannot_be_read_fails_with_the_builders_words()
    {
        var failure = await Assert.ThrowsAsync<BuildFailedException>(() => Build(BuildOf(NewTag(), $"FROM {Base}\nRUNN echo x\n")));

        Assert.Matches("(?i)unknown instruction: \"?RUNN", failure.Message);
        // Podman finds out at the step.
        Assert.Equal(target.Has(Limit.ReadsStepByStep) ? "RUNN echo x" : null, failure.Step?.Instruction);
    }

    [Fact]
    public async Task The_image_that_had_the_tag_loses_it_and_keeps_its_labels()
    {
        var tag = NewTag();
        var (first, _) = await Build(BuildOf(tag, $"FROM {Base}\nRUN echo {Guid.NewGuid()}\n"));
        var (second, _) = await Build(BuildOf(tag, $"FROM {Base}\nRUN echo {Guid.NewGuid()}\n"));
        Forget(first);

        Assert.NotEqual(first, second);
        Assert.Equal(second, (await Runtime.FindImage(tag, Cancel))!.Image.Id);
        if (target.Has(Limit.NothingDangling))
        {
            Assert.Null(await Runtime.FindImage(first, Cancel));
            Assert.DoesNotContain(await Runtime.ListImages(Cancel), image => image.Id == first);
            return;
        }

        var old = Assert.Single(await Runtime.ListImages(Cancel), image => image.Id == first);
        Assert.Empty(old.Tags);
        Assert.Equal("true", old.Labels[Labels.Ours]);
    }

    [Fact]
    public async Task Files_arguments_and_the_target_reach_the_builder()
    {
        var tag = NewTag();
        var build = BuildOf(
            tag,
            $"FROM {Base} AS first\nARG WORD=none\nRUN echo argument $WORD # {Guid.NewGuid()}\nCOPY [\"a file\", \"/a file\"]\nCMD [\"cat\", \"/a file\"]\nFROM {Base} AS second\nRUN exit 1\n",
            files: [("a file", Encoding.UTF8.GetBytes("content"))]);

        var (_, events) = await Build(build with { Target = "first", Arguments = new Dictionary<string, string> { ["WORD"] = "some" } });

        Assert.Contains(events.OfType<BuildEvent.Output>(), line => line.Line.StartsWith("argument some", StringComparison.Ordinal));
        Assert.Equal(["cat", "/a file"], (await Runtime.FindImage(tag, Cancel))!.Command);
    }

    [Fact]
    public async Task A_file_of_the_context_that_cannot_be_read_is_what_is_reported()
    {
        var build = BuildOf(NewTag(), $"FROM {Base}\n") with { WriteContext = (_, _) => throw new UnauthorizedAccessException("secret.txt: permission denied") };

        var failure = await Assert.ThrowsAsync<UnauthorizedAccessException>(() => Build(build));

        Assert.Equal("secret.txt: permission denied", failure.Message);
    }

    [Fact]
    public async Task A_tag_is_removed_alone_while_the_image_has_another_and_else_with_its_image()
    {
        var (one, two) = (NewTag(), NewTag());
        var recipe = $"FROM {Base}\nRUN echo {Guid.NewGuid()}\n";
        var (id, _) = await Build(BuildOf(one, recipe));
        var (same, _) = await Build(BuildOf(two, recipe));
        Assert.Equal(id, same);

        var first = await Runtime.RemoveImage(one, Cancel);
        var last = await Runtime.RemoveImage(two, Cancel);

        Assert.Equal([one], first.Untagged);
        Assert.Empty(first.Deleted);
        Assert.Contains(id, last.Deleted);
        Assert.Null(await Runtime.FindImage(id, Cancel));
        Assert.Equal(RuntimeRefusal.NotFound, (await Assert.ThrowsAsync<RuntimeRefusalException>(() => Runtime.RemoveImage(one, Cancel))).Refusal);
    }

    [Fact]
    public async Task An_image_that_a_container_uses_is_not_removed()
    {
        var tag = NewTag();
        await Build(BuildOf(tag, $"FROM {Base}\nRUN echo {Guid.NewGuid()}\n"));
        await Create(Spec("true") with { Image = tag });

        Assert.Equal(RuntimeRefusal.InUse, (await Assert.ThrowsAsync<RuntimeRefusalException>(() => Runtime.RemoveImage(tag, Cancel))).Refusal);
        Assert.NotNull(await Runtime.FindImage(tag, Cancel));
    }

    [Fact]
    public async Task An_image_that_is_in_no_registry_fails_to_be_pulled()
    {
        // On the test engine there is no network: not found and not reachable are both a refusal in words.
        var refusal = await Assert.ThrowsAsync<RuntimeRefusalException>(() => Runtime.PullImage("agentops.invalid/nothing:1", _ => { }, Cancel));

        Assert.Contains("agentops.invalid/nothing:1", refusal.Message, StringComparison.Ordinal);
    }

    protected async Task<(string Id, List<BuildEvent> Events)> Build(ImageBuild build)
    {
        var events = new List<BuildEvent>();
        var id = await Runtime.BuildImage(build, events.Add, Cancel);
        return (id, events);
    }

    // BuildKit lets builds share a step that is the same, also with one that was given up and has not quite ended, and was seen to look past its cache then: once in dozens
    // of whole runs. Made after what is built on it has its tags, so it goes after them.
    private async Task<string> OwnBase()
    {
        var tag = NewTag();
        await Build(BuildOf(tag, $"FROM {Base}\nRUN echo {Guid.NewGuid()}\n"));
        return tag;
    }

    /// <summary>All that a build could leave, as far as the runtime tells.</summary>
    protected virtual async Task<IReadOnlyList<string>> Traces() =>
        [.. (await Runtime.ListImages(Cancel)).Select(image => image.Id).Concat((await Runtime.ListContainers(Cancel)).Select(container => container.Id)).Order(StringComparer.Ordinal)];
}
