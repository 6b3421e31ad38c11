using System.Globalization;

namespace Agentops.Runtimes.Engine;

/// <summary>Where an engine listens, and the way there: one of a Unix socket, TCP with or without TLS, ssh, a named pipe.</summary>
/// <param name="Text">As the user knows it: <c>unix:///var/run/docker.sock</c>, <c>tcp://127.0.0.1:2375</c>.</param>
/// <param name="SocketPath">Of a Unix socket of this machine; null for other ways.</param>
/// <param name="Host">Of TCP; null for other ways.</param>
/// <param name="Port">Of TCP.</param>
public sealed record EngineEndpoint(string Text, string? SocketPath, string? Host = null, int Port = 0)
{
    // The ports Docker's own client takes for tcp:// without one.
    private const int PlainPort = 2375;
    private const int TlsPort = 2376;

    private const string PipesOfThisMachine = "//./pipe/";
    private const string Forms = "It takes unix:///path/to/docker.sock, tcp://host:port, ssh://user@host or npipe:////./pipe/name.";

    /// <summary>How TLS is spoken over TCP; null for plain.</summary>
    internal EngineTls? Tls { get; init; }

    /// <summary>Who is called over ssh; null for other ways.</summary>
    internal SshTarget? Ssh { get; init; }

    /// <summary>Of a named pipe of Windows: its name; null for other ways.</summary>
    internal string? Pipe { get; init; }

    /// <summary>The context of Docker's that led here; null for none.</summary>
    public string? Context { get; init; }

    /// <summary>A Unix socket.</summary>
    /// <param name="path">Absolute.</param>
    /// <returns>Its endpoint.</returns>
    public static EngineEndpoint Unix(string path) => new("unix://" + path, path);

    /// <summary>Reads what <c>DOCKER_HOST</c> or a Docker context holds.</summary>
    /// <param name="text">Such as <c>unix:///run/docker.sock</c>; untrusted text.</param>
    /// <param name="origin">Where it was read, for the message: <c>DOCKER_HOST</c>.</param>
    /// <param name="withTls">TLS is spoken if it is TCP.</param>
    /// <returns>The endpoint; how TLS is spoken is not in it yet.</returns>
    /// <exception cref="RuntimeUnavailableException">It is none, or one that cannot be reached from this machine.</exception>
    public static EngineEndpoint Parse(string text, string origin, bool withTls = false)
    {
        var separator = text.IndexOf("://", StringComparison.Ordinal);
        var (scheme, rest) = separator > 0 ? (text[..separator], text[(separator + 3)..]) : ("", text);
        return scheme switch
        {
            "unix" when rest is ['/', _, ..] => Unix(rest),
            "tcp" or "http" or "https" when Uri.TryCreate("http://" + rest, UriKind.Absolute, out var uri) && uri.Host.Length > 0 => Tcp(uri, withTls || scheme == "https"),
            "ssh" when SshTarget.Parse(text) is { } target => new EngineEndpoint(text.TrimEnd('/'), null) { Ssh = target },
            "npipe" when PipeName(rest) is { } pipe => OperatingSystem.IsWindows()
                ? new EngineEndpoint(text, null) { Pipe = pipe }
                : throw new RuntimeUnavailableException($"{origin} is '{text}': named pipes are there on Windows only.\n{Forms}"),
            "ssh" => throw new RuntimeUnavailableException($"{origin} is '{text}': that is not an address ssh could be given; passwords in it are not taken either.\nIt takes ssh://user@host:port or a Host of ~/.ssh/config: ssh://lab"),
            _ => throw new RuntimeUnavailableException($"{origin} is '{text}': that is not an address of an engine.\n{Forms}"),
        };
    }

    /// <summary>Reads an address of the environment, along with what the environment says of TLS.</summary>
    /// <param name="text">The address; untrusted text.</param>
    /// <param name="origin">Where it was read, for the message.</param>
    /// <param name="surroundings">The environment.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="RuntimeUnavailableException">It is none, or cannot be reached from this machine.</exception>
    internal static EngineEndpoint Of(string text, string origin, Surroundings surroundings)
    {
        var isWanted = text.StartsWith("https://", StringComparison.Ordinal);
        var tls = isWanted || text.StartsWith("tcp://", StringComparison.Ordinal) ? EngineTls.Of(surroundings, isWanted) : null;
        return Parse(text, origin, tls is not null) with { Tls = tls };
    }

    /// <summary>What a context leads to.</summary>
    /// <param name="context">It has an address.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="RuntimeUnavailableException">Its address is none, or cannot be reached from this machine.</exception>
    internal static EngineEndpoint Of(DockerContext context)
    {
        var endpoint = Parse(context.Host!, $"Docker context '{context.Name}'", context.Tls is not null);
        return endpoint with { Context = context.Name, Tls = endpoint.Host is null ? null : context.Tls };
    }

    /// <summary>Reads where a named pipe is: <c>//./pipe/docker_engine</c>, or with the strokes of Windows.</summary>
    /// <param name="path">What follows <c>npipe://</c>; untrusted text.</param>
    /// <returns>Its name; null when it is none, or a pipe of another machine.</returns>
    internal static string? PipeName(string path) =>
        path.Replace('\\', '/') is var plain && plain.StartsWith(PipesOfThisMachine, StringComparison.OrdinalIgnoreCase) && plain.Length > PipesOfThisMachine.Length
            ? path[PipesOfThisMachine.Length..]
            : null;

    private static EngineEndpoint Tcp(Uri uri, bool withTls)
    {
        var port = !uri.IsDefaultPort ? uri.Port : withTls ? TlsPort : PlainPort;
        return new EngineEndpoint(string.Create(CultureInfo.InvariantCulture, $"tcp://{uri.Host}:{port}"), null, uri.IdnHost.Trim('[', ']'), port);
    }
}
