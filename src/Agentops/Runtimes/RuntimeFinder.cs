using System.Globalization;
using Agentops.Runtimes.Engine;

namespace Agentops.Runtimes;

/// <summary>Finds the runtime to use: <c>DOCKER_HOST</c>, the current Docker context, then the usual sockets; the first that answers.</summary>
public static class RuntimeFinder
{
    /// <summary>Finds a runtime and says hello. One connection and one request when the first socket answers.</summary>
    /// <param name="surroundings">Environment and home: <c>DOCKER_HOST</c>, <c>DOCKER_CONTEXT</c>, <c>DOCKER_CONFIG</c>, <c>CONTAINER_HOST</c>, <c>DOCKER_BUILDKIT</c>, <c>AGENTOPS_TIMEOUT</c> (seconds).</param>
    /// <param name="request">Which one is wanted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A runtime that answered, to be disposed of.</returns>
    /// <exception cref="RuntimeUnavailableException">None answers, or what is wanted is not supported yet.</exception>
    /// <exception cref="UsageException">There is no runtime of that name.</exception>
    public static async Task<IContainerRuntime> Connect(Surroundings surroundings, RuntimeRequest request, CancellationToken cancellationToken)
    {
        CheckName(request.Name);
        var patience = Patience(surroundings);
        // The context is read only when it is asked: DOCKER_HOST comes before it, and Podman has none.
        var context = surroundings.Variable("DOCKER_HOST") is null && request.Name is not "podman" ? DockerContext.Read(surroundings) : null;
        var candidates = EndpointCandidates.For(surroundings, request.Name, context);
        var tried = new List<FailedEndpoint>();
        foreach (var endpoint in candidates.Endpoints)
        {
            var connection = new EngineConnection(endpoint, patience);
            var (greeting, fault) = await Greet(connection, cancellationToken);
            if (greeting is not null && (request.Name is null || request.Name == (greeting.IsPodman ? "podman" : "docker")))
            {
                return new EngineRuntime(connection, greeting, surroundings.Variable("DOCKER_BUILDKIT") is "0");
            }

            await connection.DisposeAsync();
            tried.Add(new FailedEndpoint(endpoint, fault ?? new EngineFault(EngineFaultKind.NotAnEngine, $"it is not {request.Name}")));
        }

        throw new RuntimeUnavailableException(FailedEndpoint.Describe(tried, candidates.Origin, PodmanStart.Find(surroundings)));
    }

    /// <summary>Ways to other runtimes: sockets in the usual places, or named by a variable, that are there and are not the one in use.</summary>
    /// <param name="surroundings">Environment and home.</param>
    /// <param name="chosen">The one in use.</param>
    /// <returns>Each connects when called, or throws <see cref="RuntimeUnavailableException"/>.</returns>
    public static IReadOnlyList<Func<CancellationToken, Task<IContainerRuntime>>> Others(Surroundings surroundings, RuntimeIdentity chosen)
    {
        var patience = Patience(surroundings);
        var inUse = Target(chosen.Endpoint.Replace("unix://", "", StringComparison.Ordinal));
        return [.. EndpointCandidates.AllSockets(surroundings)
            .Where(endpoint => File.Exists(endpoint.SocketPath))
            .DistinctBy(endpoint => Target(endpoint.SocketPath!))
            .Where(endpoint => Target(endpoint.SocketPath!) != inUse)
            .Select(endpoint => (Func<CancellationToken, Task<IContainerRuntime>>)(cancellationToken => ConnectTo(endpoint, patience, surroundings, cancellationToken)))];
    }

    // podman-docker makes /var/run/docker.sock a link to Podman's socket.
    private static string Target(string path)
    {
        try
        {
            var real = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
            return real.StartsWith("/var/run/", StringComparison.Ordinal) ? real["/var".Length..] : real;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return path;
        }
    }

    private static async Task<IContainerRuntime> ConnectTo(EngineEndpoint endpoint, TimeSpan? patience, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var connection = new EngineConnection(endpoint, patience);
        var (greeting, fault) = await Greet(connection, cancellationToken);
        if (greeting is not null)
        {
            return new EngineRuntime(connection, greeting, surroundings.Variable("DOCKER_BUILDKIT") is "0");
        }

        await connection.DisposeAsync();
        throw new RuntimeUnavailableException(FailedEndpoint.Describe([new FailedEndpoint(endpoint, fault!)], null));
    }

    private static async Task<(EngineGreeting? Greeting, EngineFault? Fault)> Greet(EngineConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Greet(cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static void CheckName(string? name)
    {
        switch (name)
        {
            case null or "docker" or "podman":
                return;
            case "apple":
                throw new RuntimeUnavailableException("The runtime 'apple' is not supported yet on this system.\nUse --runtime docker or --runtime podman.");
            default:
                throw new UsageException($"There is no runtime '{name}': it is one of docker, podman, apple.");
        }
    }

    private static TimeSpan? Patience(Surroundings surroundings)
    {
        if (surroundings.Variable("AGENTOPS_TIMEOUT") is not { } text)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"AGENTOPS_TIMEOUT is '{text}': it takes seconds, such as 60.");
    }
}
