namespace Agentops.Runtimes.Engine;

/// <summary>How a Podman that is installed is made to listen: unlike Docker's, its socket is off until somebody starts it.</summary>
internal static class PodmanStart
{
    /// <summary>Looks for Podman in <c>PATH</c>, and for what would start it.</summary>
    /// <param name="surroundings">Environment and user.</param>
    /// <returns>A command; null where there is no Podman.</returns>
    public static string? Find(Surroundings surroundings) =>
        (surroundings.Variable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => Path.IsPathFullyQualified(folder) && File.Exists(Path.Combine(folder, "podman")))
            // What sd_booted(3) looks for.
            ? Command(OperatingSystem.IsMacOS(), Directory.Exists("/run/systemd/system"), surroundings.UserId, surroundings.Variable("XDG_RUNTIME_DIR"))
            : null;

    /// <summary>What makes it listen where we look.</summary>
    /// <param name="isMac">There Podman lives in a virtual machine.</param>
    /// <param name="hasSystemd">systemd runs this machine.</param>
    /// <param name="user">0 is root; null is unknown.</param>
    /// <param name="runtimeFolder"><c>XDG_RUNTIME_DIR</c>; null when unset, as after <c>su</c>.</param>
    /// <returns>A command for a shell.</returns>
    public static string Command(bool isMac, bool hasSystemd, uint? user, string? runtimeFolder) => (isMac, hasSystemd, user, runtimeFolder) switch
    {
        (true, _, _, _) => "podman machine start",
        (_, true, 0, _) => "systemctl start podman.socket",
        (_, true, _, not null) => "systemctl --user start podman.socket",
        (_, _, 0, _) or (_, false, _, not null) => "podman system service --time=0 &",
        // systemctl --user needs the folder too, and Podman would listen at a place of its own choice.
        _ => $"podman system service --time=0 unix:///tmp/podman-{user}.sock & export CONTAINER_HOST=unix:///tmp/podman-{user}.sock",
    };
}
