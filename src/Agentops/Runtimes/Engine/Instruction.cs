using System.Text.RegularExpressions;

namespace Agentops.Runtimes.Engine;

/// <summary>The text of a build step, the same whichever builder tells it.</summary>
internal static partial class Instruction
{
    /// <summary>Normalises a step's text.</summary>
    /// <param name="text"><c>FROM docker.io/library/node:22@sha256:… AS one</c> of BuildKit, <c>FROM node:22 AS one</c> of the classic builder; untrusted text.</param>
    /// <returns><c>FROM node:22</c>: one line, the image as the user knows it.</returns>
    public static string Normalise(string text)
    {
        var line = Whitespace().Replace(text.Trim(), " ");
        return From().Match(line) is { Success: true } match ? "FROM " + EngineWords.Tag(match.Groups["image"].Value) : line;
    }

    /// <summary>The name that a step gives to the stage it begins.</summary>
    /// <param name="text"><c>FROM node:22 AS one</c>; untrusted text.</param>
    /// <returns><c>one</c>; null when it gives none.</returns>
    public static string? StageName(string text) =>
        From().Match(Whitespace().Replace(text.Trim(), " ")) is { Success: true } match && match.Groups["stage"] is { Success: true } stage ? stage.Value : null;

    // The options go too: BuildKit does not tell them. FROM --platform=linux/amd64 node:22 AS one
    [GeneratedRegex(@"\AFROM (?:--\S+ )*(?<image>[^\s@]+)(?:@\S+)?(?: AS (?<stage>\S+))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex From();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
