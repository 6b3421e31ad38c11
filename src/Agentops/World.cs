using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops;

/// <summary>Everything outside that a command touches; <c>Program</c> builds the real one, tests their own.</summary>
/// <param name="Streams">Standard streams and the terminal.</param>
/// <param name="Clock">Asked once a command where it can be: time is data.</param>
/// <param name="Surroundings">Environment, folders and user, read once.</param>
/// <param name="Signals">Ctrl+C and its kin.</param>
/// <param name="Runs">What disk remembers of runs.</param>
/// <param name="ConnectRuntime">Finds the runtime to use and says hello; throws <see cref="RuntimeUnavailableException"/>.</param>
/// <param name="OtherRuntimes">Ways to connect to other runtimes that may be on this machine than the one given; each may throw <see cref="RuntimeUnavailableException"/>.</param>
/// <param name="FindPlaces">All runtimes and contexts of Docker's that there may be, and the ways to them; none of them is asked.</param>
/// <param name="FreeSpace">Room for us on the disk that a folder is on; null when there is no such folder or it cannot be told.</param>
/// <param name="NewRunId">A random id.</param>
/// <param name="StartAgent">Starts another <c>agent</c> in the background, with these arguments and the same environment.</param>
public sealed record World(
    Streams Streams,
    TimeProvider Clock,
    Surroundings Surroundings,
    Signals Signals,
    RunStore Runs,
    Func<RuntimeRequest, CancellationToken, Task<IContainerRuntime>> ConnectRuntime,
    Func<RuntimeIdentity, IReadOnlyList<Func<CancellationToken, Task<IContainerRuntime>>>> OtherRuntimes,
    Func<IReadOnlyList<Place>> FindPlaces,
    Func<string, ByteSize?> FreeSpace,
    Func<RunId> NewRunId,
    Action<IReadOnlyList<string>> StartAgent);

/// <summary>What the caller's process stands in.</summary>
/// <param name="Environment">The environment variables.</param>
/// <param name="Folder">The working folder, absolute.</param>
/// <param name="Home">The user's home folder, absolute.</param>
/// <param name="UserId">The effective user id; null where there is none (Windows).</param>
/// <param name="GroupId">The effective group id; null where there is none.</param>
public sealed record Surroundings(
    IReadOnlyDictionary<string, string> Environment,
    string Folder,
    string Home,
    uint? UserId,
    uint? GroupId)
{
    /// <summary>This is a Mac with Apple's own processor, the one machine that Apple's <c>container</c> runs on.</summary>
    public bool IsAppleSilicon { get; init; }

    /// <summary>The name of this machine; null when it has none.</summary>
    public string? HostName { get; init; }

    /// <summary>The program that runs as <c>agent</c>; what goes on in the background is another one of it.</summary>
    public string AgentPath { get; init; } = "agent";

    /// <summary>The state folder: <c>$AGENTOPS_HOME</c>, else <c>~/.agentops</c>.</summary>
    public string StateFolder => Variable("AGENTOPS_HOME") is { } set ? Path.GetFullPath(set, Folder) : Path.Combine(Home, ".agentops");

    /// <summary>An environment variable.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Null when unset or empty.</returns>
    public string? Variable(string name) => Environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
