using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class AgentNameSpecs
{
    [Theory]
    [InlineData("a")]
    [InlineData("my-agent")]
    [InlineData("my_agent")]
    [InlineData("my--agent2")]
    public void A_name_is_small_letters_digits_and_what_goes_between(string text) => Assert.Equal($"agentops/{text}:latest", AgentName.Parse(text).ImageTag);

    [Theory]
    [InlineData("My-Agent", "my-agent")]
    [InlineData("team/bot", "team-bot")]
    [InlineData("-x", "x")]
    [InlineData("x-", "x")]
    [InlineData("", "my-agent")]
    [InlineData("äöü", "my-agent")]
    [InlineData("a\nb", "a-b")]
    [InlineData("base-node", "node")]
    [InlineData("base-base-x", "x")]
    public void What_is_no_name_is_answered_with_one_that_is(string text, string suggested)
    {
        Assert.EndsWith($". A valid one: {suggested}", Assert.Throws<UsageException>(() => AgentName.Parse(text)).Message);
        Assert.Equal(suggested, AgentName.Parse(suggested).Text);
    }

    [Fact]
    public void Any_folder_leads_to_a_name()
    {
        var random = new Random(1);
        for (var i = 0; i < 5_000; i++)
        {
            var folder = new string([.. Enumerable.Range(0, random.Next(90)).Select(_ => "aB9-_. /base-ü\n"[random.Next(15)])]);
            Assert.NotNull(AgentName.Parse(AgentName.Suggest(folder)));
        }
    }
}
