using Agentops.Runs;
using Agentops.Runtimes;

namespace Agentops.Tests.Runs;

public sealed class RunSearchSpecs
{
    private static readonly RuntimeRequest NoOption = new(null);

    [Theory]
    [InlineData("a1b2c3d4", "unix:///a")]
    [InlineData("a1b2", "unix:///a")]
    [InlineData("worker", "unix:///b")]
    [InlineData("nobody", null)]
    [InlineData("", null)]
    public void A_run_is_looked_for_where_its_record_says(string address, string? endpoint) => Assert.Equal(
        endpoint,
        RunSearch.PlaceOf(NoOption, [Entry("a1b2c3d4", "my-agent", "unix:///a"), Entry("e5f6g7h8", "worker", "unix:///b")], address).Place?.Endpoint);

    [Fact]
    public void An_option_has_the_last_word()
    {
        Assert.Null(RunSearch.PlaceOf(new RuntimeRequest("docker"), [Entry("a1b2c3d4", "my-agent", "unix:///a")], "a1b2c3d4").Place);
        Assert.Null(RunSearch.PlaceOf(new RuntimeRequest(null, "lab"), [Entry("a1b2c3d4", "my-agent", "unix:///a")], "a1b2c3d4").Place);
    }

    [Fact]
    public void Of_several_of_one_name_the_newest_decides_that_is_not_known_to_have_ended()
    {
        RunEntry[] all =
        [
            Entry("a1b2c3d4", "twin", "unix:///oldest", hours: 3),
            Entry("e5f6g7h8", "twin", "unix:///older", hours: 2),
            Entry("i9j0k1l2", "twin", "unix:///newest", hours: 1, ended: true),
        ];

        Assert.Equal("unix:///older", RunSearch.PlaceOf(NoOption, all, "twin").Place?.Endpoint);
        Assert.Equal("unix:///newest", RunSearch.PlaceOf(NoOption, [all[2]], "twin").Place?.Endpoint);
    }

    [Fact]
    public void An_id_comes_before_a_name_and_a_name_before_the_beginning_of_an_id()
    {
        RunEntry[] all = [Entry("a1b2c3d4", "my-agent", "unix:///id"), Entry("e5f6g7h8", "a1b2c3d4", "unix:///name"), Entry("i9j0k1l2", "a1", "unix:///short")];

        Assert.Equal("unix:///id", RunSearch.PlaceOf(NoOption, all, "a1b2c3d4").Place?.Endpoint);
        Assert.Equal("unix:///short", RunSearch.PlaceOf(NoOption, all, "a1").Place?.Endpoint);
    }

    [Fact]
    public void A_record_that_cannot_be_read_says_nothing() =>
        Assert.Null(RunSearch.PlaceOf(NoOption, [new RunEntry(Given.Id(), null, "broken")], "a1b2c3d4").Place);

    private static RunEntry Entry(string id, string name, string endpoint, int hours = 1, bool ended = false) =>
        new(Given.Id(id), Given.Record(id, name, created: Given.Now.AddHours(-hours), ended: ended ? Given.Now : null, endpoint: endpoint), null);
}
