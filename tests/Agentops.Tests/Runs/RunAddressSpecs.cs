using Agentops.Containers;
using Agentops.Runs;

namespace Agentops.Tests.Runs;

public sealed class RunAddressSpecs
{
    [Fact]
    public void A_run_is_found_by_its_id() => Assert.Equal("a1b2c3d4", Find("a1b2c3d4", Given.Run("a1b2c3d4"), Given.Run("a1b2zzzz")));

    [Fact]
    public void A_run_is_found_by_a_unique_prefix_of_its_id() => Assert.Equal("a1b2zzzz", Find("a1b2z", Given.Run("a1b2c3d4"), Given.Run("a1b2zzzz")));

    [Fact]
    public void A_prefix_of_several_ids_is_refused_with_their_list()
    {
        var failure = Assert.Throws<UsageException>(() => Find("a1b2", Given.Run("a1b2c3d4", "one"), Given.Run("a1b2zzzz", "two")));

        Assert.Equal("'a1b2' may mean a1b2c3d4 (one, running), a1b2zzzz (two, running). Name one by its id.", failure.Message);
    }

    [Fact]
    public void Of_several_ended_runs_of_a_name_the_newest_is_meant() =>
        Assert.Equal("newer000", Find("bot", Given.Run("newer000", "bot", ContainerState.Exited), Given.Run("older000", "bot", ContainerState.Exited)));

    [Fact]
    public void The_running_one_of_a_name_is_meant_even_when_an_ended_one_is_newer() =>
        Assert.Equal("older000", Find("bot", Given.Run("newer000", "bot", ContainerState.Exited), Given.Run("older000", "bot")));

    [Fact]
    public void A_name_is_ambiguous_when_several_of_it_run() =>
        Assert.Throws<UsageException>(() => Find("bot", Given.Run("newer000", "bot"), Given.Run("older000", "bot")));

    [Fact]
    public void A_name_wins_over_a_prefix() => Assert.Equal("zzzzzzzz", Find("a1b2", Given.Run("a1b2c3d4", "one"), Given.Run("zzzzzzzz", "a1b2")));

    [Theory]
    [InlineData("nothing")]
    [InlineData("")]
    public void What_matches_nothing_is_not_found(string text) => Assert.Throws<NotFoundException>(() => Find(text, Given.Run()));

    [Fact]
    public void A_run_that_only_its_container_tells_of_is_found_by_id()
    {
        var orphan = new Orphan(Given.Container("orphan00"), Given.Id("orphan00"), Owner.Nobody, HasRecord: false);

        Assert.Equal("orphan00", RunAddress.Find(new RunList([], [orphan], [], Given.Now), "orphan00").Id.ToString());
    }

    private static string Find(string text, params Run[] runs) => RunAddress.Find(new RunList(runs, [], [], Given.Now), text).Id.ToString();
}
