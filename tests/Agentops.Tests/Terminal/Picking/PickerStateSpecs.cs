using Agentops.Terminal;
using Agentops.Terminal.Picking;

namespace Agentops.Tests.Terminal.Picking;

public sealed class PickerStateSpecs
{
    [Fact]
    public void It_begins_on_the_first_item_with_nothing_selected()
    {
        var state = Choice.Open(Choice.Leftovers);

        Assert.Equal(Choice.TestBotRun, UnderCursor(state));
        Assert.Empty(state.Selected);
        Assert.Null(state.End);
    }

    [Theory]
    [InlineData("down", Choice.ScraperRun)]
    [InlineData("j", Choice.ScraperRun)]
    [InlineData("down down", Choice.ScraperImage)]
    [InlineData("down down up", Choice.ScraperRun)]
    [InlineData("j j k", Choice.ScraperRun)]
    [InlineData("up", Choice.TestBotRun)]
    [InlineData("end", Choice.Base)]
    [InlineData("end down", Choice.Base)]
    [InlineData("end home", Choice.TestBotRun)]
    [InlineData("pagedown", Choice.Base)]
    [InlineData("pagedown pageup", Choice.TestBotRun)]
    public void The_cursor_goes_from_item_to_item_past_headings_and_stops_at_both_ends(string keys, int item) =>
        Assert.Equal(item, UnderCursor(Choice.Open(Choice.Leftovers).Press(keys)));

    [Fact]
    public void A_page_is_what_the_screen_shows_but_one_line()
    {
        var state = Choice.Open(Choice.List([.. Enumerable.Range(0, 100).Select(number => Choice.Run($"run-{number}"))]), 80, 15);

        Assert.Equal(9, UnderCursor(state.Press("pagedown")));
        Assert.Equal(18, UnderCursor(state.Press("pagedown pagedown")));
        Assert.Equal(9, UnderCursor(state.Press("pagedown pagedown pageup")));
    }

    [Fact]
    public void Space_selects_and_deselects()
    {
        var state = Choice.Open(Choice.Leftovers).Press("space");

        Assert.Equal([Choice.TestBotRun], state.Selected);
        Assert.Empty(state.Press("space").Selected);
    }

    [Fact]
    public void An_image_takes_the_run_that_uses_it_along_and_says_so()
    {
        var state = Choice.Open(Choice.Leftovers).Press("j j space");

        Assert.Equal([Choice.ScraperRun, Choice.ScraperImage], state.Selected);
        Assert.Equal("1 other selected with it", state.Notice);
        Assert.Null(state.Press("down").Notice);
    }

    [Fact]
    public void A_base_takes_its_images_along_and_their_runs() =>
        Assert.Equal([0, 1, 2, 3, 4], Choice.Open(Choice.Leftovers).Press("end space").Selected);

    [Fact]
    public void A_run_that_stays_keeps_its_image_and_the_images_base()
    {
        var state = Choice.Open(Choice.Leftovers).Press("a home space");

        Assert.Equal([Choice.ScraperRun, Choice.ScraperImage], state.Selected);
        Assert.Equal("2 others deselected with it", state.Notice);
    }

    [Fact]
    public void Items_that_need_each_other_go_together()
    {
        var state = Choice.Open(Choice.List([Choice.Run("one") with { Needs = [1] }, Choice.Run("two") with { Needs = [0] }]));

        Assert.Equal([0, 1], state.Press("space").Selected);
        Assert.Empty(state.Press("space down space").Selected);
    }

