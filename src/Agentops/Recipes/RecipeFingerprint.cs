using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Agentops.Recipes;

/// <summary>What an image was built from, in a few hashes: kept in its label <c>agentops.recipe</c> and compared at the next run.</summary>
/// <remarks>
/// Only what goes into the image counts. Command, variables, secrets, mounts, limits, network and security are given to each run, so that changing them builds nothing.
/// The label is <c>1;total=…;on=base;ref=agentops%2Fbase-node%3A22;image=sha256%3A…;packages=…</c>: parts that are not known are passed over.
/// </remarks>
public sealed record RecipeFingerprint
{
    private const string Version = "1";

    // Beyond this, what changed is told as a number of files unknown, and the label stays small.
    private const int MostFiles = 50;
    private const int LongestFiles = 3000;

    private RecipeFingerprint()
    {
    }

    /// <summary>Over everything but the identity of the bases: the Dockerfile, its arguments, each copied file.</summary>
    private string Total { get; init; } = "";

    /// <summary><c>base</c>, <c>image</c> or <c>dockerfile</c>.</summary>
    private string On { get; init; } = "";

    private string Packages { get; init; } = "";

    private string Setup { get; init; } = "";

    private string Dockerfile { get; init; } = "";

    private string Arguments { get; init; } = "";

    /// <summary>References of the images it is built on, and their ids where they were known.</summary>
    internal IReadOnlyList<(string Reference, string? Id)> Bases { get; private init; } = [];

    /// <summary>Path and short hash of each copied file; null when there are too many for a label.</summary>
    private IReadOnlyDictionary<string, string>? Files { get; init; }

