using System.Text.Json;
using System.Text.Json.Serialization;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Status;

/// <summary>What was measured of an ended container, and what proves that it still holds.</summary>
/// <param name="FinishedAt">The end of its process, by the runtime's clock; null when it was never started.</param>
/// <param name="Layer">What it wrote over its image; null when the runtime does not say.</param>
/// <param name="Volumes">Its anonymous volumes; null when the runtime does not say.</param>
/// <param name="SeenAt">UTC, before the runtime was asked: then it had ended at <paramref name="FinishedAt"/> and not run since.</param>
public sealed record MeasuredContainer(DateTimeOffset? FinishedAt, ByteSize? Layer, ByteSize? Volumes, DateTimeOffset SeenAt)
{
    /// <summary>Whether it still holds, by a listing alone: a container that was started again has ended later than we saw it ended.</summary>
    /// <param name="container">As listed now.</param>
    /// <param name="now">UTC, after the listing.</param>
    /// <returns>False: it must be asked for. It may have been started again, or the listing tells too little.</returns>
    public bool HoldsFor(Container container, DateTimeOffset now) =>
        container.State == ContainerState.Created
            ? FinishedAt is null
            // Of a clock that was set back since, nothing is proven.
            : container.HasEnded && FinishedAt is not null && SeenAt <= now && container.EndedAtLeast is { } ended && ended > now - SeenAt;
}

/// <summary>What was measured of the folder of an ended run: nothing in it grows any more, and whatever came or was replaced since makes the folder a later one.</summary>
/// <param name="Bytes">The lengths of its files.</param>
/// <param name="Modified">Of the folder, UTC, some time before it was measured.</param>
public sealed record MeasuredFolder(ByteSize Bytes, DateTime Modified);

/// <summary>What was measured before: sizes of ended containers and layers of images. The one file that looking may write: <c>sizes.json</c> in the state folder.</summary>
/// <param name="Containers">By id in full.</param>
/// <param name="Images">By id in full.</param>
public sealed record SizeMemory(IReadOnlyDictionary<string, MeasuredContainer> Containers, IReadOnlyDictionary<string, ImageLayers> Images)
{
    /// <summary>Folders of runs that had ended, by the run's id.</summary>
    public IReadOnlyDictionary<string, MeasuredFolder> Folders { get; init; } = new Dictionary<string, MeasuredFolder>();

    private const string FileName = "sizes.json";
    private const long LargestFile = 256_000_000;

    // Several runtimes may be looked at at once, and all share the file.
    private static readonly Lock Saving = new();

    /// <summary>Nothing is remembered.</summary>
    public static readonly SizeMemory Empty = new(new Dictionary<string, MeasuredContainer>(), new Dictionary<string, ImageLayers>());

    /// <summary>Reads what was remembered of one runtime.</summary>
    /// <param name="stateFolder">Absolute.</param>
    /// <param name="endpoint">Where the runtime answers.</param>
    /// <returns>Empty when there is nothing, or nothing that can be read: it is measured anew.</returns>
    public static SizeMemory Read(string stateFolder, string endpoint) =>
        ReadFile(Path.Combine(stateFolder, FileName)).GetValueOrDefault(endpoint) is { } told ? told.ToMemory() : Empty;

