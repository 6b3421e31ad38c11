using System.Text.RegularExpressions;

namespace Agentops.Recipes;

/// <summary>What installs packages in an image.</summary>
public enum PackageManager
{
    /// <summary>Nothing: the image has none.</summary>
    None,

    /// <summary><c>apt-get</c>: Debian, Ubuntu and all that is made of them.</summary>
    Apt,

    /// <summary><c>apk</c>: Alpine.</summary>
    Apk,

    /// <summary>Not known before the image is there: looked for while it is built.</summary>
    Any,
}

/// <summary>The packages of a recipe and the command that installs them.</summary>
public static partial class PackageText
{
    /// <summary>Checks the name of a package, so that nothing else can be slipped into the command that installs it.</summary>
    /// <param name="text">As written, <c>ripgrep</c> or <c>git=1:2.39.5-0+deb12u2</c>.</param>
    /// <param name="where">What the message of a fault starts with.</param>
    /// <returns>The name.</returns>
    /// <exception cref="UsageException">It is none.</exception>
    public static string CheckName(string text, string where) =>
        Form().IsMatch(text) ? text
        : text.StartsWith('@') ? throw new UsageException($"{where}: '{text}' is no system package; for a package of npm, write under setup: npm install -g {text}")
        : throw new UsageException($"{where}: expected the name of a package such as ripgrep, got '{text}'");

    /// <summary>The shell command that installs packages and leaves no lists or caches behind.</summary>
    /// <param name="manager">By what.</param>
    /// <param name="packages">Checked names; at least one.</param>
    /// <returns>One line.</returns>
    /// <exception cref="InvalidOperationException">There is no package manager; the recipe is refused before this.</exception>
    public static string Install(PackageManager manager, IEnumerable<string> packages)
    {
        // In this order whatever the recipe's: another order is no other image.
        var names = string.Join(' ', packages.Distinct().Order(StringComparer.Ordinal));
        var apt = $"apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {names} && rm -rf /var/lib/apt/lists/*";
        var apk = $"apk add --no-cache {names}";
        return manager switch
        {
            PackageManager.Apt => apt,
            PackageManager.Apk => apk,
            PackageManager.Any => string.Join("; el", Choices(apt, apk, names).Select(choice => $"if command -v {choice.Program} >/dev/null 2>&1; then {choice.Command}"))
                + "; else echo 'This image has none of apt-get, apk, dnf, microdnf, tdnf, yum and zypper: install what you need under setup' >&2; exit 1; fi",
            _ => throw new InvalidOperationException("a base without a package manager takes no packages"),
        };
    }

    private static (string Program, string Command)[] Choices(string apt, string apk, string names) =>
    [
        ("apt-get", apt),
        ("apk", apk),
        ("dnf", $"dnf install -y {names} && dnf clean all"),
        ("microdnf", $"microdnf install -y {names} && microdnf clean all"),
        ("tdnf", $"tdnf install -y {names} && tdnf clean all"),
        ("yum", $"yum install -y {names} && yum clean all"),
        ("zypper", $"zypper --non-interactive install --no-recommends {names} && zypper clean --all"),
    ];

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9+._:=~-]{0,199}\z")]
    private static partial Regex Form();
}
