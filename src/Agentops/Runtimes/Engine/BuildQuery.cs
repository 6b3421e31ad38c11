using System.Text;
using System.Text.Json;
using Agentops.Building;

namespace Agentops.Runtimes.Engine;

/// <summary>The query of <c>POST /build</c>.</summary>
internal static class BuildQuery
{
    // BuildKit without a session cannot take the context from us on some engines (26.1 with the containerd image store: "failed to read downloaded
    // context"), and is switched off on others.
    private static readonly string[] NoBuildKit = ["failed to read downloaded context", "buildkit is not supported", "buildkit not supported", "buildkit is not enabled", "invalid build version"];

    /// <summary>The path and query of a build.</summary>
    /// <param name="build">What to build.</param>
    /// <param name="buildKit">With BuildKit, else with the classic builder.</param>
    /// <returns>After the version, escaped.</returns>
    public static string Of(ImageBuild build, bool buildKit)
    {
        // rm and forcerm: neither a step that went well nor one that failed leaves its container.
        var path = new StringBuilder("/build?rm=1&forcerm=1");
        Add(path, "t", build.Tag);
        Add(path, "dockerfile", build.Dockerfile);
        Add(path, "labels", JsonSerializer.Serialize(build.Labels, EngineJson.Default.IReadOnlyDictionaryStringString));
        Add(path, "buildargs", JsonSerializer.Serialize(build.Arguments, EngineJson.Default.IReadOnlyDictionaryStringString));
        Add(path, "target", build.Target);
        Add(path, "nocache", build.UseCache ? null : "1");
        Add(path, "version", buildKit ? "2" : null);
        return path.ToString();
    }

    /// <summary>The engine cannot build this with BuildKit, whatever the recipe is.</summary>
    /// <param name="message">Why a build failed; untrusted text.</param>
    /// <returns>True: try the classic builder.</returns>
    public static bool IsBuildKitMissing(string message) => NoBuildKit.Any(words => message.Contains(words, StringComparison.OrdinalIgnoreCase));

    /// <summary>BuildKit lost its way among builds that run at once and share steps: its own fault, and the recipe has no part in it.</summary>
    /// <remarks>moby/buildkit#4278: "buildkit scheduler error: return leaving incoming open. Please report this with BUILDKIT_SCHEDULER_DEBUG=1".</remarks>
    /// <param name="message">Why a build failed; untrusted text.</param>
    /// <returns>True: the same build may well go through now.</returns>
    public static bool IsSchedulerFault(string message) => message.Contains("buildkit scheduler error", StringComparison.OrdinalIgnoreCase);

    private static void Add(StringBuilder path, string name, string? value)
    {
        if (value is not null)
        {
            path.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}
