using System.Text;
using Agentops.Terminal;

namespace Agentops.Tests.Terminal;

public sealed class LiveScreenSpecs : IDisposable
{
    private readonly Keyboard keyboard = new();
    private readonly Display display = new();
    private TerminalSize size = new(20, 5);

    public void Dispose()
    {
        keyboard.Dispose();
        display.Dispose();
    }

    [Fact]
    public void Each_text_is_one_write_in_place_of_the_one_before()
    {
        using (var screen = Open())
        {
            screen.Show("one\ntwo\n");
            screen.Show("three\n");
        }

        Assert.Equal(
            [
                "\e[?1049h\e[?25l",
                "\e[H\e[2Kone\r\n\e[2Ktwo\r\n\e[2Kq ends\e[J",
                "\e[H\e[2Kthree\r\n\e[2Kq ends\e[J",
                "\e[?25h\e[?1049l",
            ],
            display.Writes);
    }

    [Fact]
    public void What_there_is_no_room_for_is_counted_and_long_lines_are_cut()
    {
        using var screen = Open();
        screen.Show("a line of more than twenty columns\n2\n3\n4\n5\n6\n");

        Assert.Equal("\e[H\e[2Ka line of more than…\r\n\e[2K2\r\n\e[2K3\r\n\e[2K4\r\n\e[2K… 2 more lines; q e…\e[J", display.Writes[^1]);
        // The last line has no end: it would scroll.
        Assert.Equal(4, display.Writes[^1].Split("\r\n").Length - 1);
    }

    [Fact]
    public void Each_frame_fits_the_size_of_the_moment()
    {
        using var screen = Open();
        screen.Show("1\n2\n3\n4\n");
        size = new TerminalSize(10, 3);
        screen.Show("1 2 3 4 5 6 7\n2\n3\n4\n");

        Assert.Equal("\e[H\e[2K1 2 3 4 5…\r\n\e[2K2\r\n\e[2K… 2 more …\e[J", display.Writes[^1]);
        Assert.Equal((10, 2), (screen.Columns, screen.Rows));
    }

    [Fact]
    public void A_terminal_that_does_not_know_its_size_gets_all()
    {
        size = default;
        using var screen = Open();
        screen.Show(string.Concat(Enumerable.Range(1, 100).Select(number => $"line {number}\n")));

        Assert.Equal((null, null), (screen.Columns, screen.Rows));
        Assert.EndsWith("\e[2Kline 100\r\n\e[2Kq ends\e[J", display.Writes[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("q")]
    [InlineData("Q")]
    [InlineData("\u0003")]
    [InlineData("\u0004")]
    [InlineData("xyz \e[A\rq")]
    public async Task These_keys_end_it(string keys)
    {
        using var screen = Open();
        keyboard.Send(keys);

        await Ends(screen);
    }

    [Fact]
    public async Task Other_keys_do_not()
    {
        using var screen = Open();
        keyboard.Send("abc\r\n \e[B");
        // All of them are read when the next one is.
        keyboard.Send("\0");
        for (var waited = 0; keyboard.Left.Length > 0; waited++)
        {
            Assert.True(waited < 1500, "keys were not read");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.False(screen.Over.IsCancellationRequested);
    }

    [Fact]
    public async Task A_terminal_that_was_closed_ends_it()
    {
        using var screen = Open();
        keyboard.HangUp();

        await Ends(screen);
    }

    [Fact]
    public async Task So_does_one_that_fails()
    {
        using var screen = Open();
        keyboard.Fail();

        await Ends(screen);
    }

    [Fact]
    public void Where_no_key_can_be_pressed_a_signal_ends_it_and_that_is_said()
    {
        using var screen = new LiveScreen(null, Output(), () => size, null);
        screen.Show("one\n");

        Assert.EndsWith("\e[2KCtrl+C ends\e[J", display.Writes[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_of_the_terminal_are_put_back_before_its_screen()
    {
        var order = new List<string>();
        new LiveScreen(keyboard, Output(), () => size, new Settings(() => order.Add($"settings after {display.Writes.Count} writes"))).Dispose();

        Assert.Equal(["settings after 1 writes"], order);
        var modes = new TerminalModes();
        modes.Follow(Encoding.UTF8.GetBytes(string.Concat(display.Writes)));
        Assert.Equal("", modes.Reset());
    }

    private LiveScreen Open() => new(keyboard, Output(), () => size, null);

    private StreamWriter Output() => new(display, new UTF8Encoding(false)) { AutoFlush = true };

    private static async Task Ends(LiveScreen screen)
    {
        var ended = new TaskCompletionSource();
        await using var _ = screen.Over.Register(ended.SetResult);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private sealed class Settings(Action putBack) : IDisposable
    {
        public void Dispose() => putBack();
    }
}
