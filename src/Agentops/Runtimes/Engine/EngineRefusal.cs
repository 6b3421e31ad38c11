namespace Agentops.Runtimes.Engine;

/// <summary>What was asked when an engine said no: the same code means different things.</summary>
internal enum EngineOperation
{
    /// <summary>Nothing that changes the meaning of a code.</summary>
    Look,

    /// <summary>Creating a container.</summary>
    Create,

    /// <summary>Starting a container.</summary>
    Start,

    /// <summary>Something that only a running container does: a signal, an exec, a resize.</summary>
    Running,

    /// <summary>Removing a container or an image.</summary>
    Remove,

    /// <summary>Talking to a registry.</summary>
    Pull,
}

/// <summary>Reads the reason out of an engine's no. Docker tells by the code; Podman says 500 to most and tells by its words.</summary>
internal static class EngineRefusal
{
    // runc and crun, through Docker's 400 and Podman's 500:
    // OCI runtime create failed: … exec: "nosuch": executable file not found in $PATH: unknown
    private static readonly string[] CannotStart =
        ["executable file not found", "no such file or directory", "permission denied", "exec format error", "is a directory", "cannot find executable"];

    private static readonly string[] LoginWords = ["unauthorized", "authentication required", "access denied", "access to the resource is denied", "no basic auth credentials", "forbidden"];

    private static readonly string[] AbsentWords = ["manifest unknown", "not found", "no such image", "name unknown"];

    private static readonly string[] NetworkWords =
        ["no such host", "i/o timeout", "connection refused", "network is unreachable", "no route to host", "timeout exceeded", "server misbehaving", "failure in name resolution", "tls: "];

    /// <summary>The reason as far as one can act on it.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">The engine's words.</param>
    /// <param name="operation">What was asked.</param>
    /// <returns>The reason.</returns>
    public static RuntimeRefusal Of(int status, string message, EngineOperation operation) => operation switch
    {
        EngineOperation.Start when Says(message, CannotStart) => RuntimeRefusal.CannotStart,
        EngineOperation.Pull => OfPull(status, message),
        // Podman: 500 … "the container name "x" is already in use by …": that name is already in use
        EngineOperation.Create when Says(message, "already in use") => RuntimeRefusal.NameTaken,
        _ when status == 404 => RuntimeRefusal.NotFound,
        // Podman: 500 … cannot remove container … as it is running: container state improper
        EngineOperation.Remove when status == 409 || Says(message, "container state improper", "image is in use", "image used by") => RuntimeRefusal.InUse,
        EngineOperation.Running when status == 409 || Says(message, "is not running", "container state improper", "can only kill running", "stopped container") => RuntimeRefusal.NotRunning,
        _ => RuntimeRefusal.Other,
    };

    /// <summary>Words a pull's no so that one can act on it.</summary>
    /// <param name="status">The HTTP status, 200 when the no came in the stream.</param>
    /// <param name="message">The engine's words.</param>
    /// <param name="reference">What was pulled.</param>
    /// <returns>The exception to throw.</returns>
    public static RuntimeRefusalException ForPull(int status, string message, string reference)
    {
        var refusal = OfPull(status, message);
        var told = refusal switch
        {
            RuntimeRefusal.LoginRequired => $"The registry does not give {reference}: there is no such image, or it wants a login (docker login).",
            RuntimeRefusal.NotFound => $"The registry has no {reference}. Check its name and tag.",
            _ when Says(message, NetworkWords) => $"The registry of {reference} cannot be reached. Check the network, or give the image to the engine by hand (docker load, docker tag).",
            _ => $"{reference} could not be pulled.",
        };
        return new RuntimeRefusalException(refusal, $"{told}\nThe engine says: {message}");
    }

    private static RuntimeRefusal OfPull(int status, string message) =>
        // Docker's 404 "pull access denied for x, repository does not exist or may require 'docker login'" means either.
        status is 401 or 403 || Says(message, LoginWords) ? RuntimeRefusal.LoginRequired
        : Says(message, NetworkWords) ? RuntimeRefusal.Other
        : status == 404 || Says(message, AbsentWords) ? RuntimeRefusal.NotFound
        : RuntimeRefusal.Other;

    private static bool Says(string message, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (message.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
