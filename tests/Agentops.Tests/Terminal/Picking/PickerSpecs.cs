using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Agentops.Terminal;
using Agentops.Terminal.Picking;

namespace Agentops.Tests.Terminal.Picking;

/// <summary>The conversation with a terminal, on streams that stand for one.</summary>
public sealed class PickerSpecs : IDisposable
{
    private readonly Keyboard keyboard = new();
    private readonly Display display = new();
    private readonly Channel<PosixSignal> signals = Channel.CreateUnbounded<PosixSignal>();
    private TerminalSize size = new(80, 24);
    private TimeProvider clock = TimeProvider.System;

    public void Dispose()
    {
        keyboard.Dispose();
        display.Dispose();
    }

    [Fact]
    public async Task What_was_selected_is_picked_with_enter()
    {
        keyboard.Send("j", " ", "\r");

        Assert.Equal([Choice.ScraperRun], (await Pick()).Picked!);
        AssertTerminalIsAsBefore();
    }

    [Theory]
    [InlineData("q")]
    [InlineData(" q")]
    [InlineData("\e")]
    public async Task Leaving_picks_nothing(string keys)
    {
        keyboard.Send(keys);

        Assert.Equal(default, await Pick());
        AssertTerminalIsAsBefore();
    }

    [Fact]
    public async Task Ctrl_C_interrupts()
    {
        keyboard.Send(" ", "\u0003");

        Assert.Equal(new PickerOutcome(null, PosixSignal.SIGINT), await Pick());
        AssertTerminalIsAsBefore();
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGHUP)]
    [InlineData(PosixSignal.SIGQUIT)]
    public async Task A_signal_leaves(PosixSignal signal)
    {
        var picking = Pick();
        await display.Shows("Choose what to remove");
        signals.Writer.TryWrite(signal);

        Assert.Equal(new PickerOutcome(null, signal), await picking);
        AssertTerminalIsAsBefore();
    }

    [Fact]
    public async Task The_end_of_input_is_a_terminal_that_was_closed()
    {
        keyboard.Send(" ");
        keyboard.HangUp();

        Assert.Equal(new PickerOutcome(null, PosixSignal.SIGHUP), await Pick());
        AssertTerminalIsAsBefore();
    }

    [Fact]
    public async Task So_is_input_that_fails()
    {
        keyboard.Fail();

        Assert.Equal(new PickerOutcome(null, PosixSignal.SIGHUP), await Pick());
        AssertTerminalIsAsBefore();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task So_is_output_that_fails(int writes)
    {
        display.FailAfter(writes);
        keyboard.Send(" ");

        Assert.Equal(new PickerOutcome(null, PosixSignal.SIGHUP), await Pick());
    }

    [Fact]
    public async Task A_fault_of_the_callers_leaves_the_terminal_as_it_was()
    {
        keyboard.Send(" ");

        await Assert.ThrowsAsync<InvalidDataException>(() => Pick(Choice.List(Choice.Leftovers.Items, _ => throw new InvalidDataException())));
        AssertTerminalIsAsBefore();
    }

    [Fact]
    public async Task Cancelling_leaves()
    {
        using var cancel = new CancellationTokenSource();
        var picking = Pick(cancellationToken: cancel.Token);
        await display.Shows("Choose what to remove");
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => picking);
        AssertTerminalIsAsBefore();
    }

    [Fact]
    public async Task An_arrow_that_comes_in_pieces_is_no_escape()
    {
        clock = new PatientClock();
        keyboard.Send("\e", "[", "B", " ", "\r");

        Assert.Equal([Choice.ScraperRun], (await Pick()).Picked!);
    }

    [Fact]
    public async Task An_escape_clears_the_filter_after_a_moment_and_the_list_goes_on()
    {
        var picking = Pick();
        keyboard.Send("/scr\e");
        await display.Shows("q leave", times: 2);
        keyboard.Send(" \r");

        Assert.Equal([Choice.ScraperRun], (await picking).Picked!);
    }

    [Fact]
    public async Task It_is_drawn_anew_in_the_new_size_when_the_terminal_is_resized()
    {
        var picking = Pick();
        await display.Shows("\e[24;1H");
        size = new TerminalSize(60, 15);
        signals.Writer.TryWrite(PosixSignal.SIGWINCH);
        await display.Shows("\e[15;1H\e[Kspace select  a all");
        keyboard.Send("q");

        Assert.Equal(default, await picking);
    }

    [Fact]
    public async Task After_enter_nothing_is_read_any_more()
    {
        keyboard.Send(" ", "\rn\n", "y");
        await Pick();

        Assert.Equal("y", keyboard.Left);
    }

    [Fact]
    public async Task Each_screen_is_one_write_at_fixed_places()
    {
        keyboard.Send("j", "q");
        await Pick();

        Assert.Equal(4, display.Writes.Count);
        Assert.All(display.Writes, write => Assert.DoesNotContain('\n', write));
        Assert.StartsWith("\e[1;1HChoose what to remove\e[K\e[2;1H\e[K\e[3;1HStopped runs (2)\e[K\e[4;1H\e[7m> [ ] test-bot", display.Writes[1], StringComparison.Ordinal);
        Assert.Contains("\e[27m\e[K\e[5;1H  [ ] scraper", display.Writes[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_the_last_column_is_not_erased()
    {
        size = new TerminalSize(60, 15);
        keyboard.Send("q");
        await Pick();

        Assert.EndsWith("\e[15;1H\e[Kspace select  a all  / filter  s sort  enter remove  q leave", display.Writes[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_is_without_colours_and_says_the_same()
    {
        keyboard.Send("q");
        await Pick(plain: true);

        Assert.Contains("\e[4;1H> [ ] test-bot", display.Writes[1], StringComparison.Ordinal);
        Assert.DoesNotContain("\e[7m", display.Writes[1], StringComparison.Ordinal);
    }

    private Task<PickerOutcome> Pick(PickerList? list = null, bool plain = false, CancellationToken? cancellationToken = null) =>
        new Picker(keyboard, display, () => size, signals.Reader, clock, plain).Pick(list ?? Choice.Leftovers, cancellationToken ?? TestContext.Current.CancellationToken);

    private void AssertTerminalIsAsBefore()
    {
        var modes = new TerminalModes();
        modes.Follow(Encoding.UTF8.GetBytes(display.Writes[0]));
        Assert.Equal("\e[?1049l\e[?2004l\e[?25h\e[?7h", modes.Reset());

        modes.Follow(Encoding.UTF8.GetBytes(string.Concat(display.Writes.Skip(1))));
        Assert.Equal("", modes.Reset());
    }

    /// <summary>No time is ever up: machines that are slow to run a test must not make an Esc of an arrow.</summary>
    private sealed class PatientClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
