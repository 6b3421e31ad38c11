namespace Agentops.EndToEnd;

public sealed class EnvironmentSpecs
{
    [Fact]
    public async Task A_variable_of_the_command_line_reaches_the_command()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", "-e", "A=1", "--env", "B=two words = more", "-e", "C=", ".", "--", "sh", "-c", "echo \"$A|$B|${C-unset}\"")).Expect(0);
        Assert.Equal("1|two words = more|\n", outcome.Out);
    }

    [Fact]
    public async Task A_variable_without_value_is_taken_from_the_caller_and_left_out_when_unset_there()
    {
        await using var desk = Desk.Plain();
        desk.Set("CALLERS", "from outside");
        var outcome = (await desk.Run("run", "-e", "CALLERS", "-e", "NOBODYS", ".", "--", "sh", "-c", "echo \"$CALLERS|${NOBODYS-unset}\"")).Expect(0);
        Assert.Equal("from outside|unset\n", outcome.Out);
    }

    [Fact]
    public async Task The_callers_other_variables_stay_outside()
    {
        await using var desk = Desk.Plain();
        desk.Set("CALLERS", "private");
        var outcome = (await desk.Run("run", ".", "--", "env")).Expect(0);
        Assert.DoesNotContain("private", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_gives_variables_and_the_command_line_wins_over_it()
    {
        await using var desk = Desk.Plain();
        desk.Set("CALLERS", "from outside");
        desk.Write("vars.env", "# a comment\nA=from file\nB=kept\n\nCALLERS\n");
        var outcome = (await desk.Run("run", "--env-file", "vars.env", "-e", "A=from option", ".", "--", "sh", "-c", "echo \"$A|$B|$CALLERS\"")).Expect(0);
        Assert.Equal("from option|kept|from outside\n", outcome.Out);
    }

    [Fact]
    public async Task The_command_line_wins_over_the_recipe()
    {
        await using var desk = Desk.WithOwnAgent("env:\n  A: recipe\n  B: recipe");
        var outcome = (await desk.Run("run", "-e", "A=option", ".", "--", "sh", "-c", "echo \"$A|$B\"")).Expect(0);
        Assert.Equal("option|recipe\n", outcome.Out);
    }

    [Theory]
    [InlineData("=value")]
    [InlineData("")]
    public async Task A_variable_without_a_name_is_a_usage_error(string variable)
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", "-e", variable, ".", "--", "true")).Expect(2);
        Assert.Contains("--env", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(await desk.Containers());
    }

    [Fact]
    public async Task An_environment_file_that_is_missing_is_a_usage_error()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", "--env-file", "nowhere.env", ".", "--", "true")).Expect(2);
        Assert.Contains("nowhere.env", outcome.Error, StringComparison.Ordinal);
    }
}
