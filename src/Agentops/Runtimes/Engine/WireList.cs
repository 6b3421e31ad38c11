using System.Buffers;
using System.Text.Json;

namespace Agentops.Runtimes.Engine;

/// <summary>Reads a list as it comes, item by item and each once: it may be of ten thousand containers, and what is made of an item is mostly less than the item.</summary>
internal static class WireList
{
    private const int Portion = 64 * 1024;

    /// <summary>Reads an item.</summary>
    /// <typeparam name="T">The item.</typeparam>
    /// <param name="reader">At its first token; afterwards at its last.</param>
    /// <param name="item">The item.</param>
    /// <returns>False: not all of it is here yet.</returns>
    internal delegate bool ItemReader<T>(ref Utf8JsonReader reader, out T item);

    /// <summary>Reads a list to its end.</summary>
    /// <typeparam name="TWire">An item as the engine says it.</typeparam>
    /// <typeparam name="T">What is made of it.</typeparam>
    /// <param name="answer">JSON: a list, or null for an empty one.</param>
    /// <param name="read">Reads an item; that is null is passed over.</param>
    /// <param name="keep">Makes something of an item, or null to pass it over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was made.</returns>
    /// <exception cref="JsonException">It is no such list, or was cut short.</exception>
    public static async Task<List<T>> Read<TWire, T>(Stream answer, ItemReader<TWire> read, Func<TWire, T?> keep, CancellationToken cancellationToken)
        where T : class
    {
        var kept = new List<T>();
        var state = default(JsonReaderState);
        var buffer = ArrayPool<byte>.Shared.Rent(Portion);
        try
        {
            for (var filled = 0; ;)
            {
                var count = await answer.ReadAsync(buffer.AsMemory(filled), cancellationToken);
                filled += count;
                var used = Take(buffer.AsSpan(0, filled), isEnd: count == 0, ref state, read, keep, kept);
                if (count == 0)
                {
                    return kept;
                }

                filled -= used;
                var larger = filled > buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(buffer.Length * 2) : buffer;
                buffer.AsSpan(used, filled).CopyTo(larger);
                if (larger != buffer)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // How many bytes are done with.
    private static int Take<TWire, T>(ReadOnlySpan<byte> bytes, bool isEnd, ref JsonReaderState state, ItemReader<TWire> read, Func<TWire, T?> keep, List<T> kept)
        where T : class
    {
        var reader = new Utf8JsonReader(bytes, isEnd, state);
        var before = reader;
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0)
                {
                    if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray or JsonTokenType.Null))
                    {
                        throw new JsonException();
                    }
                }
                else if (reader.TokenType != JsonTokenType.Null)
                {
                    if (!read(ref reader, out var item))
                    {
                        break;
                    }

                    if (keep(item) is { } wanted)
                    {
                        kept.Add(wanted);
                    }
                }

                before = reader;
            }
        }
        catch (Exception failure) when (JsonText.IsOfValue(failure))
        {
            throw new JsonException(null, failure);
        }

        state = before.CurrentState;
        return (int)before.BytesConsumed;
    }
}
