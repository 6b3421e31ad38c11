namespace Agentops.Runtimes.Engine;

/// <summary>Who named the one place where an engine is looked for.</summary>
/// <param name="Name">Begins "DOCKER_HOST is 'nonsense': ".</param>
/// <param name="Text">In brackets behind the address: <c>from DOCKER_HOST</c>.</param>
/// <param name="Remedy">Completes "Start the engine there, or ": what else one can do.</param>
/// <param name="IsPodmans">Podman is meant.</param>
internal sealed record EndpointOrigin(string Name, string Text, string Remedy, bool IsPodmans)
{
    /// <summary>A variable of the environment.</summary>
    /// <param name="name">Such as <c>DOCKER_HOST</c>.</param>
    /// <returns>The origin.</returns>
    public static EndpointOrigin Variable(string name) => new(name, $"from {name}", $"change {name}", name == "CONTAINER_HOST");

    /// <summary>A context of Docker's.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The origin.</returns>
    public static EndpointOrigin Context(string name) => new($"Docker context '{name}'", $"from Docker context '{name}'", "choose another context: docker context ls", IsPodmans: false);

    /// <summary>What was made there before.</summary>
    /// <param name="place">The place.</param>
    /// <returns>The origin.</returns>
    public static EndpointOrigin Of(RuntimePlace place) =>
        new($"The place of {place.Inhabitant}", $"where {place.Inhabitant} lives", "say with --runtime or --context where else to look", place.Runtime == "podman");
}
