using System.Globalization;

namespace Agentops.Runtimes.Engine;

/// <summary>Where an engine listens.</summary>
/// <param name="Text">As the user knows it: <c>unix:///var/run/docker.sock</c>, <c>tcp://127.0.0.1:2375</c>.</param>
/// <param name="SocketPath">Of a Unix socket; null for TCP.</param>
/// <param name="Host">Of TCP; null for a Unix socket.</param>
/// <param name="Port">Of TCP.</param>
public sealed record EngineEndpoint(string Text, string? SocketPath, string? Host = null, int Port = 0)
{
    // The port Docker's own client takes for tcp:// without TLS.
    private const int PlainPort = 2375;

    /// <summary>A Unix socket.</summary>
    /// <param name="path">Absolute.</param>
    /// <returns>Its endpoint.</returns>
    public static EngineEndpoint Unix(string path) => new("unix://" + path, path);

    /// <summary>Reads what <c>DOCKER_HOST</c> or a Docker context holds.</summary>
    /// <param name="text">Such as <c>unix:///run/docker.sock</c>; untrusted text.</param>
    /// <param name="origin">Where it was read, for the message: <c>DOCKER_HOST</c>.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="RuntimeUnavailableException">It is of a kind that cannot be reached yet, or none.</exception>
    public static EngineEndpoint Parse(string text, string origin)
    {
        if (text.StartsWith("unix://", StringComparison.Ordinal) && text["unix://".Length..] is ['/', _, ..] path)
        {
            return Unix(path);
        }

        var separator = text.IndexOf("://", StringComparison.Ordinal);
        var scheme = separator > 0 ? text[..separator] : "";
        if (scheme is "tcp" or "http" && Uri.TryCreate("http://" + text[(separator + 3)..], UriKind.Absolute, out var uri) && uri.Host.Length > 0)
        {
            var port = uri.IsDefaultPort ? PlainPort : uri.Port;
            return new EngineEndpoint(string.Create(CultureInfo.InvariantCulture, $"tcp://{uri.Host}:{port}"), null, uri.IdnHost.Trim('[', ']'), port);
        }

        var what = scheme is "ssh" or "npipe" or "https" or "fd" ? $"connections over {scheme}:// are not supported yet" : "that is not an address of an engine";
        throw new RuntimeUnavailableException($"{origin} is '{text}': {what}.\nSupported now: unix:///path/to/docker.sock and tcp://host:port without TLS.");
    }
}
