using System.Text.Json;

namespace Agentops.Runtimes.Engine;

/// <summary>Reads the containers of one listing, of which there may be ten thousand: what nobody asks for is passed over, and a text that the container before has too is not made again.</summary>
/// <remarks>Containers of one image carry its labels, recipe and all: made once, they are a small part of the memory and of the time that they are otherwise.</remarks>
internal sealed class WireContainers
{
    private static readonly WireContainer Nothing = new(null, null, null, null, null, null, null, null);

    private WireContainer last = Nothing;

    /// <summary>Reads the next one.</summary>
    /// <inheritdoc cref="WireList.ItemReader{T}"/>
    public bool TryRead(ref Utf8JsonReader reader, out WireContainer item)
    {
        item = Nothing;
        reader.Expect(JsonTokenType.StartObject);

        var (id, image, imageId, state, status) = ((string?)null, (string?)null, (string?)null, (string?)null, (string?)null);
        string[]? names = null;
        long? created = null;
        WireLabels? labels = null;
        WireMountPoint[]? mounts = null;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                last = item = new WireContainer(id, names, image, imageId, created, labels, state, status) { Mounts = mounts };
                return true;
            }

            var isWhole = true;
            if (reader.Is("Id"u8))
            {
                isWhole = TryText(ref reader, null, ref id);
            }
            else if (reader.Is("Names"u8))
            {
                isWhole = reader.Read() && TryItems(ref reader, TryName, out names);
            }
            else if (reader.Is("Image"u8))
            {
                isWhole = TryText(ref reader, last.Image, ref image);
            }
            else if (reader.Is("ImageID"u8))
            {
                isWhole = TryText(ref reader, last.ImageID, ref imageId);
            }
            else if (reader.Is("Created"u8))
            {
                isWhole = reader.Read();
                created = isWhole && reader.TokenType != JsonTokenType.Null ? reader.GetInt64() : null;
            }
            else if (reader.Is("Labels"u8))
            {
                isWhole = reader.Read() && WireLabels.TryRead(ref reader, last.Labels, out labels);
            }
            else if (reader.Is("State"u8))
            {
                isWhole = TryText(ref reader, last.State, ref state);
            }
            else if (reader.Is("Status"u8))
            {
                isWhole = TryText(ref reader, last.Status, ref status);
            }
            else if (reader.Is("Mounts"u8))
            {
                isWhole = reader.Read() && TryItems(ref reader, TryMount, out mounts);
            }
            else
            {
                isWhole = reader.Read() && reader.TrySkip();
            }

            if (!isWhole)
            {
                return false;
            }
        }

        return false;
    }

    private static bool TryText(ref Utf8JsonReader reader, string? last, ref string? text)
    {
        if (!reader.Read())
        {
            return false;
        }

        text = reader.Text(last);
        return true;
    }

    private static bool TryItems<T>(ref Utf8JsonReader reader, WireList.ItemReader<T> read, out T[]? items)
    {
        items = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        reader.Expect(JsonTokenType.StartArray);

        List<T>? more = null;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                items = more is null ? [] : [.. more];
                return true;
            }

            if (!read(ref reader, out var item))
            {
                return false;
            }

            (more ??= new List<T>(1)).Add(item);
        }

        return false;
    }

    private static bool TryName(ref Utf8JsonReader reader, out string name)
    {
        name = reader.GetString() ?? "";
        return true;
    }

    private static bool TryMount(ref Utf8JsonReader reader, out WireMountPoint mount)
    {
        var (type, name) = ((string?)null, (string?)null);
        mount = new(null, null);
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        reader.Expect(JsonTokenType.StartObject);

        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                mount = new(type, name);
                return true;
            }

            if (!(reader.Is("Type"u8) ? TryText(ref reader, "bind", ref type) : reader.Is("Name"u8) ? TryText(ref reader, null, ref name) : reader.Read() && reader.TrySkip()))
            {
                return false;
            }
        }

        return false;
    }
}