    [Fact]
    public void A_list_with_a_need_that_is_not_in_it_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Choice.List([Choice.Run("one") with { Needs = [1] }]));

    [Fact]
    public void A_selects_all_and_again_none()
    {
        var state = Choice.Open(Choice.Leftovers).Press("j space a");

        Assert.Equal([0, 1, 2, 3, 4], state.Selected);
        Assert.Empty(state.Press("a").Selected);
    }

    [Fact]
    public void A_selects_what_the_filter_shows_and_what_that_needs()
    {
        var state = Choice.Open(Choice.Leftovers).Press("/ :latest enter a");

        Assert.Equal([0, 1, 2, 3], state.Selected);
        Assert.Equal("2 others selected with them", state.Notice);
        Assert.Equal(2, state.SelectedUnseen);
    }

    [Fact]
    public void What_the_selection_frees_is_the_callers_answer_for_all_of_it()
    {
        var asked = new List<int[]>();
        var list = Choice.List(Choice.Leftovers.Items, picked =>
        {
            asked.Add([.. picked]);
            return $"{picked.Count} kB";
        });

        Assert.Equal("2 kB", Choice.Open(list).Press("down down space up down").Frees);
        Assert.Equal([[Choice.ScraperRun, Choice.ScraperImage]], asked);
    }

    [Fact]
    public void The_filter_works_while_it_is_typed()
    {
        var state = Choice.Open(Choice.Leftovers).Press("/ scr");

        Assert.True(state.IsFiltering);
        Assert.Equal([Choice.ScraperRun, Choice.ScraperImage], Shown(state));
    }

    [Theory]
    [InlineData("SCRAPER", new[] { Choice.ScraperRun, Choice.ScraperImage })]
    [InlineData("stopped space 3d", new[] { Choice.ScraperRun })]
    [InlineData("282", new[] { Choice.ScraperImage })]
    [InlineData("nothing", new int[0])]
    public void The_filter_finds_each_of_its_words_anywhere_in_upper_or_lower_case(string words, int[] items) =>
        Assert.Equal(items, Shown(Choice.Open(Choice.Leftovers).Press("/ " + words)));

    [Fact]
    public void Letters_typed_into_the_filter_are_no_commands()
    {
        var state = Choice.Open(Choice.Leftovers).Press("/ q a s j space /");

        Assert.Equal("qasj /", state.Filter);
        Assert.Empty(state.Selected);
        Assert.Null(state.End);
    }

    [Fact]
    public void Enter_keeps_the_filter_and_escape_clears_it()
    {
        var kept = Choice.Open(Choice.Leftovers).Press("/ scr enter");
        Assert.Equal(("scr", false), (kept.Filter, kept.IsFiltering));
        Assert.Null(kept.End);

        var cleared = kept.Press("/ esc");
        Assert.Equal(("", false), (cleared.Filter, cleared.IsFiltering));
        Assert.Equal(5, Shown(cleared).Count);
        Assert.Null(cleared.End);
    }

    [Theory]
    [InlineData("/ scr backspace", "sc", true)]
    [InlineData("/ 👩‍💻 backspace", "👩\u200d", true)]
    [InlineData("/ scr ctrl-u", "", true)]
    [InlineData("/ s backspace backspace", "", false)]
    public void The_filter_can_be_corrected(string keys, string filter, bool isFiltering)
    {
        var state = Choice.Open(Choice.Leftovers).Press(keys);

        Assert.Equal((filter, isFiltering), (state.Filter, state.IsFiltering));
    }

    [Fact]
    public void The_arrows_move_while_the_filter_is_typed() =>
        Assert.Equal(Choice.ScraperImage, UnderCursor(Choice.Open(Choice.Leftovers).Press("/ scr down")));

    [Fact]
    public void The_cursor_stays_on_its_item_while_the_filter_shows_it_and_goes_to_the_first_otherwise()
    {
        var state = Choice.Open(Choice.Leftovers).Press("j j");

        Assert.Equal(Choice.ScraperImage, UnderCursor(state.Press("/ scr")));
        Assert.Equal(Choice.TestBotRun, UnderCursor(state.Press("/ bot")));
    }

    [Fact]
    public void A_filter_that_matches_nothing_leaves_nothing_to_act_on()
    {
        var state = Choice.Open(Choice.Leftovers).Press("/ nothing enter");

        Assert.Equal(-1, state.Cursor);
        Assert.Empty(state.Press("down space a end pageup").Selected);
        Assert.Equal(Choice.TestBotRun, UnderCursor(state.Press("/ esc")));
    }

    [Fact]
    public void What_the_filter_hides_stays_selected()
    {
        var state = Choice.Open(Choice.Leftovers).Press("space / scr enter");

        Assert.Equal([Choice.TestBotRun], state.Selected);
        Assert.Equal(1, state.SelectedUnseen);
    }

    [Fact]
    public void S_puts_the_largest_first_then_the_oldest_then_all_as_it_was_and_sections_stay()
    {
        var state = Choice.Open(Choice.Leftovers);

        Assert.Equal([1, 0, 3, 2, 4], Shown(state.Press("s")));
        Assert.Equal([1, 0, 4, 2, 3], Shown(state.Press("s s")));
        Assert.Equal([0, 1, 2, 3, 4], Shown(state.Press("s s s")));
    }

    [Fact]
    public void Unknown_sizes_and_ages_sort_last_and_equal_ones_as_they_were()
    {
        var state = Choice.Open(Choice.List([Choice.Run("a", megabytes: null, days: null), Choice.Run("b"), Choice.Run("c"), Choice.Run("d", megabytes: 0, days: 0)]));

        Assert.Equal([1, 2, 3, 0], Shown(state.Press("s")));
        Assert.Equal([1, 2, 3, 0], Shown(state.Press("s s")));
    }

    [Fact]
    public void The_cursor_goes_to_the_first_item_when_the_order_changes() =>
        Assert.Equal(Choice.ScraperRun, UnderCursor(Choice.Open(Choice.Leftovers).Press("j j s")));

    [Fact]
    public void Items_of_one_section_stand_together_wherever_they_came()
    {
        var state = Choice.Open(Choice.List([Choice.Run("a", section: "One"), Choice.Run("b", section: "Two"), Choice.Run("c", section: "One")]));

        Assert.Equal([0, 2, 1], Shown(state));
    }

    [Theory]
    [InlineData("space enter", PickerEnd.Accepted)]
    [InlineData("q", PickerEnd.Left)]
    [InlineData("esc", PickerEnd.Left)]
    [InlineData("space q", PickerEnd.Left)]
    [InlineData("ctrl-c", PickerEnd.Interrupted)]
    [InlineData("/ scr ctrl-c", PickerEnd.Interrupted)]
    public void It_ends_with_enter_or_without_a_choice(string keys, object end) => Assert.Equal(end, Choice.Open(Choice.Leftovers).Press(keys).End);

    [Fact]
    public void Enter_with_nothing_selected_says_how_to_select()
    {
        var state = Choice.Open(Choice.Leftovers).Press("enter");

        Assert.Null(state.End);
        Assert.Equal("Nothing is selected: space selects, q leaves", state.Notice);
    }

    [Fact]
    public void Pasted_text_is_no_command_but_goes_into_the_filter()
    {
        var state = Choice.Open(Choice.Leftovers);
        PickerState Paste(PickerState into) => "aq".Aggregate(into, (now, letter) => now.Press(new Key(KeyKind.Pasted, letter.ToString())));

        Assert.Empty(Paste(state).Selected);
        Assert.Null(Paste(state).End);
        Assert.Equal("aq", Paste(state.Press("/")).Filter);
    }

    [Fact]
    public void An_endless_filter_ends() => Assert.Equal(200, Choice.Open(Choice.Leftovers).Press("/ " + new string('x', 5000)).Filter.Length);

    [Fact]
    public void The_cursor_stays_on_the_screen_when_it_shrinks()
    {
        var state = Choice.Open(Choice.List([.. Enumerable.Range(0, 100).Select(number => Choice.Run($"run-{number}"))]), 80, 60).Press("pagedown");
        var small = state.Resize(new TerminalSize(60, 15));

        Assert.Equal(UnderCursor(state), UnderCursor(small));
        Assert.InRange(small.Cursor, small.Scroll + 1, small.Scroll + small.Height - 1);
    }

    [Fact]
    public void A_terminal_that_does_not_know_its_size_counts_as_80_by_24() => Assert.Equal(new TerminalSize(80, 24), PickerState.Of(Choice.Leftovers, default).Size);

    [Fact]
    public void In_a_terminal_too_small_to_show_the_list_nothing_is_changed_but_one_can_leave()
    {
        var state = Choice.Open(Choice.Leftovers).Press("space").Resize(new TerminalSize(49, 8));

        Assert.Equal([Choice.TestBotRun], state.Press("a down space enter").Selected);
        Assert.Null(state.Press("enter").End);
        Assert.Equal(PickerEnd.Left, state.Press("q").End);
        Assert.Equal(PickerEnd.Left, state.Press("esc").End);
        Assert.Equal(PickerEnd.Interrupted, state.Press("ctrl-c").End);
    }

    private static int? UnderCursor(PickerState state) => state.Lines[state.Cursor].Item;

    private static List<int> Shown(PickerState state) => [.. state.Lines.Where(line => line.Item is not null).Select(line => line.Item!.Value)];
}
