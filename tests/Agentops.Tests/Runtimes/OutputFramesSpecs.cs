using System.Text;
using Agentops.Containers;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

public sealed class OutputFramesSpecs
{
    private static readonly byte[] Stream =
        [1, 0, 0, 0, 0, 0, 0, 5, .. "hello"u8, 2, 0, 0, 0, 0, 0, 0, 3, .. "bad"u8, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, .. "!"u8];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(1000)]
    public void Frames_are_taken_apart_wherever_the_stream_is_cut(int size)
    {
        var frames = new OutputFrames();

        var chunks = Stream.Chunk(size).SelectMany(piece => frames.Split(piece)).Select(chunk => (chunk.Channel, Text: Encoding.UTF8.GetString(chunk.Bytes.Span))).ToList();

        Assert.Equal("hello!", string.Concat(chunks.Where(chunk => chunk.Channel is OutputChannel.Out).Select(chunk => chunk.Text)));
        Assert.Equal("bad", string.Concat(chunks.Where(chunk => chunk.Channel is OutputChannel.Error).Select(chunk => chunk.Text)));
        Assert.DoesNotContain(chunks, chunk => chunk.Text.Length == 0);
        Assert.True(frames.IsBetweenFrames);
    }

    [Fact]
    public void A_frame_larger_than_any_buffer_is_passed_on_in_the_pieces_it_comes_in()
    {
        var frames = new OutputFrames();
        _ = frames.Split(new byte[] { 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF }).ToList();

        Assert.Equal(1000, frames.Split(new byte[1000]).Single().Bytes.Length);
        Assert.False(frames.IsBetweenFrames);
    }

    [Fact]
    public void A_stream_that_ends_inside_a_header_or_a_frame_is_known_to_be_cut()
    {
        var header = new OutputFrames();
        _ = header.Split(Stream.AsMemory(0, 3)).ToList();
        var frame = new OutputFrames();
        _ = frame.Split(Stream.AsMemory(0, 10)).ToList();

        Assert.False(header.IsBetweenFrames);
        Assert.False(frame.IsBetweenFrames);
    }

    [Fact]
    public void What_is_not_in_frames_is_refused() =>
        Assert.Throws<InvalidDataException>(() => new OutputFrames().Split("plain text, no frames"u8.ToArray()).ToList());
}
