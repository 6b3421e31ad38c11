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

    [Fact]
    public void On_a_terminal_each_step_is_one_line_that_is_updated()
    {
        var screen = OnTerminal(40, new BuildEvent.StepStarted(From), new BuildEvent.StepDone(From, Cached: false), new BuildEvent.StepStarted(Install));
        Assert.Equal(["  Step 1/2: FROM agentops/base-node:22", "  Step 2/2: RUN npm install"], screen);

        screen = OnTerminal(40, new BuildEvent.StepStarted(Install), new BuildEvent.Output(Install, "  added 1 package of a great many  "));
        Assert.Equal(["  Step 2/2: RUN npm…  added 1 package …"], screen);

        screen = OnTerminal(40, new BuildEvent.StepStarted(Install), new BuildEvent.Output(Install, "added"), new BuildEvent.StepDone(Install, Cached: true));
        Assert.Equal(["  Step 2/2: RUN npm install (cached)", ""], screen);
    }

    [Fact]
    public void On_a_terminal_the_line_is_that_of_the_step_that_spoke_last()
    {
        var other = new BuildStep(1, 1, "RUN other", "stage");
        var screen = OnTerminal(60, new BuildEvent.StepStarted(Install), new BuildEvent.StepStarted(other), new BuildEvent.Output(Install, "late"), new BuildEvent.StepDone(Install, Cached: false));

        Assert.Equal(["  Step 2/2: RUN npm install", "  Step 1/1 (stage): RUN other", "  Step 2/2: RUN npm install", ""], screen);
    }

    [Fact]
    public void On_a_terminal_what_was_only_on_its_way_leaves_no_line_behind()
    {
        var screen = OnTerminal(60, new BuildEvent.Output(null, "3 MB of 9 MB"), new BuildEvent.Output(null, "9 MB of 9 MB"), new BuildEvent.StepStarted(From));

        Assert.Equal(["  Step 1/2: FROM agentops/base-node:22"], screen);
    }

    // What a terminal shows: a carriage return goes back to the start of the line, ESC[K clears it.
    private static string[] OnTerminal(int columns, params BuildEvent[] events)
    {
        var output = new StringWriter();
        var display = new BuildDisplay(output, () => columns, verbose: false);
        foreach (var told in events)
        {
            display.Show(told);
        }

        return [.. output.ToString().Split('\n').Select(line => line[(line.LastIndexOf("\r\e[K", StringComparison.Ordinal) is >= 0 and var start ? start + 4 : 0)..])];
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
