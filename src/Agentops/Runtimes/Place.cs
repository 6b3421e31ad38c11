namespace Agentops.Runtimes;

/// <summary>Who names a <see cref="Place"/>.</summary>
public enum PlaceOrigin
{
    /// <summary>A context of Docker's.</summary>
    Context,

    /// <summary>A variable: <c>DOCKER_HOST</c> or <c>CONTAINER_HOST</c>.</summary>
    Variable,

    /// <summary>A socket in one of the usual places, which is there.</summary>
    Socket,

    /// <summary>Apple's <c>container</c>, which is installed.</summary>
    Apple,
}

/// <summary>A runtime that there may be, and the way to it. The same engine by two ways is one place.</summary>
/// <param name="Name">For people, each name once: a context's own, a variable, <c>docker</c>, <c>podman</c>, <c>colima</c>, <c>apple</c>. Untrusted text.</param>
/// <param name="Origin">Who names it.</param>
/// <param name="Endpoint">Where it is to answer, such as <c>unix:///var/run/docker.sock</c>; null for a context that cannot be read. Untrusted text.</param>
/// <param name="Connect">Says hello. Throws <see cref="RuntimeUnavailableException"/>: why, in a few words without a full stop, then, on a line of its own, what to do.</param>
public sealed record Place(string Name, PlaceOrigin Origin, string? Endpoint, Func<CancellationToken, Task<IContainerRuntime>> Connect);
