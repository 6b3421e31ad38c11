using System.Text.RegularExpressions;

namespace Agentops.Recipes;

/// <summary>A base that agent images are built on, made once from the public image of that name.</summary>
/// <param name="Name">Such as <c>node</c>.</param>
/// <param name="Version">Such as <c>22</c>.</param>
public sealed partial record BaseImage(string Name, string Version)
{
    private const string TagPrefix = "agentops/base-";

    private static readonly (string Name, string Version)[] Known =
    [
        ("alpine", "3.22"),
        ("busybox", "1.37"),
        ("debian", "12"),
        ("dotnet", "10.0"),
        ("go", "1.25"),
        ("node", "22"),
        ("python", "3.13"),
        ("rust", "1.90"),
        ("ubuntu", "24.04"),
    ];

    /// <summary>The base of a recipe that names none: a plain Debian, because it has a shell, a package manager and the C library that nearly every tool is built for.</summary>
    public static BaseImage Default { get; } = new("debian", "12");

    /// <summary>All bases in their default versions, by name.</summary>
    public static IReadOnlyList<BaseImage> All { get; } = [.. Known.Select(known => new BaseImage(known.Name, known.Version))];

    /// <summary>Our tag, such as <c>agentops/base-node:22</c>.</summary>
    public string Tag => $"{TagPrefix}{Name}:{Version}";

    /// <summary>As it is written in a recipe, such as <c>node:22</c>.</summary>
    public string Text => $"{Name}:{Version}";

    /// <summary>The public image it is made from, such as <c>node:22-slim</c>. A version with a suffix of its own (<c>22-alpine</c>) is used as it stands.</summary>
    public string PublicImage => Name switch
    {
        "node" or "python" or "rust" or "debian" when PlainVersion().IsMatch(Version) => $"{Name}:{Version}-slim",
        "go" => $"golang:{Version}",
        // There is no sdk:10, only sdk:10.0.
        "dotnet" when int.TryParse(Version, out _) => $"mcr.microsoft.com/dotnet/sdk:{Version}.0",
        "dotnet" => $"mcr.microsoft.com/dotnet/sdk:{Version}",
        _ => Text,
    };

    /// <summary>What installs packages in it.</summary>
    public PackageManager PackageManager =>
        Name == "busybox" ? PackageManager.None
        : Name == "alpine" || Version.Contains("alpine", StringComparison.Ordinal) ? PackageManager.Apk
        : Name == "dotnet" && (Version.Contains("azurelinux", StringComparison.Ordinal) || Version.Contains("mariner", StringComparison.Ordinal)) ? PackageManager.Any
        : PackageManager.Apt;

    /// <summary>The Dockerfile it is built from: the public image, with git, curl and CA certificates where there is a package manager.</summary>
    public string Dockerfile => PackageManager == PackageManager.None
        ? $"FROM {PublicImage}\n"
        : $"FROM {PublicImage}\nRUN {PackageText.Install(PackageManager, ["ca-certificates", "curl", "git"])}\n";

    /// <summary>Reads a base as it is written in a recipe.</summary>
    /// <param name="text"><c>node</c> or <c>node:22</c>.</param>
    /// <param name="where">What the message of a fault starts with.</param>
    /// <returns>In its default version when none is named.</returns>
    /// <exception cref="UsageException">There is no such base, or the version cannot be one.</exception>
    public static BaseImage Parse(string text, string where)
    {
        var (name, version) = text.Split(':', 2) switch
        {
            [var alone] => (alone, null),
            var parts => (parts[0], parts[1]),
        };
        var known = All.FirstOrDefault(candidate => candidate.Name == name);
        if (known is null)
        {
            var guess = Nearest.To(name, All.Select(candidate => candidate.Name)) is { } near ? $" Did you mean {near}?" : "";
            throw new UsageException($"{where}: there is no base '{name}'.{guess} Bases: {string.Join(", ", All.Select(candidate => candidate.Text))}. Any other image goes under image:");
        }

        return version is null ? known
            : VersionForm().IsMatch(version) ? new(name, version)
            : throw new UsageException($"{where}: expected a version such as {known.Text}, got '{text}'");
    }

    /// <summary>Reads our own tag of a base, such as one that a Dockerfile starts from.</summary>
    /// <param name="reference">Any reference to an image.</param>
    /// <returns>Null when it is none of our bases'.</returns>
    public static BaseImage? FromTag(string reference) =>
        reference.StartsWith(TagPrefix, StringComparison.Ordinal)
        && reference[TagPrefix.Length..].Split(':') is [var name, var version]
        && All.Any(known => known.Name == name) && VersionForm().IsMatch(version)
            ? new(name, version)
            : null;

    /// <inheritdoc/>
    public override string ToString() => Text;

    // https://github.com/distribution/reference/blob/main/regexp.go: tag
    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex VersionForm();

    [GeneratedRegex(@"\A[0-9][0-9.]*\z")]
    private static partial Regex PlainVersion();
}
