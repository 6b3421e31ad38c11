using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agentops.RuntimeTests;

/// <summary>Images that share layers in all ways, made by chance and packed as <c>docker load</c> takes them.</summary>
internal sealed class ImageFamily
{
    /// <summary>Its images carry the family's name in this label.</summary>
    public const string Label = "family";

    private readonly Random chance;
    private readonly string prefix;
    private readonly List<Member> relatives = [];
    private readonly List<Member> members = [];
    // Equal layers in different places, too.
    private readonly List<byte[]> layers = [];

    private sealed record Member(IReadOnlyList<byte[]> Layers, IReadOnlyList<JsonObject> History, IReadOnlyList<string> Tags);

    /// <param name="chance">Decides all.</param>
    /// <param name="prefix">Of all tags.</param>
    /// <param name="size">Images.</param>
    /// <param name="elders">Another family that is there already and stays: these may be built on its images.</param>
    public ImageFamily(Random chance, string prefix, int size, ImageFamily? elders = null)
    {
        this.chance = chance;
        this.prefix = prefix;
        relatives.AddRange(elders?.members ?? []);
        for (var count = chance.Next(2, 6); count > 0; count--)
        {
            layers.Add(Layer());
        }

        while (members.Count < size)
        {
            members.Add(NewMember());
            relatives.Add(members[^1]);
        }
    }

    /// <summary>The archive. https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format</summary>
    public byte[] Pack()
    {
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            var manifest = new JsonArray();
            foreach (var layer in members.SelectMany(member => member.Layers).DistinctBy(Name))
            {
                Write(tar, Name(layer), layer);
            }

            foreach (var (member, number) in members.Select((member, number) => (member, number)))
            {
                Write(tar, $"{number}.json", Config(member));
                manifest.Add(new JsonObject
                {
                    ["Config"] = $"{number}.json",
                    ["RepoTags"] = new JsonArray([.. member.Tags.Select(tag => (JsonNode)tag)]),
                    ["Layers"] = new JsonArray([.. member.Layers.Select(layer => (JsonNode)Name(layer))]),
                });
            }

            Write(tar, "manifest.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()));
        }

        return archive.ToArray();
    }

    private Member NewMember()
    {
        IReadOnlyList<byte[]> below = [];
        List<JsonObject> history = [];
        if (relatives.Count > 0 && chance.Next(5) > 0)
        {
            // On all of another or on its lowest layers, with as much of its history.
            var other = relatives[chance.Next(relatives.Count)];
            var shared = chance.Next(other.Layers.Count + 1);
            below = [.. other.Layers.Take(shared)];
            foreach (var row in other.History)
            {
                if (!IsEmpty(row) && shared-- == 0)
                {
                    break;
                }

                history.Add((JsonObject)row.DeepClone());
            }
        }

        List<byte[]> own = [];
        for (var count = chance.Next(3); count > 0; count--)
        {
            own.Add(layers[chance.Next(layers.Count)]);
            history.Add(Row(isEmpty: false));
            while (chance.Next(3) == 0)
            {
                history.Add(Row(isEmpty: true));
            }
        }

        // Never described, or only as far as somebody's tool cared to.
        if (chance.Next(8) == 0)
        {
            history = [.. history.Take(chance.Next(history.Count + 1))];
        }

        return new Member([.. below, .. own], history, [.. Enumerable.Range(0, chance.Next(8) == 0 ? 0 : chance.Next(1, 4)).Select(tag => $"{prefix}-{members.Count}{(tag == 1 ? "-too" : "")}:{tag}")]);
    }

    private static bool IsEmpty(JsonObject row) => row["empty_layer"]?.GetValue<bool>() ?? false;

    private JsonObject Row(bool isEmpty)
    {
        var bySigned = chance.Next(2) == 0;
        var row = new JsonObject
        {
            ["created"] = "2024-05-01T10:00:00Z",
            ["created_by"] = (isEmpty, bySigned) switch
            {
                (true, true) => $"ENV A={chance.Next()}",
                (true, false) => $"/bin/sh -c #(nop)  ENV A={chance.Next()}",
                (false, true) => $"RUN /bin/sh -c make {chance.Next()} # buildkit",
                (false, false) => $"/bin/sh -c make {chance.Next()}",
            },
        };
        if (bySigned)
        {
            row["comment"] = "buildkit.dockerfile.v0";
        }

        if (isEmpty)
        {
            row["empty_layer"] = true;
        }

        return row;
    }

    private byte[] Layer()
    {
        using var content = new MemoryStream();
        using (var tar = new TarWriter(content, TarEntryFormat.Ustar, leaveOpen: true))
        {
            switch (chance.Next(8))
            {
                case 0:
                    // Nothing at all: the diff id that all engines know.
                    break;
                case 1:
                    tar.WriteEntry(new UstarTarEntry(TarEntryType.Directory, $"d{chance.Next()}") { Mode = (UnixFileMode)0b111_101_101 });
                    break;
                case 2:
                    Write(tar, $"empty{chance.Next()}", []);
                    break;
                case 3:
                    tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, $"l{chance.Next()}") { LinkName = "somewhere/else" });
                    break;
                case 4:
                    var file = $"f{chance.Next()}";
                    Write(tar, file, Bytes());
                    tar.WriteEntry(new UstarTarEntry(TarEntryType.HardLink, file + "-again") { LinkName = file });
                    Write(tar, ".wh.gone", []);
                    break;
                default:
                    Write(tar, $"f{chance.Next()}", Bytes());
                    break;
            }
        }

        return content.Length > 0 ? content.ToArray() : new byte[1024];
    }

    private byte[] Bytes()
    {
        var bytes = new byte[chance.Next(1, 9_000)];
        chance.NextBytes(bytes);
        return bytes;
    }

    private byte[] Config(Member member)
    {
        var config = new JsonObject
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["created"] = "2024-05-01T10:00:00Z",
            ["config"] = new JsonObject { ["Labels"] = new JsonObject { [Label] = prefix, ["member"] = chance.Next().ToString(System.Globalization.CultureInfo.InvariantCulture) } },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray([.. member.Layers.Select(layer => (JsonNode)("sha256:" + Hash(layer)))]) },
            ["history"] = new JsonArray([.. member.History.Select(row => row.DeepClone())]),
        };
        return JsonSerializer.SerializeToUtf8Bytes(config);
    }

    private static void Write(TarWriter tar, string name, byte[] content) => tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(content),
        Mode = (UnixFileMode)0b110_100_100,
        ModificationTime = DateTimeOffset.UnixEpoch,
    });

    private static string Name(byte[] layer) => Hash(layer) + ".tar";

    private static string Hash(byte[] layer) => Convert.ToHexStringLower(SHA256.HashData(layer));
}
