using Agentops.Terminal;

namespace Agentops.Tests.Terminal;

public sealed class TableSpecs
{
    [Fact]
    public void Columns_align_with_wide_letters_combining_marks_and_escapes()
    {
        var table = new Table("NAME", "STATE");
        table.Add("名前", "running");
        table.Add("e\u0301a", "stopped");
        table.Add("\e[0m", "failed");

        Assert.Equal("NAME     STATE\n名前     running\ne\u0301a       stopped\n\\x1b[0m  failed\n", table.Describe());
    }

    [Fact]
    public void An_indent_goes_before_each_line_and_nothing_trails()
    {
        var table = new Table("A", "B");
        table.Add("x", "");

        Assert.Equal("  A  B\n  x\n", table.Describe(indent: 2));
    }

    [Theory]
    [InlineData("✅", 2)]
    [InlineData("⚡", 2)]
    [InlineData("🟢", 2)]
    [InlineData("👍", 2)]
    [InlineData("✓", 1)]
    [InlineData("→", 1)]
    [InlineData("агент", 5)]
    [InlineData("한국", 4)]
    public void Emoji_and_East_Asian_letters_take_two_columns(string text, int columns) => Assert.Equal(columns, Table.Width(text));

    [Theory]
    [InlineData(30, "aaaaaaaaaaa…  ID  bbbbbbbbbbb…\n")]
    [InlineData(34, "aaaaaaaaaaaaaa  ID  bbbbbbbbbbbbb…\n")]
    [InlineData(36, "aaaaaaaaaaaaaa  ID  bbbbbbbbbbbbbbb\n")]
    [InlineData(5, "aaaaaaa…  ID  bbbbbbb…\n")]
    public void Where_there_is_no_room_the_wider_columns_are_cut_down_to_the_same_width(int columns, string expected)
    {
        var table = new Table { Flexible = [0, 2] };
        table.Add(new string('a', 14), "ID", new string('b', 15));

        Assert.Equal(expected, table.Describe(columns: columns));
    }

    [Theory]
    [InlineData("scraper", 7, "scraper")]
    [InlineData("scraper", 6, "scrap…")]
    [InlineData("名前です", 8, "名前です")]
    [InlineData("名前です", 7, "名前で…")]
    [InlineData("名前です", 6, "名前…")]
    [InlineData("e\u0301te\u0301", 3, "e\u0301te\u0301")]
    [InlineData("e\u0301te\u0301", 2, "e\u0301…")]
    [InlineData("👩\u200d💻 dev", 3, "👩…")]
    [InlineData("a", 1, "a")]
    [InlineData("ab", 1, "…")]
    [InlineData("", 0, "")]
    public void A_text_that_does_not_fit_is_cut_between_its_letters(string text, int columns, string expected) => Assert.Equal(expected, Table.Shorten(text, columns));
}
