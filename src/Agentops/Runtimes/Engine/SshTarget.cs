using System.Globalization;

namespace Agentops.Runtimes.Engine;

/// <summary>An engine on the far side of ssh, where a command of the engine's own passes what we say on to its socket.</summary>
/// <param name="User">Null for the one that ssh takes.</param>
/// <param name="Host">A host, or a <c>Host</c> of <c>~/.ssh/config</c>; never begins with <c>-</c>.</param>
/// <param name="Port">Null for the one that ssh takes.</param>
/// <param name="SocketPath">Of the engine, over there; null for its usual one.</param>
internal sealed record SshTarget(string? User, string Host, int? Port, string? SocketPath)
{
    /// <summary>It is called with Podman's command rather than Docker's.</summary>
    public bool IsPodman { get; init; }

    /// <summary>The ssh of this machine: a path, or a name to be found in <c>PATH</c>.</summary>
    public string Client { get; init; } = "ssh";

    /// <summary>The command over there that must be installed.</summary>
    public string Program => IsPodman ? "podman" : "docker";

    /// <summary>Reads an address.</summary>
    /// <param name="text">Such as <c>ssh://root@lab:2222/run/docker.sock</c>; untrusted text. Podman's <c>?secure=…</c> is passed over.</param>
    /// <returns>Null when it is none, or one that ssh could take for an option.</returns>
    public static SshTarget? Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri is not { Scheme: "ssh", Fragment: "" } || uri.UserInfo.Contains(':'))
        {
            return null;
        }

        var user = uri.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(uri.UserInfo);
        var host = uri.Host.Trim('[', ']');
        var path = Uri.UnescapeDataString(uri.AbsolutePath);
        return !IsWord(host) || (user is not null && !IsWord(user)) || path.Any(char.IsControl) ? null
            : new SshTarget(user, host, uri.IsDefaultPort || uri.Port < 0 ? null : uri.Port, path is "" or "/" ? null : path);
    }

    /// <summary>What ssh is called with.</summary>
    /// <param name="patience">How long an answer may take; ssh gives up a little earlier, and says why.</param>
    /// <returns>Its arguments.</returns>
    public IReadOnlyList<string> Arguments(TimeSpan patience)
    {
        var seconds = Math.Max(1, (int)patience.TotalSeconds - 1).ToString(CultureInfo.InvariantCulture);
        // BatchMode: nobody is there to be asked. The rest is what a Host of ~/.ssh/config may hold for a login by hand.
        List<string> arguments = ["-T", "-a", "-x", "-o", "BatchMode=yes", "-o", $"ConnectTimeout={seconds}", "-o", "ClearAllForwardings=yes", "-o", "RemoteCommand=none"];
        arguments.AddRange(User is null ? [] : ["-l", User]);
        arguments.AddRange(Port is { } port ? ["-p", port.ToString(CultureInfo.InvariantCulture)] : []);
        arguments.AddRange(["--", Host, Command]);
        return arguments;
    }

    // One text, which a shell over there reads.
    private string Command => $"{Program}{(SocketPath is null ? "" : $" {(IsPodman ? "--url" : "--host")} {Quoted("unix://" + SocketPath)}")} system dial-stdio";

    private static string Quoted(string text) => text.All(letter => char.IsAsciiLetterOrDigit(letter) || "/.:_-@+".Contains(letter)) ? text : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static bool IsWord(string text) => text.Length > 0 && text[0] != '-' && !text.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter));
}
