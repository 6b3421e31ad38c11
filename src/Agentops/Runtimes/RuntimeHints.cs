using Agentops.Runtimes.Apple;

namespace Agentops.Runtimes;

/// <summary>All that was said about which runtime is meant; null where nothing was.</summary>
internal sealed record RuntimeHints
{
    /// <summary><c>--runtime</c>.</summary>
    public string? RuntimeOption { get; init; }

    /// <summary><c>--context</c>.</summary>
    public string? ContextOption { get; init; }

    /// <summary><c>AGENTOPS_RUNTIME</c>.</summary>
    public string? RuntimeVariable { get; init; }

    /// <summary><c>DOCKER_HOST</c>.</summary>
    public string? DockerHost { get; init; }

    /// <summary><c>DOCKER_CONTEXT</c>.</summary>
    public string? DockerContext { get; init; }

    /// <summary><c>CONTAINER_HOST</c>, Podman's own.</summary>
    public string? ContainerHost { get; init; }

    /// <summary><c>runtime:</c> in <c>config.yaml</c>.</summary>
    public string? RuntimeSetting { get; init; }

    /// <summary><c>context:</c> in <c>config.yaml</c>.</summary>
    public string? ContextSetting { get; init; }

    /// <summary>What <c>docker context use</c> noted.</summary>
    public string? CurrentContext { get; init; }

    /// <summary>This is a machine that Apple's <c>container</c> runs on, and it is installed.</summary>
    public bool HasApple { get; init; }

    /// <summary>Gathers them.</summary>
    /// <param name="surroundings">Environment, home and state folder.</param>
    /// <param name="request">What the command line says.</param>
    /// <returns>All of them.</returns>
    /// <exception cref="UsageException"><c>config.yaml</c> has a mistake.</exception>
    public static RuntimeHints Of(Surroundings surroundings, RuntimeRequest request)
    {
        var settings = Configuration.Read(surroundings.StateFolder);
        return new RuntimeHints
        {
            RuntimeOption = request.Name,
            ContextOption = request.Context,
            RuntimeVariable = surroundings.Variable("AGENTOPS_RUNTIME"),
            DockerHost = surroundings.Variable("DOCKER_HOST"),
            DockerContext = surroundings.Variable("DOCKER_CONTEXT"),
            ContainerHost = surroundings.Variable("CONTAINER_HOST"),
            RuntimeSetting = settings.Runtime,
            ContextSetting = settings.Context,
            CurrentContext = Engine.DockerContext.Current(surroundings),
            HasApple = surroundings.IsAppleSilicon && AppleCommandLine.Find(surroundings) is not null,
        };
    }
}
