using System.Net.Sockets;
using System.Text.Json;

namespace Agentops.Runtimes.Engine;

/// <summary>Why an endpoint gives no usable answer.</summary>
internal enum EngineFaultKind
{
    /// <summary>There is no such socket.</summary>
    Missing,

    /// <summary>This user may not connect.</summary>
    PermissionDenied,

    /// <summary>The socket is there and nobody listens.</summary>
    NobodyListens,

    /// <summary>Nothing came in time.</summary>
    NoAnswer,

    /// <summary>What came is not what an engine says.</summary>
    NotAnEngine,

    /// <summary>The engine is older than what we can talk to.</summary>
    TooOld,

    /// <summary>No TLS could be agreed on.</summary>
    Tls,

    /// <summary>ssh does not get there, or nothing over there passes on what we say.</summary>
    Ssh,
}

/// <summary>A fault in a few words.</summary>
/// <param name="Kind">What to do depends on it.</param>
/// <param name="Reason">Completes "ENDPOINT: …", without a full stop; untrusted text.</param>
internal sealed record EngineFault(EngineFaultKind Kind, string Reason)
{
    /// <summary>What to do about it, one sentence; null where the kind says it all.</summary>
    public string? Advice { get; init; }

    /// <summary>Nothing came in time.</summary>
    /// <param name="deadline">The time there was.</param>
    /// <returns>The fault.</returns>
    public static EngineFault Late(TimeSpan deadline) => new(EngineFaultKind.NoAnswer, $"no answer within {deadline.TotalSeconds:0.#} s");

    /// <summary>Says what an exception of the network means.</summary>
    /// <param name="failure">What was caught.</param>
    /// <returns>Null when it is none of the network's, but a fault of ours.</returns>
    public static EngineFault? Of(Exception failure) => failure switch
    {
        EngineFaultException known => known.Fault,
        // The message of a HttpRequestException names the made-up host of a Unix socket; what it holds says more.
        HttpRequestException { InnerException: { } inner } when Of(inner) is { } cause => cause,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } invalid => new(EngineFaultKind.NotAnEngine, $"not an engine: {FirstLine(invalid.Message)}"),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => new(EngineFaultKind.NotAnEngine, "not an engine: it sends headers without end"),
        HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse } invalid => new(EngineFaultKind.NotAnEngine, $"not an engine: {FirstLine(invalid.Message)}"),
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }
            => new(EngineFaultKind.NotAnEngine, "it closed the connection in the middle of its answer"),
        SocketException socket => Of(socket.SocketErrorCode, socket.Message),
        IOException { InnerException: SocketException socket } => Of(socket.SocketErrorCode, socket.Message),
        IOException when TlsFault.OfAlert(failure) is { } alert => alert,
        UnauthorizedAccessException => new(EngineFaultKind.PermissionDenied, "permission denied"),
        FileNotFoundException or DirectoryNotFoundException => new(EngineFaultKind.Missing, "missing"),
        JsonException => new(EngineFaultKind.NotAnEngine, "its answer is not JSON, or was cut short"),
        InvalidDataException data => new(EngineFaultKind.NotAnEngine, data.Message),
        HttpRequestException or IOException => new(EngineFaultKind.NotAnEngine, FirstLine(failure.Message)),
        _ => null,
    };

    /// <summary>Says what an error of a socket means.</summary>
    /// <param name="error">Its code.</param>
    /// <param name="message">The system's words.</param>
    /// <returns>The fault.</returns>
    public static EngineFault Of(SocketError error, string message) => error switch
    {
        SocketError.AccessDenied => new(EngineFaultKind.PermissionDenied, "permission denied"),
        SocketError.ConnectionRefused => new(EngineFaultKind.NobodyListens, "nobody listens"),
        // What .NET makes of ENOENT for a Unix socket.
        SocketError.AddressNotAvailable => new(EngineFaultKind.Missing, "missing"),
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new(EngineFaultKind.Missing, "no such host"),
        SocketError.ConnectionReset or SocketError.Shutdown => new(EngineFaultKind.NotAnEngine, "it closed the connection"),
        SocketError.TimedOut => new(EngineFaultKind.NoAnswer, "no answer"),
        SocketError.WouldBlock => new(EngineFaultKind.NoAnswer, "it is too busy to take a connection"),
        _ => new(EngineFaultKind.NobodyListens, FirstLine(message)),
    };

    /// <summary>The first line of a text, without its full stop, and not without end.</summary>
    /// <param name="text">Untrusted.</param>
    /// <returns>May be empty.</returns>
    internal static string FirstLine(string text)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return line.Length > 200 ? $"{line[..200]}…" : line.TrimEnd('.').ToString();
    }
}

/// <summary>Carries a fault through <see cref="HttpClient"/>, which wraps what is thrown inside it; never reaches a user as it is.</summary>
/// <param name="fault">The fault.</param>
/// <param name="cause">What was caught, or null.</param>
internal sealed class EngineFaultException(EngineFault fault, Exception? cause = null) : IOException(fault.Reason, cause)
{
    /// <summary>The fault.</summary>
    public EngineFault Fault { get; } = fault;
}
