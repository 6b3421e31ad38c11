using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Agentops.Runtimes.Engine;

/// <summary>Reads a container of a listing, of which there may be ten thousand: what nobody asks for is passed over, and a text that the container before has too is not made again.</summary>
/// <remarks>Containers of one image carry its labels, recipe and all: made once, they are a small part of the memory and of the time that they are otherwise.</remarks>
internal sealed class WireContainerConverter : JsonConverter<WireContainer>
{
    // Of whichever listing: only texts that are the same are taken from it.
    private volatile WireContainer? before;

    /// <inheritdoc/>
    public override WireContainer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        var last = before;
        var (id, image, imageId, state, status) = ((string?)null, (string?)null, (string?)null, (string?)null, (string?)null);
        string[]? names = null;
        long? created = null;
        Dictionary<string, string>? labels = null;
        WireMountPoint[]? mounts = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "Id"u8))
            {
                id = reader.GetString();
            }
            else if (Is(ref reader, "Names"u8))
            {
                names = Deserialize(ref reader, EngineJson.Default.StringArray);
            }
            else if (Is(ref reader, "Image"u8))
            {
                image = Text(ref reader, last?.Image);
            }
            else if (Is(ref reader, "ImageID"u8))
            {
                imageId = Text(ref reader, last?.ImageID);
            }
            else if (Is(ref reader, "Created"u8))
            {
                created = reader.TokenType == JsonTokenType.Null ? null : reader.GetInt64();
            }
            else if (Is(ref reader, "Labels"u8))
            {
                labels = Labels(ref reader, last?.Labels);
            }
            else if (Is(ref reader, "State"u8))
            {
                state = Text(ref reader, last?.State);
            }
            else if (Is(ref reader, "Status"u8))
            {
                status = Text(ref reader, last?.Status);
            }
            else if (Is(ref reader, "Mounts"u8))
            {
                mounts = Deserialize(ref reader, EngineJson.Default.WireMountPointArray);
            }
            else
            {
                reader.Read();
                // Not Skip, which refuses in the middle of a stream; all of a container is here before it is read.
                reader.TrySkip();
            }
        }

        return before = new WireContainer(id, names, image, imageId, created, labels, state, status) { Mounts = mounts };
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, WireContainer value, JsonSerializerOptions options) => throw new NotSupportedException("Engines tell containers, and are told none.");

    // At a name: moves on to its value if it is this one.
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();

    private static T? Deserialize<T>(ref Utf8JsonReader reader, JsonTypeInfo<T> type)
        where T : class =>
        JsonSerializer.Deserialize(ref reader, type);

    private static string? Text(ref Utf8JsonReader reader, string? last) =>
        last is not null && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(last) ? last : reader.GetString();

    private static Dictionary<string, string>? Labels(ref Utf8JsonReader reader, Dictionary<string, string>? last)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException();
        }

        // Engines tell labels in the order of their names, so that those of two containers mostly go side by side.
        var labels = new Dictionary<string, string>(last?.Count ?? 0);
        var others = (last ?? []).GetEnumerator();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (name, value) = others.MoveNext() ? others.Current : default;
            name = Text(ref reader, name)!;
            reader.Read();
            // What is said to be null is said to be nothing.
            labels[name] = Text(ref reader, value) ?? "";
        }

        return labels;
    }
}
