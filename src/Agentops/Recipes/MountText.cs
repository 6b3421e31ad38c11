using Agentops.Containers;

namespace Agentops.Recipes;

/// <summary>Reads mounts as people write them, <c>SRC:DST[:ro]</c>; the same rules for <c>agent.yaml</c> and <c>--mount</c>.</summary>
public static class MountText
{
    /// <summary>Where the workspace is; nothing else can be there.</summary>
    public const string Workspace = "/workspace";

    /// <summary>Reads a mount.</summary>
    /// <remarks>The target starts at the last <c>:/</c>, so that a source may contain colons: <c>./a:b:/data</c> mounts <c>./a:b</c>.</remarks>
    /// <param name="text">As written, <c>~/.cache:/cache:ro</c>.</param>
    /// <param name="folder">What a relative source is relative to, absolute.</param>
    /// <param name="home">What <c>~</c> stands for, absolute.</param>
    /// <param name="where">What the message of a fault starts with: a place in a file, or <c>--mount</c>.</param>
    /// <returns>With an absolute source; that it exists is not checked.</returns>
    /// <exception cref="UsageException">It is none.</exception>
    public static Mount Parse(string text, string folder, string home, string where)
    {
        var rest = text;
        var readOnly = false;
        if (text.EndsWith(":ro", StringComparison.Ordinal) || text.EndsWith(":rw", StringComparison.Ordinal))
        {
            rest = text[..^3];
            readOnly = text.EndsWith(":ro", StringComparison.Ordinal);
        }

        var split = rest.LastIndexOf(":/", StringComparison.Ordinal);
        return split > 0
            ? Of(rest[..split], rest[(split + 1)..], readOnly, folder, home, where)
            : throw new UsageException($"{where}: expected SOURCE:TARGET[:ro] with an absolute target, such as ~/.cache:/cache:ro, got '{text}'");
    }

    /// <summary>Makes a mount out of its parts.</summary>
    /// <param name="source">As written, <c>~/.cache</c>.</param>
    /// <param name="target">As written, <c>/cache</c>.</param>
    /// <param name="readOnly">The container cannot write to it.</param>
    /// <param name="folder">What a relative source is relative to, absolute.</param>
    /// <param name="home">What <c>~</c> stands for, absolute.</param>
    /// <param name="where">What the message of a fault starts with.</param>
    /// <returns>With an absolute source; that it exists is not checked.</returns>
    /// <exception cref="UsageException">The target is no place for a mount.</exception>
    public static Mount Of(string source, string target, bool readOnly, string folder, string home, string where)
    {
        var path = ContextPath.Clean(target);
        return !target.StartsWith('/') ? throw new UsageException($"{where}: expected an absolute path as target, such as /cache, got '{target}'")
            : path == "/" ? throw new UsageException($"{where}: the target cannot be /, which is the image itself")
            : path == Workspace ? throw new UsageException($"{where}: the target {Workspace} is taken by the workspace")
            : new(Absolute(source, folder, home), path, readOnly);
    }

    /// <summary>Checks that the sources of mounts are there, before anything is started.</summary>
    /// <param name="mounts">The mounts of a run.</param>
    /// <exception cref="UsageException">One is not; an engine would make a folder of it, owned by root.</exception>
    public static void CheckSources(IEnumerable<Mount> mounts)
    {
        if (mounts.FirstOrDefault(mount => !Path.Exists(mount.Source)) is { } missing)
        {
            throw new UsageException(MissingSource(missing));
        }
    }

    /// <summary>Says that a source is missing.</summary>
    /// <param name="mount">Whose.</param>
    /// <returns>What failed and what to do.</returns>
    public static string MissingSource(Mount mount) =>
        $"the source of the mount {mount.Source}:{mount.Target} does not exist. Create it (mkdir -p '{mount.Source}') or leave the mount out";

    private static string Absolute(string source, string folder, string home) =>
        source == "~" ? home
        : source.StartsWith("~/", StringComparison.Ordinal) ? Path.GetFullPath(source[2..], home)
        : Path.GetFullPath(source, folder);
}
