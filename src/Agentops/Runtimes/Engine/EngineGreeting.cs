namespace Agentops.Runtimes.Engine;

/// <summary>What an engine says of itself in the headers of <c>GET /_ping</c>.</summary>
/// <param name="ApiVersion">The version both sides speak.</param>
/// <param name="EngineVersion">The engine's own; null when it does not say. Untrusted text.</param>
/// <param name="IsPodman">It is Podman behind Docker's API.</param>
internal sealed record EngineGreeting(Version ApiVersion, string? EngineVersion, bool IsPodman)
{
    /// <summary>Docker 20.10 of 2020; before it fields we need are missing.</summary>
    public static readonly Version Oldest = new(1, 41);

    /// <summary>The newest version this was written for.</summary>
    public static readonly Version Newest = new(1, 51);

    /// <summary>It is Podman of an older release.</summary>
    /// <param name="major">Of the release.</param>
    /// <param name="minor">Of the release.</param>
    /// <returns>False for Docker, and for a Podman that does not say.</returns>
    public bool IsPodmanBefore(int major, int minor) =>
        // 4.3.1, 5.5.0-dev
        IsPodman && Version.TryParse(EngineVersion?.Split('-')[0], out var release) && release < new Version(major, minor);

    /// <summary>Reads the headers.</summary>
    /// <param name="apiVersion"><c>Api-Version: 1.41</c>: the newest the engine speaks; null when not sent.</param>
    /// <param name="libpodVersion"><c>Libpod-Api-Version: 4.3.1</c>, sent by Podman only.</param>
    /// <param name="server"><c>Server: Docker/20.10.24 (linux)</c>, <c>Libpod/4.3.1 (linux)</c>.</param>
    /// <returns>The greeting.</returns>
    /// <exception cref="EngineFaultException">It is no engine, or too old.</exception>
    public static EngineGreeting Of(string? apiVersion, string? libpodVersion, string? server)
    {
        if (!Version.TryParse(apiVersion, out var offered))
        {
            throw new EngineFaultException(new EngineFault(EngineFaultKind.NotAnEngine, "not an engine: it does not tell an API version"));
        }

        if (offered < Oldest)
        {
            throw new EngineFaultException(new EngineFault(
                EngineFaultKind.TooOld, $"it is too old: it speaks API {offered}, and the oldest that works is {Oldest} (Docker 20.10, Podman 4)"));
        }

        var product = server?.Split(' ')[0].Split('/');
        return new EngineGreeting(
            offered < Newest ? offered : Newest,
            libpodVersion ?? (product is [_, { Length: > 0 } version] ? version : null),
            libpodVersion is not null || product is ["Libpod", ..]);
    }
}
