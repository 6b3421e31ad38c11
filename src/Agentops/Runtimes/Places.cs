using Agentops.Runtimes.Engine;

namespace Agentops.Runtimes;

/// <summary>A place without the way to it.</summary>
/// <param name="Name">As of <see cref="Place"/>.</param>
/// <param name="Origin">As of <see cref="Place"/>.</param>
/// <param name="Address">As its origin has it: untrusted text, and perhaps nonsense; null for a context that has none.</param>
internal sealed record NamedAddress(string Name, PlaceOrigin Origin, string? Address);

/// <summary>Decides which runtimes there may be. Pure.</summary>
internal static class Places
{
    /// <summary>All of them, each once: contexts first, the current one before the others, then what variables name, then the usual sockets, then Apple's.</summary>
    /// <param name="surroundings">Environment and home.</param>
    /// <param name="contexts">Contexts of Docker's, with their addresses, the current one first; null for one that cannot be read.</param>
    /// <param name="variables">Variables that name an engine, with what they hold.</param>
    /// <param name="isThere">Whether there is a socket of this path.</param>
    /// <param name="target">Where a path leads to when all links are followed.</param>
    /// <param name="apple">Where Apple's <c>container</c> answers; null when it is not installed.</param>
    /// <returns>No two with the same name, no two that lead to the same engine as far as addresses tell.</returns>
    public static IReadOnlyList<NamedAddress> Of(
        Surroundings surroundings,
        IReadOnlyList<(string Name, string? Address)> contexts,
        IReadOnlyList<(string Name, string Address)> variables,
        Func<string, bool> isThere,
        Func<string, string> target,
        string? apple)
    {
        var named = variables.Select(variable => new NamedAddress(variable.Name, PlaceOrigin.Variable, variable.Address));
        var sockets = Sockets(surroundings)
            .Where(socket => isThere(socket.Path))
            .Select(socket => new NamedAddress(socket.Name, PlaceOrigin.Socket, EngineEndpoint.Unix(socket.Path).Text));
        var all = contexts.Select(context => new NamedAddress(context.Name, PlaceOrigin.Context, context.Address)).Concat(named).Concat(sockets)
            .DistinctBy(place => place.Address is null ? place.Name : KeyOf(place.Address, target)).ToList();
        if (apple is not null)
        {
            all.Add(new NamedAddress("apple", PlaceOrigin.Apple, apple));
        }

        var taken = new HashSet<string>();
        // A context may be called as a usual place is.
        return [.. all.Select(place => taken.Add(place.Name) ? place : place with { Name = place.Address ?? place.Name })];
    }

    /// <summary>What two addresses of one engine have in common, however they are written.</summary>
    /// <param name="address">Untrusted text.</param>
    /// <param name="target">Where a path leads to when all links are followed.</param>
    /// <returns>To be compared with others.</returns>
    public static string KeyOf(string address, Func<string, string> target)
    {
        try
        {
            var endpoint = EngineEndpoint.Parse(address, "");
            return endpoint.SocketPath is { } path ? "unix://" + target(path) : endpoint.Text;
        }
        catch (RuntimeUnavailableException)
        {
            return address;
        }
    }

    /// <summary>Follows the links of a socket: podman-docker makes <c>/var/run/docker.sock</c> a link to Podman's, and <c>/var/run</c> is one itself.</summary>
    /// <param name="path">Absolute.</param>
    /// <returns>The path itself where there is no link, or nobody may look.</returns>
    public static string Target(string path)
    {
        var real = path;
        try
        {
            real = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is not there, or in a folder of somebody else's.
        }

        return real.StartsWith("/var/run/", StringComparison.Ordinal) ? real["/var".Length..] : real;
    }

    private static IEnumerable<(string Name, string Path)> Sockets(Surroundings surroundings) =>
        EndpointCandidates.AllSockets(surroundings).Select(endpoint => (NameOf(endpoint.SocketPath!, surroundings.UserId), endpoint.SocketPath!));

    // /home/u/.colima/default/docker.sock is Colima's, /run/user/1000/podman/podman.sock the user's own Podman.
    private static string NameOf(string path, uint? user) => path switch
    {
        "/var/run/docker.sock" => "docker",
        "/run/podman/podman.sock" => user is 0 ? "podman" : "podman-root",
        _ when path.EndsWith("/podman/podman.sock", StringComparison.Ordinal) => user is 0 ? "podman-rootless" : "podman",
        _ when path.EndsWith("/.docker/run/docker.sock", StringComparison.Ordinal) => "docker-desktop",
        _ when path.EndsWith("/.colima/default/docker.sock", StringComparison.Ordinal) => "colima",
        _ when path.EndsWith("/.orbstack/run/docker.sock", StringComparison.Ordinal) => "orbstack",
        _ when path.EndsWith("/.rd/docker.sock", StringComparison.Ordinal) => "rancher-desktop",
        _ => "docker-rootless",
    };
}
