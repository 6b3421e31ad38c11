using System.Text;
using Agentops.Cleaning;
using Agentops.Commands;
using Agentops.Containers;
using Agentops.Status;
using Agentops.Terminal;
using Agentops.Tests.Terminal;

namespace Agentops.Tests.Commands;

/// <summary><c>agent status --watch</c> on a screen of its own.</summary>
public sealed class StatusWatchSpecs : IDisposable
{
    private readonly Screen screen = new();
    private readonly Keyboard keyboard = new();
    private readonly Display display = new();
    private readonly Signals signals = new();
    private TerminalSize size = new(80, 30);

    public StatusWatchSpecs() => screen.Clock.HasTimers = false;

    public void Dispose()
    {
        keyboard.Dispose();
        display.Dispose();
        signals.Dispose();
        screen.Dispose();
    }

    [Fact]
    public async Task What_changed_is_shown_in_place_when_the_pause_is_over()
    {
        Population.OfTheDesign(screen);
        var watching = Watch();
        await display.Shows("Runs (3 total, 1 running)");
        screen.Runtime.Become("agentops-a1b2c3d4", ContainerState.Exited, Given.Now);
        await NextLook("Runs (3 total, 0 running)");
        keyboard.Send("q");

        Assert.Equal(ExitCode.Done, await watching);
        Assert.All(display.Writes.Skip(1).SkipLast(1), frame => Assert.StartsWith("\e[H\e[2KRuntime: docker\r\n", frame, StringComparison.Ordinal));
        Assert.Equal("\e[?25h\e[?1049l", display.Writes[^1]);
    }

    [Fact]
    public async Task On_a_small_screen_the_newest_stand_for_all()
    {
        size = new TerminalSize(80, 24);
        var population = new Population(screen);
        population.Base("node:22");
        population.Image("my-agent");
        population.Runs("my-agent", 40, _ => ContainerState.Exited, number => $"run-{number}");
        var watching = Watch();
        await display.Shows("q ends");
        keyboard.Send("q");
        await watching;

        var frame = display.Writes[1];
        Assert.Contains("run-0 ", frame, StringComparison.Ordinal);
        Assert.Contains("more\r\n", frame, StringComparison.Ordinal);
        Assert.Contains("agentops/base-node:22", frame, StringComparison.Ordinal);
        Assert.Contains("No stale images", frame, StringComparison.Ordinal);
        Assert.DoesNotContain("more lines", frame, StringComparison.Ordinal);
        Assert.InRange(frame.Split("\r\n").Length, 20, 24);
    }

    [Fact]
    public async Task It_ends_at_once_though_the_engine_does_not_answer()
    {
        screen.Runtime.WhileListing = token => Task.Delay(Timeout.Infinite, token);
        var watching = Watch();
        keyboard.Send("\u0003");

        Assert.Equal(ExitCode.Done, await watching);
    }

    [Fact]
    public async Task A_signal_ends_it_too()
    {
        Population.OfTheDesign(screen);
        var watching = Watch();
        await display.Shows("Runs (3 total, 1 running)");
        signals.Raise(System.Runtime.InteropServices.PosixSignal.SIGTERM);

        Assert.Equal(ExitCode.Done, await watching);
    }

    [Fact]
    public async Task An_engine_that_fails_and_comes_back_is_shown_as_it_is()
    {
        Population.OfTheDesign(screen);
        screen.Runtime.Fail("ListContainers", new RuntimeUnavailableException("The connection was lost."));
        var watching = Watch();
        await display.Shows("The containers cannot be listed: The connection was lost.");
        screen.Runtime.Mend("ListContainers");
        await NextLook("Runs (3 total, 1 running)");
        keyboard.Send("q");

        Assert.Equal(ExitCode.Done, await watching);
    }

    [Theory]
    [InlineData("agent status --watch", "agent: --watch needs a terminal to show it in. For scripts: agent status --json\n")]
    [InlineData("agent status --watch --json", null)]
    public async Task Without_a_terminal_it_is_refused(string line, string? told)
    {
        Assert.Equal(ExitCode.Usage, await screen.Type(line));
        Assert.Equal(told ?? screen.Printed, screen.Printed);
        Assert.Empty(screen.Runtime.Calls);
    }

    private async Task NextLook(string text)
    {
        for (var waited = 0; !display.Writes.Any(write => write.Contains(text, StringComparison.Ordinal)); waited++)
        {
            Assert.True(waited < 1500, $"'{text}' was not shown:\n{SafeText.EscapeLines(string.Join("\n", display.Writes))}");
            // A look that is going on has a time of its own, and is shown with gaps when that is up; the pause after it has one too.
            screen.Clock.TimeIsUp();
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private async Task<ExitCode> Watch()
    {
        using var live = new LiveScreen(keyboard, new StreamWriter(display, new UTF8Encoding(false), bufferSize: 100_000) { AutoFlush = true }, () => size, null);
        return await StatusCommand.Watch(
            screen.WorldOf(new Streams(keyboard, display, display, tty: null), signals), screen.Runtime, InventoryDepth.Quick, new CleanOptions(), live, signals.Interrupted)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
