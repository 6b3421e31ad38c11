using System.Text.RegularExpressions;

namespace Agentops.Recipes;

/// <summary>References to images, as registries and engines understand them.</summary>
internal static partial class ImageReference
{
    /// <summary>Checks a reference, so that nothing else can be slipped into a <c>FROM</c> line.</summary>
    /// <param name="text">As written, <c>python:3.13</c>.</param>
    /// <param name="where">What the message of a fault starts with.</param>
    /// <returns>The reference.</returns>
    /// <exception cref="UsageException">It is none.</exception>
    public static string Check(string text, string where) =>
        Form().IsMatch(text) ? text
        : Form().IsMatch(text.ToLowerInvariant()) ? throw new UsageException($"{where}: expected an image such as python:3.13, got '{text}': the name of an image has no capitals")
        : throw new UsageException($"{where}: expected an image such as python:3.13, got '{text}'");

    // [registry[:port]/]path[:tag][@digest], https://github.com/distribution/reference/blob/main/reference.go
    [GeneratedRegex(@"\A(?=.{1,400}\z)([A-Za-z0-9.-]+(:[0-9]+)?/|\[[0-9a-fA-F:]+\](:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[a-z0-9+._-]+:[0-9a-fA-F]{32,})?\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
