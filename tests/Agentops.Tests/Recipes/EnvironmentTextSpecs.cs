using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class EnvironmentTextSpecs
{
    private static readonly Dictionary<string, string> Caller = new() { ["TOKEN"] = "t=1", ["BLANK"] = "" };

    [Theory]
    [InlineData("A=b", "A", "b")]
    [InlineData("A=", "A", "")]
    [InlineData("A= b=c ", "A", " b=c ")]
    [InlineData("TOKEN", "TOKEN", "t=1")]
    [InlineData("BLANK", "BLANK", "")]
    public void A_variable_has_a_value_or_takes_the_callers(string text, string name, string value) =>
        Assert.Equal(new(name, value), EnvironmentText.Parse(text, Caller, "-e"));

    [Fact]
    public void A_variable_that_the_caller_does_not_have_is_left_out() => Assert.Null(EnvironmentText.Parse("NOBODY", Caller, "-e"));

    [Theory]
    [InlineData("=x", "-e: expected a variable such as NAME=value, got '=x', which has no name")]
    [InlineData("", "-e: expected a variable such as NAME=value, got '', which has no name")]
    [InlineData("A B=x", "-e: 'A B' cannot be the name of a variable: there is a space in it")]
    [InlineData("A\u0001=x", "-e: 'A\u0001' cannot be the name of a variable: there is a control character in it")]
    [InlineData("A\0=x", "-e: 'A\0' cannot be the name of a variable: there is a control character in it")]
    [InlineData("A=x\0", "-e: the value of A has a NUL character in it")]
    public void A_variable_without_a_proper_name_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => EnvironmentText.Parse(text, Caller, "-e")).Message);

    [Fact]
    public void A_file_of_variables_is_read_as_Docker_reads_it() =>
        Assert.Equal(
            [new("A", "1"), new("QUOTED", "\"x y\" # no comment"), new("SPACES", "  kept  "), new("TOKEN", "t=1"), new("WINDOWS", "line")],
            EnvironmentText.ParseFile("\uFEFF# comment\n\nA=1\nQUOTED=\"x y\" # no comment\n  SPACES=  kept  \nTOKEN\nNOBODY\nWINDOWS=line\r\n", "my.env", Caller));

    [Fact]
    public void A_bad_line_of_a_file_is_named() =>
        Assert.StartsWith("my.env:2: 'export A'", Assert.Throws<UsageException>(() => EnvironmentText.ParseFile("A=1\nexport A=2", "my.env", Caller)).Message);
}
