namespace Agentops.Runtimes.Engine;

/// <summary>Where engines may listen, in the order to try them.</summary>
/// <param name="Endpoints">At least one.</param>
/// <param name="Origin">Who named the only one; null when these are the usual places.</param>
internal sealed record EndpointCandidates(IReadOnlyList<EngineEndpoint> Endpoints, EndpointOrigin? Origin)
{
    /// <summary>Reads what was chosen.</summary>
    /// <param name="surroundings">Environment and home.</param>
    /// <param name="choice">Engines of some kind.</param>
    /// <returns>Where to look.</returns>
    /// <exception cref="RuntimeUnavailableException">What was named is not there, or cannot be reached from this machine.</exception>
    public static EndpointCandidates For(Surroundings surroundings, RuntimeChoice choice)
    {
        switch (choice)
        {
            case RuntimeChoice.Address address:
                var isPodmans = choice.Kind is "podman" || address.Origin.IsPodmans;
                return new EndpointCandidates([Calling(EngineEndpoint.Of(address.Host, address.Origin.Name, surroundings), isPodmans, surroundings)], address.Origin);
            case RuntimeChoice.Context context:
                return new EndpointCandidates(
                    [Calling(EngineEndpoint.Of(DockerContext.Find(surroundings, context.Name, context.Origin)), isPodmans: false, surroundings)], EndpointOrigin.Context(context.Name));
            default:
                return new EndpointCandidates([.. Usual(surroundings, choice.Kind).DistinctBy(endpoint => endpoint.Text)], null);
        }
    }

    /// <summary>All sockets an engine may listen on.</summary>
    /// <param name="surroundings">Environment and home.</param>
    /// <returns>In the order to try them.</returns>
    public static IEnumerable<EngineEndpoint> AllSockets(Surroundings surroundings) => Usual(surroundings, null);

    private static EngineEndpoint Calling(EngineEndpoint endpoint, bool isPodmans, Surroundings surroundings)
    {
        var client = (surroundings.Variable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, "ssh")).FirstOrDefault(File.Exists);
        return endpoint.Ssh is not { } ssh ? endpoint : endpoint with { Ssh = ssh with { IsPodman = isPodmans, Client = client ?? ssh.Client } };
    }

    private static IEnumerable<EngineEndpoint> Usual(Surroundings surroundings, string? wanted)
    {
        // Docker's sockets may be Podman's (podman-docker links one to the other), so they are tried for it too, only later.
        var docker = Docker(surroundings).Select(EngineEndpoint.Unix);
        var podman = Podman(surroundings).Select(EngineEndpoint.Unix);
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

    private static IEnumerable<string> Podman(Surroundings surroundings)
    {
        // Where it is the one thing that is named, it is the one that is asked; here it is a place to look at.
        if (surroundings.Variable("CONTAINER_HOST") is { } host && host.StartsWith("unix:///", StringComparison.Ordinal))
        {
            yield return host["unix://".Length..];
        }

        // Unset after su, and the user's Podman listens all the same.
        if ((surroundings.Variable("XDG_RUNTIME_DIR") ?? (surroundings.UserId is > 0 and var user ? $"/run/user/{user}" : null)) is { } runtime)
        {
            yield return Path.Combine(runtime, "podman/podman.sock");
        }

        yield return "/run/podman/podman.sock";
    }
}