    /// <summary>Remembers what was measured of one runtime, and forgets what it does not have any more. Whole or not at all: a reader meets the old file or the new one.</summary>
    /// <param name="stateFolder">Absolute; not made when it is not there, and a folder that cannot be written is no fault of a look.</param>
    /// <param name="endpoint">Where the runtime answers.</param>
    /// <param name="measured">What is known now.</param>
    /// <param name="isThere">Whether the runtime has something of this id.</param>
    public static void Save(string stateFolder, string endpoint, SizeMemory measured, Func<string, bool> isThere)
    {
        var path = Path.Combine(stateFolder, FileName);
        try
        {
            lock (Saving)
            {
                // Once more, as another command may have remembered something meanwhile. Of the same container, the later look counts.
                var all = ReadFile(path);
                var theirs = all.GetValueOrDefault(endpoint)?.ToMemory() ?? Empty;
                all[endpoint] = RememberedRuntime.Of(new SizeMemory(
                    theirs.Containers.Concat(measured.Containers).Where(container => isThere(container.Key))
                        .GroupBy(container => container.Key).ToDictionary(same => same.Key, same => same.MaxBy(container => container.Value.SeenAt).Value),
                    theirs.Images.Concat(measured.Images).Where(image => isThere(image.Key))
                        .GroupBy(image => image.Key).ToDictionary(same => same.Key, same => same.Last().Value))
                {
                    Folders = theirs.Folders.Concat(measured.Folders).Where(run => isThere(run.Key))
                        .GroupBy(run => run.Key).ToDictionary(same => same.Key, same => same.MaxBy(run => run.Value.Modified).Value),
                });
                var content = JsonSerializer.SerializeToUtf8Bytes(new RememberedSizes(RememberedSizes.CurrentSchema, all), SizesJson.Default.RememberedSizes);
                PrivateFile.Replace(path, content, survivesPowerLoss: false);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A cache: what is not remembered is measured again.
        }
    }

    private static Dictionary<string, RememberedRuntime> ReadFile(string path)
    {
        try
        {
            return FileStatus.Of(path, followLink: true) is { Kind: FileKind.File, Length: <= LargestFile }
                && JsonSerializer.Deserialize(File.ReadAllBytes(path), SizesJson.Default.RememberedSizes) is { SchemaVersion: RememberedSizes.CurrentSchema, Runtimes: { } runtimes }
                ? runtimes
                : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return [];
        }
    }
}

/// <summary>The file <c>sizes.json</c>.</summary>
/// <param name="SchemaVersion">Another one is not read, and written over.</param>
/// <param name="Runtimes">By endpoint.</param>
internal sealed record RememberedSizes(int SchemaVersion, Dictionary<string, RememberedRuntime>? Runtimes)
{
    public const int CurrentSchema = 1;
}

/// <summary>One runtime in it.</summary>
/// <param name="Layers">Diff ids, each once: images share most of theirs.</param>
/// <param name="Images">By id.</param>
/// <param name="Containers">By id; without those that are not whole.</param>
internal sealed record RememberedRuntime(
    IReadOnlyList<string>? Layers,
    IReadOnlyDictionary<string, RememberedImage?>? Images,
    [property: JsonConverter(typeof(RememberedContainers))] IReadOnlyDictionary<string, MeasuredContainer>? Containers)
{
    /// <summary>By the run's id; without those that are not whole.</summary>
    [JsonConverter(typeof(RememberedFolders))]
    public IReadOnlyDictionary<string, MeasuredFolder>? Folders { get; init; }

    // Without what the runtime did not tell: it is asked again.
    public static RememberedRuntime Of(SizeMemory memory)
    {
        var numbers = new Dictionary<string, int>();
        int NumberOf(string layer)
        {
            numbers.TryAdd(layer, numbers.Count);
            return numbers[layer];
        }

        var images = memory.Images.ToDictionary(image => image.Key, RememberedImage? (image) => RememberedImage.Of(image.Value, NumberOf));
        var containers = memory.Containers.Where(container => container.Value is { Layer: not null, Volumes: not null }).ToDictionary();
        return new RememberedRuntime([.. numbers.OrderBy(layer => layer.Value).Select(layer => layer.Key)], images, containers) { Folders = memory.Folders };
    }

    public SizeMemory ToMemory()
    {
        var images = new Dictionary<string, ImageLayers>();
        foreach (var (id, image) in Images ?? new Dictionary<string, RememberedImage?>())
        {
            if (image?.ToLayers(id, Layers ?? []) is { } layers)
            {
                images[id] = layers;
            }
        }

        return new SizeMemory(Containers ?? new Dictionary<string, MeasuredContainer>(), images) { Folders = Folders ?? new Dictionary<string, MeasuredFolder>() };
    }
}

/// <summary>Things in it by their ids, of which there may be ten thousand of a kind: read by hand, and only those that are whole, as what is missing is not known and not zero.</summary>
/// <typeparam name="T">The thing.</typeparam>
internal abstract class RememberedThings<T> : JsonConverter<IReadOnlyDictionary<string, T>>
    where T : class
{
    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var things = new Dictionary<string, T>();
        reader.Expect(JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var id = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                continue;
            }

            reader.Expect(JsonTokenType.StartObject);
            if (ReadOne(ref reader) is { } thing)
            {
                things[id] = thing;
            }
        }

