namespace Agentops.Recipes;

/// <summary>Paths with forward slashes, as inside containers and build contexts, whatever the machine.</summary>
internal static class ContextPath
{
    /// <summary>Takes out what a path can do without: double slashes, <c>.</c>, <c>..</c> and a slash at the end.</summary>
    /// <param name="path">Any path.</param>
    /// <returns>The shortest that means the same, by words alone; <c>.</c> for nothing.</returns>
    public static string Clean(string path)
    {
        var parts = new List<string>();
        var rooted = path.StartsWith('/');
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != "." && !(part == ".." && rooted))
            {
                parts.Add(part);
            }
        }

        return rooted ? "/" + string.Join('/', parts) : parts.Count == 0 ? "." : string.Join('/', parts);
    }
}
