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
}
