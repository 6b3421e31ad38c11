namespace Agentops.Terminal;

/// <summary>Paths as people write them.</summary>
internal static class HomePath
{
    /// <summary>A path with the user's home folder as <c>~</c>.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="home">Absolute.</param>
    /// <returns>The path as it was where it is not in the home folder, or that is the root.</returns>
    public static string Describe(string path, string home) =>
        home.Length > 1 && (path == home || path.StartsWith(home + Path.DirectorySeparatorChar, StringComparison.Ordinal)) ? "~" + path[home.Length..] : path;
}
