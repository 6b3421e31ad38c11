namespace Agentops.Runtimes.Engine;

/// <summary>Where engines may listen, in the order to try them.</summary>
/// <param name="Endpoints">At least one.</param>
/// <param name="Origin">Who named the only one: <c>DOCKER_HOST</c>, <c>Docker context 'lab'</c>; null when these are the usual places.</param>
internal sealed record EndpointCandidates(IReadOnlyList<EngineEndpoint> Endpoints, string? Origin)
{
    /// <summary>Decides where to look.</summary>
    /// <param name="surroundings">Environment and home.</param>
    /// <param name="wanted"><c>docker</c>, <c>podman</c>, or null for any.</param>
    /// <param name="context">The current Docker context; null for the default.</param>
    /// <returns>Where to look.</returns>
    /// <exception cref="RuntimeUnavailableException">What the user named cannot be reached yet.</exception>
    public static EndpointCandidates For(Surroundings surroundings, string? wanted, (string Name, string Host)? context)
    {
        if (wanted is not "podman")
        {
            if (surroundings.Variable("DOCKER_HOST") is { } host)
            {
                return Named(host, "DOCKER_HOST", surroundings);
            }

            if (context is { } chosen)
            {
                return Named(chosen.Host, $"Docker context '{chosen.Name}'", surroundings);
            }
        }
        else if (surroundings.Variable("CONTAINER_HOST") is { } host)
        {
            return Named(host, "CONTAINER_HOST", surroundings);
        }

        return new EndpointCandidates([.. Usual(surroundings, wanted).DistinctBy(endpoint => endpoint.Text)], null);
    }

    /// <summary>All sockets an engine may listen on.</summary>
    /// <param name="surroundings">Environment and home.</param>
    /// <returns>In the order to try them.</returns>
    public static IEnumerable<EngineEndpoint> AllSockets(Surroundings surroundings) => Usual(surroundings, null).Where(endpoint => endpoint.SocketPath is not null);

    private static EndpointCandidates Named(string host, string origin, Surroundings surroundings)
    {
        var endpoint = EngineEndpoint.Parse(host, origin);
        return endpoint.SocketPath is null && surroundings.Variable("DOCKER_TLS_VERIFY") is not null
            ? throw new RuntimeUnavailableException($"{origin} is '{host}' and DOCKER_TLS_VERIFY is set: TLS is not supported yet.\nSupported now: unix:///path/to/docker.sock and tcp://host:port without TLS.")
            : new EndpointCandidates([endpoint], origin);
    }

    private static IEnumerable<EngineEndpoint> Usual(Surroundings surroundings, string? wanted)
    {
        // Docker's sockets may be Podman's (podman-docker links one to the other), so they are tried for it too, only later.
        var docker = Docker(surroundings).Select(EngineEndpoint.Unix);
        var podman = Podman(surroundings);
        return wanted is "podman" ? podman.Concat(docker) : docker.Concat(podman);
    }

    private static IEnumerable<string> Docker(Surroundings surroundings)
    {
        yield return "/var/run/docker.sock";
        if (surroundings.Variable("XDG_RUNTIME_DIR") is { } runtime)
        {
            yield return Path.Combine(runtime, "docker.sock");
        }

        yield return Path.Combine(surroundings.Home, ".docker/run/docker.sock");
        yield return Path.Combine(surroundings.Home, ".colima/default/docker.sock");
        yield return Path.Combine(surroundings.Home, ".orbstack/run/docker.sock");
        yield return Path.Combine(surroundings.Home, ".rd/docker.sock");
    }

    private static IEnumerable<EngineEndpoint> Podman(Surroundings surroundings)
    {
        // Podman's own variable; an address we cannot reach yet (ssh://) is Podman's business until Podman is asked for by name.
        if (surroundings.Variable("CONTAINER_HOST") is { } host && host.StartsWith("unix:///", StringComparison.Ordinal))
        {
            yield return EngineEndpoint.Parse(host, "CONTAINER_HOST");
        }

        // Unset after su, and the user's Podman listens all the same.
        if ((surroundings.Variable("XDG_RUNTIME_DIR") ?? (surroundings.UserId is > 0 and var user ? $"/run/user/{user}" : null)) is { } runtime)
        {
            yield return EngineEndpoint.Unix(Path.Combine(runtime, "podman/podman.sock"));
        }

        yield return EngineEndpoint.Unix("/run/podman/podman.sock");
    }
}
