using Agentops.Building;

namespace Agentops.Tests.Building;

public sealed class BuildDisplaySpecs
{
    private static readonly BuildStep From = new(1, 2, "FROM agentops/base-node:22");
    private static readonly BuildStep Install = new(2, 2, "RUN npm install");

    [Fact]
    public void Without_a_terminal_each_step_is_a_line() =>
        Assert.Equal("  Step 1/2: FROM agentops/base-node:22\n  Step 2/2: RUN npm install\n", Show(verbose: false));

    [Fact]
    public void Verbose_shows_what_each_step_prints() =>
        Assert.Equal("  Step 1/2: FROM agentops/base-node:22\n  Step 2/2: RUN npm install\n    added 1 package\n", Show(verbose: true));

    [Fact]
    public void What_a_step_prints_cannot_steer_the_terminal()
    {
        var output = new StringWriter();
        new BuildDisplay(output, null, verbose: true).Show(new BuildEvent.Output(null, "\e[2J"));

        Assert.Equal("    \\x1b[2J\n", output.ToString());
    }

    [Fact]
    public void A_failure_shows_its_command_and_the_last_30_lines()
    {
        var display = new BuildDisplay(new StringWriter(), null, verbose: false);
        display.Show(new BuildEvent.StepStarted(Install));
        foreach (var line in Enumerable.Range(1, 40))
        {
            display.Show(new BuildEvent.Output(Install, $"line {line}"));
        }

        var lines = display.Describe(new BuildFailedException(Install, "exit code: 1")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("Step 2/2 failed: RUN npm install", lines[0]);
        Assert.Equal(["    line 11", "    line 40"], [lines[1], lines[^1]]);
        Assert.Equal(31, lines.Length);
    }

    private static string Show(bool verbose)
    {
        var output = new StringWriter();
        var display = new BuildDisplay(output, null, verbose);
        display.Show(new BuildEvent.StepStarted(From));
        display.Show(new BuildEvent.StepDone(From, Cached: true));
        display.Show(new BuildEvent.StepStarted(Install));
        display.Show(new BuildEvent.Output(Install, "added 1 package"));
        display.Show(new BuildEvent.StepDone(Install, Cached: false));
        display.CloseLine();
        return output.ToString();
    }
}
