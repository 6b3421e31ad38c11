using Agentops.Terminal;

namespace Agentops.Tests.Terminal;

public sealed class DurationSpecs
{
    [Theory]
    [InlineData("30m", 30)]
    [InlineData("12h", 12 * 60)]
    [InlineData("7d", 7 * 24 * 60)]
    [InlineData("2w", 14 * 24 * 60)]
    [InlineData("0d", 0)]
    [InlineData("007d", 7 * 24 * 60)]
    [InlineData("36500d", 36500 * 24 * 60)]
    public void A_time_is_a_number_and_a_unit(string text, int minutes) => Assert.Equal(TimeSpan.FromMinutes(minutes), Duration.Parse(text, "--older-than"));

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("d")]
    [InlineData("-7d")]
    [InlineData("+7d")]
    [InlineData("1.5h")]
    [InlineData("7 d")]
    [InlineData("7D")]
    [InlineData("7days")]
    [InlineData("1h30m")]
    [InlineData("7d\n")]
    [InlineData("٧d")]
    public void What_is_none_is_refused(string text) =>
        Assert.Equal(
            $"--older-than: expected a time such as 30m, 12h, 7d or 2w, got '{text}'",
            Assert.Throws<UsageException>(() => Duration.Parse(text, "--older-than")).Message);

    [Theory]
    [InlineData("36501d")]
    [InlineData("9223372036854775807w")]
    [InlineData("99999999999999999999999m")]
    public void What_no_instant_could_be_older_than_is_refused(string text) =>
        Assert.Equal($"--older-than: expected a time of at most 100 years, got '{text}'", Assert.Throws<UsageException>(() => Duration.Parse(text, "--older-than")).Message);
}
