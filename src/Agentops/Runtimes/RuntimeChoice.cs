namespace Agentops.Runtimes;

/// <summary>Which runtimes are asked, and in which order.</summary>
internal enum RuntimeOrder
{
    /// <summary>Engines only: Docker and Podman.</summary>
    Engines,

    /// <summary>Apple's <c>container</c> only.</summary>
    Apple,

    /// <summary>Apple's <c>container</c> if its services run, else the engines.</summary>
    AppleThenEngines,
}

/// <summary>Decides which runtimes are asked.</summary>
internal static class RuntimeChoice
{
    /// <summary>Decides.</summary>
    /// <param name="wanted">What the user named: <c>docker</c>, <c>podman</c>, <c>apple</c>; null for none.</param>
    /// <param name="isAppleSilicon">The one machine that Apple's runs on. Named by the user, it is asked anywhere.</param>
    /// <param name="isAppleInstalled">There is a <c>container</c> in <c>PATH</c>.</param>
    /// <param name="isEngineNamed"><c>DOCKER_HOST</c> says which engine is meant.</param>
    /// <returns>The order.</returns>
    public static RuntimeOrder Of(string? wanted, bool isAppleSilicon, bool isAppleInstalled, bool isEngineNamed) => wanted switch
    {
        "apple" => RuntimeOrder.Apple,
        null when isAppleSilicon && isAppleInstalled && !isEngineNamed => RuntimeOrder.AppleThenEngines,
        _ => RuntimeOrder.Engines,
    };
}
