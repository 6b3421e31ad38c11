using System.Text;
using System.Text.Json;

namespace Agentops;

/// <summary>Reading JSON by hand, where there are thousands of one kind: a text that the one before has too is not made again. For readers of one piece of memory.</summary>
internal static class JsonText
{
    /// <summary>At a name or a text: whether it is this one.</summary>
    /// <param name="reader">Where.</param>
    /// <param name="text">Which.</param>
    /// <returns>False also when the reader is at something else.</returns>
    public static bool Is(this ref Utf8JsonReader reader, ReadOnlySpan<byte> text) =>
        reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && (reader.ValueIsEscaped ? reader.ValueTextEquals(text) : reader.ValueSpan.SequenceEqual(text));

    /// <summary>At a name: moves on to its value if it is this one. All of it must be here.</summary>
    /// <param name="reader">Where.</param>
    /// <param name="name">Which.</param>
    /// <returns>False when it is another.</returns>
    public static bool Finds(this ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.Is(name) && reader.Read();

    /// <summary>Refuses anything else than what is looked for.</summary>
    /// <param name="reader">Where.</param>
    /// <param name="type">What must be there.</param>
    /// <exception cref="JsonException">Something else is.</exception>
    public static void Expect(this in Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type)
        {
            throw new JsonException();
        }
    }

    /// <summary>At an instant, or null.</summary>
    /// <param name="reader">Where.</param>
    /// <returns>The instant.</returns>
    /// <exception cref="InvalidOperationException">Something else is there.</exception>
    /// <exception cref="FormatException">A text is there that is no instant.</exception>
    public static DateTimeOffset? Instant(this ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTimeOffset();

    /// <summary>At a text, or null.</summary>
    /// <param name="reader">Where.</param>
    /// <param name="last">What it may well be.</param>
    /// <returns><paramref name="last"/> itself when it is the same, and plain.</returns>
    /// <exception cref="InvalidOperationException">Something else is there.</exception>
    public static string? Text(this ref Utf8JsonReader reader, string? last) =>
        last is not null && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !reader.ValueIsEscaped && Ascii.Equals(reader.ValueSpan, last) ? last : reader.GetString();

    /// <summary>What a reader says when it finds another kind of value than is looked for.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <returns>Whether it means that the text is not as it should be.</returns>
    public static bool IsOfValue(Exception failure) => failure is InvalidOperationException or FormatException;
}
