using System.Text;

namespace Agentops.Recipes;

/// <summary>Reads the text of a recipe file or of <c>config.yaml</c>, which may be anything: huge, a folder, a pipe, not text.</summary>
internal static class RecipeText
{
    private const long Largest = 1_000_000;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="file">The file as the user knows it.</param>
    /// <returns>Its text without a byte order mark.</returns>
    /// <exception cref="UsageException">It cannot be read, is larger than 1 MB, or is not UTF-8.</exception>
    public static string Read(string path, string file)
    {
        try
        {
            // Opening a pipe would wait for somebody to write to it.
            if (FileStatus.Of(path, followLink: true) is { Kind: not FileKind.File } status)
            {
                throw new UsageException($"{file} is {(status.Kind == FileKind.Folder ? "a folder" : "not a regular file")}: {path}");
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > Largest)
            {
                throw new UsageException($"{file} is larger than 1 MB, which none needs to be: {path}");
            }

            var bytes = new byte[stream.Length];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
            return text.StartsWith('\uFEFF') ? text[1..] : text;
        }
        catch (DecoderFallbackException fault)
        {
            throw new UsageException($"{file} is not UTF-8 text: {path}", fault);
        }
        catch (FileNotFoundException fault)
        {
            throw new UsageException($"{file} does not exist: {path}", fault);
        }
        catch (DirectoryNotFoundException fault)
        {
            throw new UsageException($"{file} does not exist: {path}", fault);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new UsageException($"{file} cannot be read, permission denied: {path}", fault);
        }
        catch (IOException fault)
        {
            throw new UsageException($"{file} cannot be read: {fault.Message}", fault);
        }
    }
}
