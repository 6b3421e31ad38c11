using Agentops.Runtimes.Apple;
using Agentops.Runtimes.Engine;

namespace Agentops.Runtimes;

/// <summary>Finds the places of <see cref="Places"/>, with the ways to them. Nothing is asked before it is connected to.</summary>
public static class PlaceFinder
{
    /// <summary>Looks around.</summary>
    /// <param name="surroundings">Environment and home.</param>
    /// <returns>In the order of <see cref="Places"/>.</returns>
    public static IReadOnlyList<Place> Find(Surroundings surroundings)
    {
        var apple = AppleCommandLine.Find(surroundings) is null ? null : AppleRuntime.Endpoint;
        return [.. Places.Of(surroundings, Contexts(surroundings), File.Exists, Places.Target, apple).Select(named => new Place(
            named.Name,
            named.Origin,
            named.Address,
            named.Origin is PlaceOrigin.Apple
                ? token => RuntimeFinder.ConnectToApple(surroundings, RuntimeFinder.Patience(surroundings), null, token)
                : token => Connect(surroundings, named, token)))];
    }

    private static IReadOnlyList<(string Name, string? Host)> Contexts(Surroundings surroundings) => DockerContext.Read(surroundings) is { } current ? [current] : [];

    private static async Task<IContainerRuntime> Connect(Surroundings surroundings, NamedAddress named, CancellationToken cancellationToken)
    {
        var endpoint = EngineEndpoint.Parse(named.Address!, named.Name);
        var connection = new EngineConnection(endpoint, RuntimeFinder.Patience(surroundings));
        EngineGreeting? greeting = null;
        try
        {
            (greeting, var fault) = await connection.Greet(cancellationToken);
            return greeting is not null
                ? new EngineRuntime(connection, greeting, surroundings.Variable("DOCKER_BUILDKIT") is "0")
                : throw new RuntimeUnavailableException($"{fault!.Reason}\n{Advice(surroundings, named, new FailedEndpoint(endpoint, fault))}");
        }
        finally
        {
            if (greeting is null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private static string Advice(Surroundings surroundings, NamedAddress named, FailedEndpoint failed)
    {
        var origin = named.Origin switch
        {
            PlaceOrigin.Context => $"the Docker context '{named.Name}'",
            PlaceOrigin.Variable => named.Name,
            _ => null,
        };
        return FailedEndpoint.Advice([failed], origin, PodmanStart.Find(surroundings));
    }
}
