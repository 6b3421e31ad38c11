using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Agentops.Runtimes.Engine;

/// <summary>The labels of a container in a listing, where thousands have the same names in the same order: those are kept once.</summary>
internal sealed class WireLabels : IReadOnlyDictionary<string, string>
{
    // Each once, in ordinal order.
    private readonly string[] names;
    private readonly string[] values;

    private WireLabels(string[] names, string[] values) => (this.names, this.values) = (names, values);

    /// <inheritdoc/>
    public int Count => names.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => names;

    /// <inheritdoc/>
    public IEnumerable<string> Values => values;

    /// <inheritdoc/>
    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException();

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        var place = Array.BinarySearch(names, key, StringComparer.Ordinal);
        value = place < 0 ? null : values[place];
        return place >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (var place = 0; place < names.Length; place++)
        {
            yield return new(names[place], values[place]);
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Reads labels.</summary>
    /// <param name="reader">At their first token; afterwards at their last.</param>
    /// <param name="last">Those of the container before.</param>
    /// <param name="labels">Null when they are null.</param>
    /// <returns>False: not all of them are here yet.</returns>
    /// <exception cref="JsonException">There is something else.</exception>
    public static bool TryRead(ref Utf8JsonReader reader, WireLabels? last, out WireLabels? labels)
    {
        labels = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        reader.Expect(JsonTokenType.StartObject);

        // Engines tell labels in the order of their names, so that those of two containers mostly go side by side.
        var names = last?.names ?? [];
        var values = new string[names.Length];
        var (areTheirs, areInOrder) = (true, true);
        for (var count = 0; reader.Read(); count++)
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                Array.Resize(ref values, count);
                names = names.Length == count ? names : names[..count];
                labels = areInOrder ? new WireLabels(names, values) : Sorted(names, values);
                return true;
            }

            var (theirName, theirValue) = count < last?.Count ? (last.names[count], last.values[count]) : (null, null);
            var name = reader.Text(theirName)!;
            if (areTheirs && !ReferenceEquals(name, theirName))
            {
                areTheirs = false;
                names = names[..count];
            }

            if (!areTheirs)
            {
                MakeRoom(ref names, count);
                names[count] = name;
                areInOrder &= count == 0 || string.CompareOrdinal(names[count - 1], name) < 0;
            }

            if (!reader.Read())
            {
                return false;
            }

            // What is said to be null is said to be nothing.
            MakeRoom(ref values, count);
            values[count] = reader.Text(theirValue) ?? "";
        }

        return false;
    }

    private static void MakeRoom(ref string[] items, int count)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, Math.Max(8, count * 2));
        }
    }

    // Of two with one name the later counts, as in JSON.
    private static WireLabels Sorted(string[] names, string[] values)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var place = 0; place < names.Length; place++)
        {
            sorted[names[place]] = values[place];
        }

        return new WireLabels([.. sorted.Keys], [.. sorted.Values]);
    }
}
