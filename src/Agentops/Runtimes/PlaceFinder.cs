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
        var current = surroundings.Variable("DOCKER_CONTEXT") ?? DockerContext.Current(surroundings);
        var contexts = DockerContext.All(surroundings).OrderByDescending(context => context.Name == current).ToList();
        var variables = new[] { "DOCKER_HOST", "CONTAINER_HOST" }.Where(name => surroundings.Variable(name) is not null).Select(name => (name, surroundings.Variable(name)!));
        var apple = AppleCommandLine.Find(surroundings) is null ? null : AppleRuntime.Endpoint;
        var places = Places.Of(
            surroundings,
            [.. contexts.Select(context => (context.Name, context.Host is { } host ? Written(host, () => EngineEndpoint.Of(context)) : null))],
            [.. variables.Select(variable => (variable.name, Written(variable.Item2, () => EngineEndpoint.Of(variable.Item2, variable.name, surroundings))))],
            File.Exists,
            Places.Target,
            apple);
        return [.. places.Select(named => new Place(named.Name, named.Origin, named.Address, token => Connect(surroundings, named, contexts, token)))];
    }

    // As the runtime itself will call it; what is no address stays as it is.
    private static string Written(string address, Func<EngineEndpoint> read)
    {
        try
        {
            return read().Text;
        }
        catch (RuntimeUnavailableException)
        {
            return address;
        }
    }

    private static async Task<IContainerRuntime> Connect(Surroundings surroundings, NamedAddress named, IReadOnlyList<DockerContext> contexts, CancellationToken cancellationToken)
    {
        var patience = RuntimeFinder.Patience(surroundings);
        if (named.Origin is PlaceOrigin.Apple)
        {
            return await RuntimeFinder.ConnectToApple(surroundings, patience, null, cancellationToken);
        }

        var (endpoint, origin) = Resolve(surroundings, named, contexts);
        var connection = new EngineConnection(endpoint, patience);
        EngineGreeting? greeting = null;
        try
        {
            (greeting, var fault) = await connection.Greet(cancellationToken);
            return greeting is not null
                ? new EngineRuntime(connection, greeting, surroundings.Variable("DOCKER_BUILDKIT") is "0")
                : throw new RuntimeUnavailableException($"{fault!.Reason}\n{FailedEndpoint.Advice([new FailedEndpoint(endpoint, fault)], origin, PodmanStart.Find(surroundings))}");
        }
        finally
        {
            if (greeting is null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private static (EngineEndpoint Endpoint, EndpointOrigin? Origin) Resolve(Surroundings surroundings, NamedAddress named, IReadOnlyList<DockerContext> contexts)
    {
        if (named.Origin is PlaceOrigin.Socket)
        {
            return (EngineEndpoint.Parse(named.Address!, named.Name), null);
        }

        if (named.Origin is PlaceOrigin.Context && contexts.First(context => context.Name == named.Name) is { Fault: { } fault })
        {
            throw new RuntimeUnavailableException($"{fault}\nMake the context anew: docker context rm {named.Name}, then docker context create");
        }

        var candidates = EndpointCandidates.For(surroundings, named.Origin is PlaceOrigin.Context
            ? new RuntimeChoice.Context(named.Name, "docker context ls")
            : new RuntimeChoice.Address(surroundings.Variable(named.Name)!, EndpointOrigin.Variable(named.Name)));
        return (candidates.Endpoints[0], candidates.Origin);
    }
}
