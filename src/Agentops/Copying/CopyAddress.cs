using Agentops.Recipes;

namespace Agentops.Copying;

/// <summary>One side of <c>agent cp</c>: a path of a run, a path here, or <c>-</c> for an archive on a standard stream. Pure.</summary>
/// <param name="Run">The run, as the user names it; null for a path here.</param>
/// <param name="Path">In a run: absolute, without <c>.</c> and <c>..</c>. Here: as written.</param>
/// <param name="Contents">What is in the folder, not the folder itself: it was written with <c>/.</c> at its end.</param>
/// <param name="Folder">It must be a folder: it was written with <c>/</c> or <c>/.</c> at its end.</param>
internal sealed record CopyAddress(string? Run, string Path, bool Contents, bool Folder)
{
    /// <summary>An archive on standard input or output.</summary>
    public bool IsStream => Run is null && Path == "-";

    /// <summary>The last part of the path, which the copy is called by; empty for the root of all files.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The folder it is in.</summary>
    public string Parent => Path.LastIndexOf('/') is > 0 and var slash ? Path[..slash] : "/";

    /// <summary>Reads one side.</summary>
    /// <param name="text">Such as <c>a1b2:/workspace/out</c>, <c>my-agent:out</c>, <c>./here</c>, <c>-</c>.</param>
    /// <returns>The side; a path in a run that is not absolute begins at the workspace.</returns>
    /// <exception cref="UsageException">It names a run and no path.</exception>
    public static CopyAddress Parse(string text)
    {
        // As with docker cp: what begins like a path is one, whatever follows.
        var colon = text is ['/' or '.' or '~', ..] ? -1 : text.IndexOf(':');
        if (colon <= 0)
        {
            return text.Length == 0 ? throw new UsageException("a path is empty") : new(null, text, IsContents(text), IsFolder(text));
        }

        var path = text[(colon + 1)..];
        if (path.Length == 0)
        {
            throw new UsageException($"'{text}' names no path in the run. Its workspace: {text}{MountText.Workspace}");
        }

        var clean = Clean(path.StartsWith('/') ? path : $"{MountText.Workspace}/{path}");
        return new(text[..colon], clean, IsContents(path) || clean == "/", IsFolder(path) || clean == "/");
    }

    private static bool IsContents(string path) => path == "." || path.EndsWith("/.", StringComparison.Ordinal);

    private static bool IsFolder(string path) => path.EndsWith('/') || IsContents(path);

    private static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "." or ".."))
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }
}
