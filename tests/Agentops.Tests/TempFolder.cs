namespace Agentops.Tests;

/// <summary>A folder of its own for one test, gone at its end.</summary>
/// <param name="inMemory">Where the system has a place in memory, it is there: for tests that would wait for the disk a thousand times.</param>
public sealed class TempFolder(bool inMemory = false) : IDisposable
{
    private const string Memory = "/dev/shm";

    public string Path { get; } = inMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory($"{Memory}/agentops-test-{Guid.NewGuid():N}").FullName
        : Directory.CreateTempSubdirectory("agentops-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
