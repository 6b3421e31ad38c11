using System.Formats.Tar;

namespace Agentops.Runtimes.Apple;

/// <summary>A build context in a folder of its own, gone when it is disposed of.</summary>
internal sealed class ContextFolder : IDisposable
{
    private readonly DirectoryInfo folder;

    private ContextFolder(DirectoryInfo folder) => this.folder = folder;

    /// <summary>Absolute.</summary>
    public string Path => System.IO.Path.Combine(folder.FullName, "context");

    /// <summary>Unpacks a context.</summary>
    /// <param name="write">Writes it as a tar archive.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The folder.</returns>
    public static async Task<ContextFolder> Unpack(Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        // Nobody else's business: mode 0700.
        var unpacked = new ContextFolder(Directory.CreateTempSubdirectory("agentops-build-"));
        try
        {
            Directory.CreateDirectory(unpacked.Path);
            await using var archive = new FileStream(
                System.IO.Path.Combine(unpacked.folder.FullName, "context.tar"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose);
            await write(archive, cancellationToken);
            archive.Position = 0;
            await using var tar = new TarReader(archive);
            while (await tar.GetNextEntryAsync(cancellationToken: cancellationToken) is { } entry)
            {
                await unpacked.Put(entry, cancellationToken);
            }

            return unpacked;
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // Something still reads in it; the system empties its folder for such things.
        }
    }

    // TarFile refuses links that lead out of the folder, and a context may have some: nothing follows them here.
    private async Task Put(TarEntry entry, CancellationToken cancellationToken)
    {
        var name = entry.Name.TrimEnd('/');
        if (name is "" or ".")
        {
            return;
        }

        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, name));
        if (!path.StartsWith(Path + "/", StringComparison.Ordinal))
        {
            throw new BuildFailedException(null, $"the build context has a file outside itself: {entry.Name}");
        }

        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Directory.CreateDirectory(path);
                break;
            case TarEntryType.SymbolicLink:
                File.CreateSymbolicLink(path, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                File.Copy(System.IO.Path.Combine(Path, entry.LinkName), path);
                break;
            default:
                await entry.ExtractToFileAsync(path, overwrite: true, cancellationToken);
                break;
        }
    }
}