    /// <summary>Takes the fingerprint of a recipe. Reads the copied files, which only a Dockerfile has.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="rendered">What it is as a Dockerfile.</param>
    /// <param name="baseImages">The ids of <see cref="RenderedRecipe.BaseReferences"/>; null for those that the runtime does not have.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The fingerprint.</returns>
    /// <exception cref="AgentopsException">A file cannot be read; says which.</exception>
    public static RecipeFingerprint Of(Recipe recipe, RenderedRecipe rendered, IReadOnlyDictionary<string, string?> baseImages, CancellationToken cancellationToken)
    {
        var dockerfile = Hash(rendered.Dockerfile);
        var arguments = Hash([rendered.Target ?? "", .. rendered.Arguments.OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => new[] { pair.Key, pair.Value })]);
        // Elsewhere the context is what this version of agent puts there, and goes with the Dockerfile's text.
        var files = recipe.Foundation is Foundation.OnDockerfile ? HashFiles(rendered, cancellationToken) : [];
        return new()
        {
            Total = Hash([Version, dockerfile, arguments, .. files.SelectMany(file => new[] { file.Path, file.Hash })])[..32],
            On = recipe.Foundation switch
            {
                Foundation.OnBase => "base",
                Foundation.OnImage => "image",
                _ => "dockerfile",
            },
            Packages = Short(Hash([.. recipe.Packages.Distinct().Order(StringComparer.Ordinal)])),
            Setup = Short(Hash([.. recipe.Setup])),
            Dockerfile = Short(dockerfile),
            Arguments = Short(arguments),
            Bases = [.. rendered.BaseReferences.Select(reference => (reference, baseImages.GetValueOrDefault(reference)))],
            Files = files.Count <= MostFiles && files.Sum(file => Uri.EscapeDataString(file.Path).Length + 15) <= LongestFiles
                ? files.ToDictionary(file => file.Path, file => Short(file.Hash))
                : null,
        };
    }

    /// <summary>Why an image is not what its recipe would make now.</summary>
    /// <param name="built">From the image's label; null when it has none that can be read.</param>
    /// <param name="now">Of the recipe as it is.</param>
    /// <param name="recipe">The recipe as it is, for the words.</param>
    /// <returns>One line such as <c>packages changed in agent.yaml</c>; null when the image is fresh.</returns>
    public static string? WhyStale(RecipeFingerprint? built, RecipeFingerprint now, Recipe recipe) =>
        built is null ? "it was built by another version of agent"
        : built.Total == now.Total ? WhyOtherBase(built, now)
        : WhyOtherFoundation(built, now, recipe)
            ?? WhyOtherSteps(built, now, recipe)
            ?? WhyOtherBase(built, now)
            ?? WhyOtherFiles(built, now)
            ?? "this version of agent builds it differently";

    /// <summary>As text for the label.</summary>
    /// <returns>ASCII on one line, at most some 4 kB.</returns>
    public string ToLabel()
    {
        var label = new StringBuilder($"{Version};total={Total};on={On};packages={Packages};setup={Setup};dockerfile={Dockerfile};args={Arguments}");
        foreach (var (reference, id) in Bases)
        {
            label.Append(CultureInfo.InvariantCulture, $";ref={Uri.EscapeDataString(reference)};image={Uri.EscapeDataString(id ?? "")}");
        }

        if (Files is null)
        {
            return label.Append(";files=many").ToString();
        }

        foreach (var (path, hash) in Files)
        {
            label.Append(CultureInfo.InvariantCulture, $";file={Uri.EscapeDataString(path)}:{hash}");
        }

        return label.ToString();
    }

    /// <summary>Reads a label.</summary>
    /// <param name="label">Untrusted text.</param>
    /// <returns>Null when it is none, or of a later form.</returns>
    public static RecipeFingerprint? TryParse(string? label)
    {
        var parts = (label ?? "").Split(';');
        if (parts[0] != Version)
        {
            return null;
        }

        var bases = new List<(string Reference, string? Id)>();
        var files = new Dictionary<string, string>();
        var values = new Dictionary<string, string>();
        foreach (var part in parts.Skip(1))
        {
            var split = part.IndexOf('=', StringComparison.Ordinal);
            var (key, value) = split < 0 ? (part, "") : (part[..split], part[(split + 1)..]);
            switch (key)
            {
                case "ref":
                    bases.Add((Uri.UnescapeDataString(value), null));
                    break;
                case "image" when bases.Count > 0 && value.Length > 0:
                    bases[^1] = (bases[^1].Reference, Uri.UnescapeDataString(value));
                    break;
                case "file" when value.LastIndexOf(':') is >= 0 and var colon:
                    files[Uri.UnescapeDataString(value[..colon])] = value[(colon + 1)..];
                    break;
                default:
                    values.TryAdd(key, value);
                    break;
            }
        }

        return values.GetValueOrDefault("total") is not { Length: > 0 } total ? null : new()
        {
            Total = total,
            On = values.GetValueOrDefault("on", ""),
            Packages = values.GetValueOrDefault("packages", ""),
            Setup = values.GetValueOrDefault("setup", ""),
            Dockerfile = values.GetValueOrDefault("dockerfile", ""),
            Arguments = values.GetValueOrDefault("args", ""),
            Bases = bases,
            Files = values.ContainsKey("files") ? null : files,
        };
    }

    private static string? WhyOtherFoundation(RecipeFingerprint built, RecipeFingerprint now, Recipe recipe) => recipe.Foundation switch
    {
        _ when built.On == now.On && (now.On == "dockerfile" || built.Bases.Select(image => image.Reference).SequenceEqual(now.Bases.Select(image => image.Reference))) => null,
        Foundation.OnBase { Image: var image } => $"the base is now {image.Text}",
        Foundation.OnImage { Reference: var reference } => $"{recipe.Origin} now names image {reference}",
        Foundation.OnDockerfile { Path: var path } => $"{recipe.Origin} now names {System.IO.Path.GetFileName(path)}",
        _ => null,
    };

    private static string? WhyOtherSteps(RecipeFingerprint built, RecipeFingerprint now, Recipe recipe) => (recipe.Foundation, built) switch
    {
        (Foundation.OnDockerfile { Path: var path }, _) when built.Dockerfile != now.Dockerfile => $"{System.IO.Path.GetFileName(path)} changed",
        _ when built.Arguments != now.Arguments => $"build arguments changed in {recipe.Origin}",
        _ => (built.Packages != now.Packages, built.Setup != now.Setup) switch
        {
            (true, true) => $"packages and setup changed in {recipe.Origin}",
            (true, false) => $"packages changed in {recipe.Origin}",
            (false, true) => $"setup changed in {recipe.Origin}",
            _ => null,
        },
    };

    /// <summary>Why an image is not built on what its bases are now, whatever its recipe is.</summary>
    /// <param name="built">From the image's label.</param>
    /// <param name="idOf">The id of an image by its reference, now; null when there is none.</param>
    /// <returns>One line; null when it is, or nothing tells.</returns>
    public static string? WhyOtherBase(RecipeFingerprint built, Func<string, string?> idOf) =>
        WhyOtherBase(built, new RecipeFingerprint { Bases = [.. built.Bases.Select(image => (image.Reference, idOf(image.Reference)))] });

    // No evidence, no rebuild: a base that is not there now, or was not when the image was built, is not known to be another one.
    private static string? WhyOtherBase(RecipeFingerprint built, RecipeFingerprint now) => now.Bases
        .Where(image => image.Id is not null && built.Bases.Any(old => old.Reference == image.Reference && old.Id is not null && old.Id != image.Id))
        .Select(image => $"base image {image.Reference} is another one")
        .FirstOrDefault();

    private static string? WhyOtherFiles(RecipeFingerprint built, RecipeFingerprint now)
    {
        if (built.Files is null || now.Files is null)
        {
            return now.On == "dockerfile" ? "copied files changed" : null;
        }

        string[] added = [.. now.Files.Keys.Except(built.Files.Keys)];
        string[] removed = [.. built.Files.Keys.Except(now.Files.Keys)];
        string[] changed = [.. now.Files.Where(file => built.Files.TryGetValue(file.Key, out var hash) && hash != file.Value).Select(file => file.Key)];
        return (added.Length, removed.Length, changed.Length) switch
        {
            (0, 0, 0) => null,
            (1, 0, 0) => $"{added[0]} is new",
            (0, 1, 0) => $"{removed[0]} is gone",
            (0, 0, 1) => $"{changed[0]} changed",
            _ => $"{added.Length + removed.Length + changed.Length} copied files changed",
        };
    }

    private static List<(string Path, string Hash)> HashFiles(RenderedRecipe rendered, CancellationToken cancellationToken)
    {
        var files = new List<(string, string)>();
        // One of each for thousands of small files. Against change, not against an attacker: SHA-256 would load OpenSSL, at each run.
        var hash = new XxHash128();
        var buffer = new byte[128 * 1024];
        foreach (var entry in rendered.Context.Entries.Where(entry => entry.Path != rendered.DockerfilePath))
        {
            hash.Append(Encoding.UTF8.GetBytes($"{entry.Kind} {(int)entry.Mode} {entry.Target}\0"));
            if (entry.Kind == ContextEntryKind.File)
            {
                using var content = entry.Open();
                while (content.Read(buffer) is > 0 and var read)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    hash.Append(buffer.AsSpan(0, read));
                }
            }

            files.Add((entry.Path, Convert.ToHexStringLower(hash.GetHashAndReset())));
        }

        return files;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text)));

    // Each with its length before it: ["ab", "c"] is not ["a", "bc"].
    private static string Hash(IReadOnlyList<string> texts) => Hash(string.Concat(texts.Select(text => $"{text.Length}:{text}")));

    private static string Short(string hash) => hash[..12];
}
