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

        throw new RuntimeUnavailableException(FailedEndpoint.Describe(tried, candidates.Origin));
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
