using System.Text;
using Agentops.Terminal.Picking;
using CsCheck;

namespace Agentops.Tests.Terminal.Picking;

public sealed class KeyDecoderSpecs
{
    private static readonly byte[] Telling = [0x1b, .. "[[O?;~~ABHFMZ015620q "u8, 0x03, 0x0d, 0x7f, 0x80, 0xc3, 0xa9, 0xe5, 0x90, 0xff, 0x00];

    [Theory]
    [InlineData("\e[A", "Up")]
    [InlineData("\eOA", "Up")]
    [InlineData("\e[1;5A", "Up")]
    [InlineData("\e[B\eOB", "Down Down")]
    [InlineData("\e[5~\e[6~\e[6;2~", "PageUp PageDown PageDown")]
    [InlineData("\e[H\eOH\e[1~\e[7~", "Home Home Home Home")]
    [InlineData("\e[F\eOF\e[4~\e[8~", "End End End End")]
    [InlineData("\r\n\eOM", "Enter Enter Enter")]
    [InlineData("\u0003", "Interrupt")]
    [InlineData("\u007f\b\u0015", "Backspace Backspace Erase")]
    [InlineData("q /", "q space /")]
    [InlineData("é名👍", "é 名 👍")]
    [InlineData("\e\e[A", "Escape Up")]
    [InlineData("\e\u0003", "Escape Interrupt")]
    public void Bytes_become_keys(string bytes, string keys) => Assert.Equal(keys, Decode(bytes, Encoding.UTF8.GetByteCount(bytes)));

    [Theory]
    [InlineData("\eqx", "x")]
    [InlineData("\e名x", "x")]
    [InlineData("\e\rx", "x")]
    [InlineData("\e[C\e[Dx", "x")]
    [InlineData("\e[3~\e[15~\eOPx", "x")]
    [InlineData("\e[[Ax", "x")]
    [InlineData("\e[?1;2cx", "x")]
    [InlineData("\e[<0;10;20Mx", "x")]
    [InlineData("\u0000\t\u000c\u001ax", "x")]
    public void What_is_no_key_here_is_passed_over_whole(string bytes, string keys) => Assert.Equal(keys, Decode(bytes, Encoding.UTF8.GetByteCount(bytes)));

    [Theory]
    [InlineData("\e[A\eOB\e[5~q名", "Up Down PageUp q 名")]
    [InlineData("\e[200~a\e[201~a", "pasted:a a")]
    [InlineData("\e[[Ax", "x")]
    public void Sequences_and_letters_may_be_cut_anywhere(string bytes, string keys)
    {
        for (var piece = 1; piece < Encoding.UTF8.GetByteCount(bytes); piece++)
        {
            Assert.Equal(keys, Decode(bytes, piece));
        }
    }

    [Fact]
    public void However_any_input_is_cut_it_gives_the_same_keys() =>
        Gen.Select(Gen.Frequency((4, Gen.OneOf(Telling)), (1, Gen.Byte)).Array[0, 80], Gen.Int[1, 7]).Sample((bytes, piece) => Assert.Equal(Decode(bytes, bytes.Length + 1), Decode(bytes, piece)), iter: 20_000);

    [Fact]
    public void No_text_is_a_control_character() =>
        Gen.Frequency((4, Gen.OneOf(Telling)), (1, Gen.Byte)).Array[0, 80].Sample(
            bytes => Assert.All(new KeyDecoder().Take(bytes), key => Assert.True(key.Text.Length == 0 || key.Text.EnumerateRunes().Single().Value >= ' ')));

    [Fact]
    public void An_escape_is_the_key_only_when_nothing_follows()
    {
        var decoder = new KeyDecoder();

        Assert.Empty(decoder.Take("\e"u8));
        Assert.True(decoder.AwaitsRest);
        Assert.Equal([new Key(KeyKind.Escape)], decoder.TakeRest());
        Assert.False(decoder.AwaitsRest);
        Assert.Equal([new Key(KeyKind.Text, "[")], decoder.Take("["u8));
    }

    [Fact]
    public void A_sequence_that_never_ends_is_none()
    {
        var decoder = new KeyDecoder();

        Assert.Empty(decoder.Take("\e[1;"u8));
        Assert.True(decoder.AwaitsRest);
        Assert.Empty(decoder.TakeRest());
        Assert.Equal([new Key(KeyKind.Text, "5")], decoder.Take("5"u8));
        Assert.Equal("9 x", Decode("\e[" + new string('9', 31) + "x", 100));
    }

    [Fact]
    public void Half_a_letter_is_waited_for_without_haste()
    {
        var decoder = new KeyDecoder();

        Assert.Empty(decoder.Take([0xe5, 0x90]));
        Assert.False(decoder.AwaitsRest);
        Assert.Empty(decoder.TakeRest());
        Assert.Equal([new Key(KeyKind.Text, "名")], decoder.Take([0x8d]));
    }

    [Fact]
    public void Pasted_text_is_told_from_typed_text_and_its_line_ends_and_arrows_are_nothing() =>
        Assert.Equal("q pasted:a pasted:space pasted:é Enter", Decode("q\e[200~a \r\e[A\té\u007f\e[201~\r", 100));

    [Fact]
    public void Ctrl_C_is_heard_even_in_a_paste_that_never_ends() => Assert.Equal("pasted:a Interrupt q", Decode("\e[200~a\u0003q", 100));

    [Fact]
    public void An_escape_in_a_paste_waits_for_the_end_of_the_paste()
    {
        var decoder = new KeyDecoder();
        decoder.Take("\e[200~a\e"u8);

        Assert.False(decoder.AwaitsRest);
        Assert.Equal([new Key(KeyKind.Text, "b")], decoder.Take("[201~b"u8));
    }

    private static string Decode(string text, int piece) => Decode(Encoding.UTF8.GetBytes(text), piece);

    private static string Decode(byte[] bytes, int piece)
    {
        var decoder = new KeyDecoder();
        return string.Join(' ', bytes.Chunk(piece).SelectMany(part => decoder.Take(part)).Select(Name));
    }

    private static string Name(Key key)
    {
        var text = key.Text == " " ? "space" : key.Text;
        return key.Kind switch
        {
            KeyKind.Text => text,
            KeyKind.Pasted => $"pasted:{text}",
            _ => key.Kind.ToString(),
        };
    }
}
