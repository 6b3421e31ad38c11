using Agentops.Runtimes.Engine;

namespace Agentops.Runtimes;

/// <summary>Where a runtime is looked for.</summary>
internal abstract record RuntimeChoice
{
    /// <summary>What must answer there: <c>docker</c> or <c>podman</c>; null for either.</summary>
    public string? Kind { get; init; }

    /// <summary>Apple's <c>container</c>, and nowhere else.</summary>
    internal sealed record Apple : RuntimeChoice;

    /// <summary>Apple's <c>container</c> if its services run.</summary>
    /// <param name="Otherwise">Where else.</param>
    internal sealed record AppleFirst(RuntimeChoice Otherwise) : RuntimeChoice;

    /// <summary>An engine at an address.</summary>
    /// <param name="Host">Such as <c>tcp://lab:2376</c>; untrusted text.</param>
    /// <param name="Origin">Who named it.</param>
    internal sealed record Address(string Host, EndpointOrigin Origin) : RuntimeChoice;

    /// <summary>An engine that a context of Docker's leads to.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Origin">Who named it: <c>--context</c>.</param>
    internal sealed record Context(string Name, string Origin) : RuntimeChoice;

    /// <summary>The sockets where engines usually listen.</summary>
    internal sealed record Usual : RuntimeChoice;

    /// <summary>Decides: the command line before the environment, that before <c>config.yaml</c>, that before what is found.</summary>
    /// <param name="hints">All that was said.</param>
    /// <returns>Where to look.</returns>
    /// <exception cref="UsageException">There is no runtime of that name, or two things were said that contradict each other.</exception>
    public static RuntimeChoice Of(RuntimeHints hints)
    {
        CheckName(hints.RuntimeOption, null);
        if (hints.ContextOption is { } context)
        {
            return hints.RuntimeOption is "podman" or "apple"
                ? throw new UsageException($"--context names a context of Docker's, and --runtime {hints.RuntimeOption} is another runtime. Leave one of them out.")
                : InContext(context, "--context", hints.RuntimeOption, hints);
        }

        if (hints.RuntimeOption is null)
        {
            CheckName(hints.RuntimeVariable, "AGENTOPS_RUNTIME");
        }

        var kind = hints.RuntimeOption ?? hints.RuntimeVariable;
        return kind is "apple" or "podman" ? Named(kind, hints) : InEnvironment(kind, hints) ?? InSettings(kind, hints) ?? Found(kind, hints);
    }

    /// <summary>Where something lives that was made before.</summary>
    /// <param name="place">The place.</param>
    /// <param name="context">The context of that name as it is now; null when there is none.</param>
    /// <returns>Where to look: through the context while it leads there, as it knows how.</returns>
    public static RuntimeChoice Of(RuntimePlace place, DockerContext? context) =>
        place.Runtime == "apple" ? new Apple()
        : context is { Host: not null } && LeadsTo(context) == place.Endpoint ? new Context(context.Name, place.Inhabitant)
        : new Address(place.Endpoint, EndpointOrigin.Of(place));

    private static string? LeadsTo(DockerContext context)
    {
        try
        {
            return EngineEndpoint.Of(context).Text;
        }
        catch (RuntimeUnavailableException)
        {
            return null;
        }
    }

    // Docker's own client gives DOCKER_HOST the last word among these two.
    private static RuntimeChoice? InEnvironment(string? kind, RuntimeHints hints) => hints switch
    {
        { DockerHost: { } host } => new Address(host, EndpointOrigin.Variable("DOCKER_HOST")) { Kind = kind },
        { DockerContext: { } context } => InContext(context, "DOCKER_CONTEXT", kind, hints),
        { ContainerHost: { } host } when kind is null => new Address(host, EndpointOrigin.Variable("CONTAINER_HOST")),
        _ => null,
    };

    private static RuntimeChoice? InSettings(string? kind, RuntimeHints hints) => (kind ?? hints.RuntimeSetting) switch
    {
        "apple" or "podman" => Named(hints.RuntimeSetting!, hints),
        var wanted when hints.ContextSetting is { } context => InContext(context, Configuration.Name, wanted, hints),
        _ => null,
    };

    private static RuntimeChoice Found(string? kind, RuntimeHints hints)
    {
        kind ??= hints.RuntimeSetting;
        var engines = hints.CurrentContext is { } context ? InContext(context, "docker context use", kind, hints) : new Usual { Kind = kind };
        return kind is null && hints.HasApple ? new AppleFirst(engines) : engines;
    }

    private static RuntimeChoice Named(string kind, RuntimeHints hints) => kind switch
    {
        "apple" => new Apple(),
        _ when hints.ContainerHost is { } host => new Address(host, EndpointOrigin.Variable("CONTAINER_HOST")) { Kind = kind },
        _ => new Usual { Kind = kind },
    };

    private static RuntimeChoice InContext(string name, string origin, string? kind, RuntimeHints hints) =>
        name != Engine.DockerContext.Default ? new Context(name, origin) { Kind = kind }
        : hints.DockerHost is { } host ? new Address(host, EndpointOrigin.Variable("DOCKER_HOST")) { Kind = kind }
        : new Usual { Kind = kind };

    private static void CheckName(string? name, string? variable)
    {
        if (name is not (null or "docker" or "podman" or "apple"))
        {
            throw new UsageException($"There is no runtime '{name}'{(variable is null ? "" : $" ({variable})")}: it is one of docker, podman, apple.");
        }
    }
}
