using System.Text;
using Agentops.Containers;
using Agentops.Runs;

namespace Agentops.Tests.Runs;

public sealed class SavedOutputSpecs : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Both_channels_are_read_as_they_were_kept()
    {
        Keep((OutputChannel.Out, "one\n"), (OutputChannel.Error, "two\n"), (OutputChannel.Out, "three"));

        Assert.Equal("Out:one\n|Error:two\n|Out:three", await Read(null));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "Out:three")]
    [InlineData(2, "Error:two\n|Out:three")]
    [InlineData(9, "Out:one\n|Error:two\n|Out:three")]
    public async Task A_tail_is_the_last_lines_of_both_channels(int tail, string expected)
    {
        Keep((OutputChannel.Out, "one\n"), (OutputChannel.Error, "two\n"), (OutputChannel.Out, "three"));

        Assert.Equal(expected, await Read(tail));
    }

    [Fact]
    public async Task A_piece_larger_than_the_buffer_is_whole()
    {
        Keep((OutputChannel.Out, new string('x', 200_000)));

        Assert.Equal(200_000, (await Read(null)).Count('x'));
    }

    [Fact]
    public async Task What_is_cut_off_at_the_end_is_left_out()
    {
        Keep((OutputChannel.Out, "whole\n"), (OutputChannel.Out, "cut\n"));
        using (var file = File.OpenWrite(folder["output.log"]))
        {
            file.SetLength(file.Length - 2);
        }

        Assert.Equal("Out:whole\n", await Read(null));
    }

    private void Keep(params (OutputChannel Channel, string Text)[] pieces)
    {
        using var file = File.Create(folder["output.log"]);
        foreach (var (channel, text) in pieces)
        {
            SavedOutput.Append(file, new OutputChunk(channel, Encoding.UTF8.GetBytes(text)));
        }
    }

    private async Task<string> Read(int? tail)
    {
        var read = new List<string>();
        await foreach (var chunk in SavedOutput.Read(folder["output.log"], tail, TestContext.Current.CancellationToken))
        {
            read.Add($"{chunk.Channel}:{Encoding.UTF8.GetString(chunk.Bytes.Span)}");
        }

        return string.Join('|', read);
    }
}