        return things;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, T> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (id, thing) in value)
        {
            writer.WriteStartObject(id);
            WriteOne(writer, thing);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    /// <summary>Reads one, from its first token to its last.</summary>
    protected abstract T? ReadOne(ref Utf8JsonReader reader);

    /// <summary>Writes what is in one.</summary>
    protected abstract void WriteOne(Utf8JsonWriter writer, T thing);

    /// <summary>A size; null when there is none, or none that can be.</summary>
    protected static ByteSize? Size(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.Null && reader.GetInt64() is >= 0 and var bytes ? new ByteSize(bytes) : null;
}

/// <summary>Ended containers in it: <c>{"finishedAt":"…","layer":1,"volumes":2,"seenAt":"…"}</c>, the first left out for one that was never started.</summary>
internal sealed class RememberedContainers : RememberedThings<MeasuredContainer>
{
    /// <inheritdoc/>
    protected override MeasuredContainer? ReadOne(ref Utf8JsonReader reader)
    {
        DateTimeOffset? finishedAt = null, seenAt = null;
        ByteSize? layer = null, volumes = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.Finds("finishedAt"u8))
            {
                finishedAt = reader.Instant();
            }
            else if (reader.Finds("layer"u8))
            {
                layer = Size(ref reader);
            }
            else if (reader.Finds("volumes"u8))
            {
                volumes = Size(ref reader);
            }
            else if (reader.Finds("seenAt"u8))
            {
                seenAt = reader.Instant();
            }
            else
            {
                reader.Skip();
            }
        }

        return layer is not null && volumes is not null && seenAt is { } seen ? new MeasuredContainer(finishedAt, layer, volumes, seen) : null;
    }

    /// <inheritdoc/>
    protected override void WriteOne(Utf8JsonWriter writer, MeasuredContainer thing)
    {
        if (thing.FinishedAt is { } finishedAt)
        {
            writer.WriteString("finishedAt"u8, finishedAt);
        }

        writer.WriteNumber("layer"u8, thing.Layer!.Value.Bytes);
        writer.WriteNumber("volumes"u8, thing.Volumes!.Value.Bytes);
        writer.WriteString("seenAt"u8, thing.SeenAt);
    }
}

/// <summary>Folders of ended runs in it: <c>{"bytes":1,"modified":"…Z"}</c>.</summary>
internal sealed class RememberedFolders : RememberedThings<MeasuredFolder>
{
    /// <inheritdoc/>
    protected override MeasuredFolder? ReadOne(ref Utf8JsonReader reader)
    {
        ByteSize? bytes = null;
        DateTime? modified = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.Finds("bytes"u8))
            {
                bytes = Size(ref reader);
            }
            else if (reader.Finds("modified"u8))
            {
                modified = reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTime();
            }
            else
            {
                reader.Skip();
            }
        }

        return (bytes, modified) is ({ } known, { Kind: DateTimeKind.Utc } at) ? new MeasuredFolder(known, at) : null;
    }

    /// <inheritdoc/>
    protected override void WriteOne(Utf8JsonWriter writer, MeasuredFolder thing)
    {
        writer.WriteNumber("bytes"u8, thing.Bytes.Bytes);
        writer.WriteString("modified"u8, thing.Modified);
    }
}

/// <summary>One image in it.</summary>
/// <param name="Size">Null when the runtime does not say.</param>
/// <param name="Exact">Sizes are those of layers.</param>
/// <param name="Layers">Numbers into the runtime's list.</param>
/// <param name="Steps">Sizes of the steps that made it; -1 for one that certainly made no layer; null when its history was not read.</param>
internal sealed record RememberedImage(long? Size, bool Exact, IReadOnlyList<int>? Layers, IReadOnlyList<long>? Steps)
{
    private const long Metadata = -1;

    public static RememberedImage Of(ImageLayers image, Func<string, int> numberOf) => new(
        image.Size?.Bytes, image.SizesAreExact, [.. image.Layers.Select(numberOf)], image.Steps?.Select(step => step.IsMetadata ? Metadata : step.Size.Bytes).ToList());

    // Null when it is not as we wrote it.
    public ImageLayers? ToLayers(string id, IReadOnlyList<string> layers) =>
        Layers is null || Size < 0 || Layers.Any(number => number < 0 || number >= layers.Count) || Steps?.Any(size => size < Metadata) == true ? null : new ImageLayers(
            id,
            Size is { } size ? new ByteSize(size) : null,
            Exact,
            [.. Layers.Select(number => layers[number])],
            Steps?.Select(step => new ImageStep(new ByteSize(Math.Max(step, 0)), step == Metadata)).ToList());
}

/// <summary>The JSON of <c>sizes.json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RememberedSizes))]
internal sealed partial class SizesJson : JsonSerializerContext;
