using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Agentops.AppleStandIn;

/// <summary>An image in the JSON of each era.</summary>
internal static class ImageJson
{
    private const int ManifestSize = 1_234;

    /// <summary>The digest that the original would make of the content: the same for the same.</summary>
    public static string DigestOf(ImageRecord image) => Hash("index of " + Config(image).ToJsonString());

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static JsonObject Descriptor(string digest) => new()
    {
        ["digest"] = "sha256:" + digest,
        ["mediaType"] = "application/vnd.oci.image.index.v1+json",
        ["size"] = 9218,
    };

    /// <summary>What lists and inspects: since 1.0.0 both the same.</summary>
    public static JsonObject Inspected(string reference, string digest, ImageRecord image, Release release) => release.IsNewEra
        ? new JsonObject
        {
            ["configuration"] = new JsonObject
            {
                ["creationDate"] = image.CreatedAt[..19] + "Z",
                ["descriptor"] = Descriptor(digest),
                ["name"] = reference,
            },
            ["id"] = digest,
            ["variants"] = Variants(image),
        }
        : new JsonObject { ["name"] = reference, ["index"] = Descriptor(digest), ["variants"] = Variants(image) };

    /// <summary>A row of the list before 1.0.0, with a size for the eyes of one country only.</summary>
    public static JsonObject Row(string reference, string digest, ImageRecord image) => new()
    {
        ["reference"] = reference,
        ["descriptor"] = Descriptor(digest),
        ["fullSize"] = $"{Size(image) / 1_000_000},{Size(image) / 100_000 % 10} MB",
    };

    private static long Size(ImageRecord image) => ManifestSize + Config(image).ToJsonString().Length + image.Layers.Sum(layer => layer.Size);

    private static JsonArray Variants(ImageRecord image) => new(
        new JsonObject
        {
            ["config"] = Config(image),
            ["digest"] = "sha256:" + Hash("manifest of " + Config(image).ToJsonString()),
            ["platform"] = new JsonObject { ["architecture"] = "arm64", ["os"] = "linux", ["variant"] = "v8" },
            ["size"] = Size(image),
        },
        // How it was made, which BuildKit signs as a platform of its own.
        new JsonObject
        {
            ["config"] = new JsonObject { ["architecture"] = "unknown", ["os"] = "unknown", ["rootfs"] = new JsonObject { ["diff_ids"] = new JsonArray("sha256:" + new string('a', 64)), ["type"] = "layers" } },
            ["digest"] = "sha256:" + Hash("attestation of " + Config(image).ToJsonString()),
            ["platform"] = new JsonObject { ["architecture"] = "unknown", ["os"] = "unknown" },
            ["size"] = 555,
        });

    private static JsonObject Config(ImageRecord image)
    {
        var inner = new JsonObject();
        void Add(string key, JsonNode? value, bool isSet)
        {
            if (isSet)
            {
                inner[key] = value;
            }
        }

        Add("Cmd", Json.Strings(image.Command), image.Command.Count > 0);
        Add("Entrypoint", Json.Strings(image.Entrypoint), image.Entrypoint.Count > 0);
        Add("Env", Json.Strings(image.Environment), image.Environment.Count > 0);
        Add("Labels", Json.Map(image.Labels.OrderBy(label => label.Key, StringComparer.Ordinal)), image.Labels.Count > 0);
        Add("WorkingDir", image.WorkingDirectory, image.WorkingDirectory is not null);
        Add("User", image.User, image.User is not null);
        Add("StopSignal", image.StopSignal, image.StopSignal is not null);
        return new JsonObject
        {
            ["architecture"] = "arm64",
            ["config"] = inner,
            ["created"] = image.CreatedAt,
            ["history"] = new JsonArray([.. image.History.Select(step => (JsonNode)new JsonObject { ["comment"] = "buildkit.dockerfile.v0", ["created"] = image.CreatedAt, ["created_by"] = step })]),
            ["os"] = "linux",
            ["rootfs"] = new JsonObject { ["diff_ids"] = Json.Strings(image.Layers.Select(layer => layer.DiffId)), ["type"] = "layers" },
            ["variant"] = "v8",
        };
    }
}
