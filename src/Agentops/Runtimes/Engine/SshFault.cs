namespace Agentops.Runtimes.Engine;

/// <summary>Says why nobody answers over ssh, and what to do.</summary>
internal static class SshFault
{
    private const int NotFound = 127;

    /// <summary>Decides.</summary>
    /// <param name="exitCode">Of ssh: 255 for its own failures, else that of the command over there; null while it runs.</param>
    /// <param name="said">Its standard error; untrusted text.</param>
    /// <param name="target">Who was called.</param>
    /// <returns>The fault.</returns>
    public static EngineFault Of(int? exitCode, string said, SshTarget target)
    {
        var lines = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("Warning:", StringComparison.OrdinalIgnoreCase) && !line.StartsWith("**", StringComparison.Ordinal)).ToList();
        var last = lines.Count == 0 ? "ssh ended without a word" : EngineFault.FirstLine(lines[^1]);
        var login = $"ssh {(target.Port is { } port ? $"-p {port} " : "")}{(target.User is { } user ? $"{user}@" : "")}{target.Host}";

        bool Says(string text) => said.Contains(text, StringComparison.OrdinalIgnoreCase);
        var (reason, advice) =
            exitCode == NotFound && Says("ssh: not found") && !Says("docker") ? ("there is no ssh in PATH", "Install an ssh client (openssh-client).")
            : exitCode == NotFound ? ($"over there is no command '{target.Program}' ({last})", $"What is said to the engine goes through it: install {target.Program} there, its command line is enough.")
            : Says("REMOTE HOST IDENTIFICATION HAS CHANGED") ? ("its host key is another one than before (Host key verification failed)", $"If that is right: ssh-keygen -R {Known(target)}, then connect once by hand: {login}")
            : Says("Host key verification failed") ? (last, $"ssh does not know that machine yet. Connect once by hand and compare its key: {login}")
            : Says("Permission denied (") || Says("Too many authentication failures") ? (last, $"ssh can ask for nothing here: it needs a key that opens without a password (ssh-copy-id, ssh-add). Try: {login} -o BatchMode=yes")
            : Says("permission denied while trying to connect") ? (last, $"The user over there may not use the engine: add {target.User ?? "it"} to the docker group on {target.Host}.")
            : Says("Could not resolve hostname") ? (last, "Is the name right? A Host of ~/.ssh/config will do, too.")
            : Says("dial-stdio") ? (last, $"The command '{target.Program}' over there is too old: Docker 18.09 and Podman 3 are the first that pass on what is said to the engine.")
            : exitCode is 255 or null ? (last, $"Does this work? {login}")
            : (last, $"ssh gets there. Does the engine run on {target.Host}? Look: {login} {target.Program} version");
        return new EngineFault(EngineFaultKind.Ssh, reason) { Advice = advice };
    }

    private static string Known(SshTarget target) => target.Port is { } port ? $"'[{target.Host}]:{port}'" : target.Host;
}
