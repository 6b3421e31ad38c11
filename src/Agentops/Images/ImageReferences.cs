namespace Agentops.Images;

/// <summary>What holds an image by name.</summary>
internal static class ImageReferences
{
    /// <summary>Whether an image keeps a name when some are removed. https://github.com/moby/moby/blob/v20.10.24/daemon/images/image_delete.go</summary>
    /// <param name="image">The image.</param>
    /// <param name="removed">Tags, digests and ids, each removed without force.</param>
    /// <returns>False when its last name goes, or it has none and was not asked for: then other things decide.</returns>
    public static bool Remain(StoredImage image, IReadOnlySet<string> removed)
    {
        var (tags, digests) = (image.Image.Tags, image.Digests);
        if (removed.Contains(image.Image.Id) && CanGoById(tags, digests))
        {
            return false;
        }

        var repositoriesLeft = tags.Where(tag => !removed.Contains(tag)).Select(Repository).ToHashSet();
        var repositoriesTouched = tags.Where(removed.Contains).Select(Repository).ToHashSet();
        return repositoriesLeft.Count > 0
            // Digests of a repository go with its last tag.
            || digests.Any(digest => !removed.Contains(digest) && !repositoriesTouched.Contains(Repository(digest)));
    }

    // "agentops/x:latest", "localhost:5000/x:1", "node@sha256:..."
    private static string Repository(string reference)
    {
        var end = reference.IndexOf('@', StringComparison.Ordinal);
        end = end >= 0 ? end : reference.LastIndexOf(':');
        return end > reference.LastIndexOf('/') ? reference[..end] : reference;
    }

    private static bool CanGoById(IReadOnlyList<string> tags, IReadOnlyList<string> digests) =>
        tags.Count <= 1 && digests.Select(Repository).Concat(tags.Select(Repository)).Distinct().Count() <= 1;
}
