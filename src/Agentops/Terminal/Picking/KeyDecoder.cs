using System.Buffers;
using System.Text;

namespace Agentops.Terminal.Picking;

/// <summary>Makes keys of the bytes that a terminal in raw mode sends; they may be cut anywhere.</summary>
/// <remarks>
/// UTF-8, and the escape sequences of xterm and its kin: <c>ESC [ A</c>, in application mode <c>ESC O A</c>, with modifiers <c>ESC [ 1 ; 5 A</c>, numbered <c>ESC [ 5 ~</c>,
/// pasted text between <c>ESC [ 2 0 0 ~</c> and <c>ESC [ 2 0 1 ~</c>. Other sequences, and Alt with a key, are no keys here.
/// https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
/// </remarks>
internal sealed class KeyDecoder
{
    private const byte Escape = 0x1b;
    private const byte CtrlC = 0x03;

    // No terminal sends a longer one.
    private const int LongestSequence = 32;
    private byte[] rest = [];
    private bool pasting;

    // A key, or the border of pasted text, or null for what is nothing here; and the bytes it took, 0 when more are needed.
    private readonly record struct Piece(int Length, Key? Key = null, bool? Pasting = null);

    /// <summary>The last byte was an ESC, or a sequence is incomplete: if nothing follows soon, ask <see cref="TakeRest"/>.</summary>
    public bool AwaitsRest => !pasting && rest is [Escape, ..];

    /// <summary>Takes a piece of input.</summary>
    /// <param name="input">What was read.</param>
    /// <returns>The keys that are complete with it.</returns>
    public IReadOnlyList<Key> Take(ReadOnlySpan<byte> input)
    {
        ReadOnlySpan<byte> bytes = [.. rest, .. input];
        var keys = new List<Key>();
        while (bytes.Length > 0 && Next(bytes) is { Length: > 0 } piece)
        {
            Add(keys, piece);
            bytes = bytes[piece.Length..];
        }

        rest = bytes.ToArray();
        return keys;
    }

    /// <summary>Nothing followed: an ESC by itself is the key, what looks like the beginning of a sequence is none.</summary>
    /// <returns>The key, or none.</returns>
    public IReadOnlyList<Key> TakeRest()
    {
        if (!AwaitsRest)
        {
            return [];
        }

        var alone = rest.Length == 1;
        rest = [];
        return alone ? [new Key(KeyKind.Escape)] : [];
    }

    private void Add(List<Key> keys, Piece piece)
    {
        pasting = piece.Pasting ?? pasting;
        if (piece.Key is not { } key)
        {
            return;
        }

        if (key.Kind == KeyKind.Interrupt)
        {
            // The way out, even if a terminal never says where its paste ends.
            pasting = false;
            keys.Add(key);
        }
        else if (!pasting)
        {
            keys.Add(key);
        }
        else if (key.Kind == KeyKind.Text)
        {
            keys.Add(key with { Kind = KeyKind.Pasted });
        }
    }

    private static Piece Next(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [Escape] => default,
        [Escape, (byte)'[', ..] => NextSequence(bytes),
        [Escape, (byte)'O'] => default,
        [Escape, (byte)'O', > 0x20 and < 0x7f and var final, ..] => new Piece(3, OfFinal(final)),
        [Escape, (byte)'O', ..] => new Piece(2),
        [Escape, Escape or CtrlC, ..] => new Piece(1, new Key(KeyKind.Escape)),
        [Escape, ..] => NextCharacter(bytes[1..]) is { Length: > 0 } withAlt ? new Piece(1 + withAlt.Length) : default,
        _ => NextCharacter(bytes),
    };

    // Parameters and intermediates are 0x20 to 0x3f, the final byte is 0x40 to 0x7e.
    private static Piece NextSequence(ReadOnlySpan<byte> bytes)
    {
        var end = 2;
        while (end < bytes.Length && end < LongestSequence && bytes[end] is >= 0x20 and <= 0x3f)
        {
            end++;
        }

        return end == LongestSequence ? new Piece(end)
            : end == bytes.Length ? default
            : bytes[end] is < 0x40 or > 0x7e ? new Piece(end)
            // The Linux console's function keys: ESC [ [ A.
            : bytes[end] == '[' && end == 2 ? new Piece(bytes.Length > 3 ? 4 : 0)
            : OfSequence(Encoding.ASCII.GetString(bytes[2..end]), bytes[end], end + 1);
    }

    private static Piece OfSequence(string parameters, byte final, int length) => (final, parameters.Split(';')[0]) switch
    {
        ((byte)'~', "200") => new Piece(length, Pasting: true),
        ((byte)'~', "201") => new Piece(length, Pasting: false),
        ((byte)'~', "1" or "7") => new Piece(length, new Key(KeyKind.Home)),
        ((byte)'~', "4" or "8") => new Piece(length, new Key(KeyKind.End)),
        ((byte)'~', "5") => new Piece(length, new Key(KeyKind.PageUp)),
        ((byte)'~', "6") => new Piece(length, new Key(KeyKind.PageDown)),
        ( >= (byte)'A' and <= (byte)'H', _) => new Piece(length, OfFinal(final)),
        _ => new Piece(length),
    };

    private static Key? OfFinal(byte final) => (char)final switch
    {
        'A' => new Key(KeyKind.Up),
        'B' => new Key(KeyKind.Down),
        'F' => new Key(KeyKind.End),
        'H' => new Key(KeyKind.Home),
        'M' => new Key(KeyKind.Enter),
        _ => null,
    };

    private static Piece NextCharacter(ReadOnlySpan<byte> bytes) => Rune.DecodeFromUtf8(bytes, out var rune, out var length) switch
    {
        OperationStatus.NeedMoreData => default,
        OperationStatus.InvalidData => new Piece(length),
        _ => new Piece(length, OfCharacter(rune)),
    };

    private static Key? OfCharacter(Rune rune) => rune.Value switch
    {
        CtrlC => new Key(KeyKind.Interrupt),
        '\r' or '\n' => new Key(KeyKind.Enter),
        0x7f or '\b' => new Key(KeyKind.Backspace),
        0x15 => new Key(KeyKind.Erase),
        _ => Rune.IsControl(rune) ? null : new Key(KeyKind.Text, rune.ToString()),
    };
}
