using System.Globalization;
using System.Text.RegularExpressions;

namespace Agentops.Runtimes.Apple;

/// <summary>A release of <c>container</c>.</summary>
/// <param name="Major">0 or 1; the shapes of its JSON changed with 1.</param>
/// <param name="Minor">Of the features.</param>
/// <param name="Text">As it says it, such as <c>1.2.2</c>; untrusted text.</param>
internal sealed partial record AppleRelease(int Major, int Minor, string Text)
{
    /// <summary>The first that tells its status as JSON, and refuses to kill what it does not know.</summary>
    public static readonly AppleRelease Oldest = new(0, 10, "0.10");

    /// <summary>Whether it has what came with a release.</summary>
    /// <param name="major">Its major number.</param>
    /// <param name="minor">Its minor number.</param>
    /// <returns>True for that release and all later ones, those nobody has seen yet too.</returns>
    public bool Since(int major, int minor) => (Major, Minor).CompareTo((major, minor)) >= 0;

    /// <summary>Reads the answer to <c>container --version</c>.</summary>
    /// <param name="text"><c>container CLI version 1.2.2 (build: release, commit: abcdef1)</c>, <c>… 0.2.0-12-ga7799d0 (…)</c>; untrusted text.</param>
    /// <returns>Null when it is not Apple's.</returns>
    public static AppleRelease? Parse(string text) => Sentence().Match(text) is { Success: true } match
        && int.TryParse(match.Groups["major"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var major)
        && int.TryParse(match.Groups["minor"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
        ? new AppleRelease(major, minor, match.Groups["all"].Value)
        : null;

    [GeneratedRegex(@"\bcontainer(?: CLI|-apiserver)? version (?<all>(?<major>\d+)\.(?<minor>\d+)\S*)")]
    private static partial Regex Sentence();
}
