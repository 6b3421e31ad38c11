using System.Text.Json;
using Agentops.Containers;

namespace Agentops.Runtimes.Engine;

// Files inside containers, as tar archives.
internal sealed partial class EngineRuntime
{
    // Bits of Go's os.FileMode, which is what the header holds.
    private const uint FolderBit = 1u << 31;
    private const uint LinkBit = 1u << 27;

    /// <inheritdoc/>
    public async Task<PathKind> FindPath(string container, string path, CancellationToken cancellationToken)
    {
        try
        {
            // The head says it all; what would follow is given up.
            await using var answer = await OpenArchive(container, path, cancellationToken);
            var stat = StatOf(answer.Header("X-Docker-Container-Path-Stat"));
            // Podman follows links and says where they lead; Docker does not.
            return (stat.IsDir ?? ((stat.Mode & FolderBit) != 0 || ((stat.Mode & LinkBit) != 0 && await LeadsToFolder(container, path, cancellationToken)))) ? PathKind.Folder : PathKind.File;
        }
        catch (RuntimeRefusalException refusal) when (refusal.Refusal == RuntimeRefusal.NotFound)
        {
            // Of a container that is not there, too.
            if (await FindContainer(container, cancellationToken) is null)
            {
                throw;
            }

            return PathKind.Nothing;
        }
    }

    /// <inheritdoc/>
    public async Task CopyIn(string container, string folder, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        // Podman would make the folder.
        if (greeting.IsPodman && await FindPath(container, folder, cancellationToken) is PathKind.Nothing)
        {
            throw new RuntimeRefusalException(RuntimeRefusal.NotFound, $"There is no {folder} in container {container}");
        }

        var path = $"/containers/{EngineRequest.Name(container)}/archive?noOverwriteDirNonDir=true&path={Uri.EscapeDataString(folder)}";
        await using var answer = await connection.Upload(new EngineRequest(HttpMethod.Put, path), write, cancellationToken);
        try
        {
            await answer.Stream.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && answer.Translate(failure) is { } told)
        {
            throw told;
        }
    }

    /// <inheritdoc/>
    public async Task<Stream> CopyOut(string container, string path, CancellationToken cancellationToken) =>
        new ArchiveStream(await OpenArchive(container, path, cancellationToken));

    private Task<EngineStream> OpenArchive(string container, string path, CancellationToken cancellationToken) =>
        connection.Open(EngineRequest.Get($"/containers/{EngineRequest.Name(container)}/archive?path={Uri.EscapeDataString(path)}"), cancellationToken);

    private async Task<bool> LeadsToFolder(string container, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var answer = await OpenArchive(container, path + "/.", cancellationToken);
            return true;
        }
        catch (RuntimeRefusalException)
        {
            return false;
        }
    }

    // {"name":"work","size":4096,"mode":2147484141,"mtime":"2026-03-01T12:00:00Z","linkTarget":""} in base64; Podman adds "isDir"
    private WirePathStat StatOf(string? header)
    {
        try
        {
            return JsonSerializer.Deserialize(Convert.FromBase64String(header ?? ""), EngineJson.Default.WirePathStat) is { Mode: not null } stat ? stat : throw new JsonException();
        }
        catch (Exception failure) when (failure is FormatException or JsonException)
        {
            throw connection.Unavailable(new EngineFault(EngineFaultKind.NotAnEngine, "it does not tell what is at a path of a container"), failure);
        }
    }
}
