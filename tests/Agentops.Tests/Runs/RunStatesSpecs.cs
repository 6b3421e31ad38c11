using Agentops.Containers;
using Agentops.Runs;

namespace Agentops.Tests.Runs;

public sealed class RunStatesSpecs
{
    [Theory]
    [InlineData(ContainerState.Running, RunState.Running)]
    [InlineData(ContainerState.Restarting, RunState.Running)]
    [InlineData(ContainerState.Paused, RunState.Paused)]
    [InlineData(ContainerState.Exited, RunState.Stopped)]
    [InlineData(ContainerState.Dead, RunState.Stopped)]
    [InlineData(ContainerState.Removing, RunState.Stopped)]
    public void What_the_runtime_says_of_the_container_decides(ContainerState container, RunState expected) =>
        Assert.Equal(expected, Of(Given.Record(started: Given.Now), container));

    [Fact]
    public void A_container_in_a_state_we_do_not_know_counts_as_running() =>
        Assert.Equal(RunState.Running, Of(Given.Record(), ContainerState.Unknown));

    [Fact]
    public void A_container_not_started_is_creating_while_its_creator_lives() =>
        Assert.Equal(RunState.Creating, Of(Given.Record(), ContainerState.Created, creatorLives: true));

    [Fact]
    public void A_container_not_started_has_failed_when_its_creator_died() =>
        Assert.Equal(RunState.Failed, Of(Given.Record(), ContainerState.Created));

    [Fact]
    public void A_container_that_refused_to_start_has_failed_even_while_its_creator_lives() =>
        Assert.Equal(RunState.Failed, Of(Given.Record(failure: "no such file"), ContainerState.Created, creatorLives: true));

    [Fact]
    public void A_record_without_a_container_is_creating_while_its_creator_lives() =>
        Assert.Equal(RunState.Creating, Of(Given.Record(), container: null, creatorLives: true));

    [Fact]
    public void A_record_without_a_container_has_failed_when_its_creator_died_before_the_start() =>
        Assert.Equal(RunState.Failed, Of(Given.Record(), container: null));

    [Fact]
    public void A_run_removed_at_its_end_is_stopped_with_the_exit_code_in_its_record()
    {
        var run = Run.Of(Given.Id(), Given.Record(started: Given.Now, ended: Given.Now, exitCode: 7), null, creatorLives: false, Given.Endpoint);

        Assert.Equal((RunState.Stopped, 7), (run.State, run.ExitCode));
    }

    [Fact]
    public void A_run_whose_container_somebody_removed_is_stopped_with_an_unknown_exit_code()
    {
        var run = Run.Of(Given.Id(), Given.Record(started: Given.Now), null, creatorLives: false, Given.Endpoint);

        Assert.Equal((RunState.Stopped, null), (run.State, run.ExitCode));
    }

    [Fact]
    public void A_run_of_another_runtime_is_unknown_and_not_failed() =>
        Assert.Equal(RunState.Unknown, Of(Given.Record(endpoint: "unix:///elsewhere.sock"), container: null));

    private static RunState Of(RunRecord record, ContainerState? container, bool creatorLives = false) =>
        RunStates.Of(record, container is { } state ? Given.Container(state: state) : null, creatorLives, Given.Endpoint);
}
