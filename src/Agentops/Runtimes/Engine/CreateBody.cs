using Agentops.Containers;

namespace Agentops.Runtimes.Engine;

/// <summary>A container to create, in the engine's words.</summary>
internal static class CreateBody
{
    /// <summary>Puts a specification into the body of <c>POST /containers/create</c>.</summary>
    /// <param name="spec">What to create.</param>
    /// <returns>The body.</returns>
    public static WireCreate Of(ContainerSpec spec) => new()
    {
        Image = spec.Image,
        Labels = spec.Labels,
        // An empty list would be taken for "not said"; one empty word is how the API spells "none".
        Entrypoint = spec.Entrypoint is { Count: 0 } ? [""] : spec.Entrypoint,
        Cmd = spec.Command,
        Env = spec.Environment,
        WorkingDir = spec.WorkingDirectory,
        User = spec.User,
        Tty = spec.Terminal,
        OpenStdin = spec.Input,
        StdinOnce = spec.Input && spec.InputOnce,
        AttachStdin = spec.Input,
        AttachStdout = true,
        AttachStderr = true,
        HostConfig = new WireCreateHost
        {
            // Not Binds: "source:target:ro" has no way to write a colon.
            Mounts = [.. spec.Mounts.Select(mount => new WireMount("bind", mount.Source, mount.Target, mount.ReadOnly))],
            Tmpfs = spec.MemoryFolders.Count > 0 ? spec.MemoryFolders : null,
            NanoCpus = spec.Cpus is { } cpus ? (long)Math.Round(cpus * 1e9) : null,
            Memory = spec.Memory,
            // Memory and swap together: the same number leaves no swap. A kernel without a swap limit warns and goes on.
            MemorySwap = spec.Memory,
            PidsLimit = spec.Pids,
            NetworkMode = spec.Network ? null : "none",
            // False must be said: a daemon may have init as its default.
            Init = spec.Init,
            SecurityOpt = spec.NoNewPrivileges ? ["no-new-privileges"] : null,
            CapDrop = spec.DroppedCapabilities.Count > 0 ? spec.DroppedCapabilities : null,
            CapAdd = spec.AddedCapabilities.Count > 0 ? spec.AddedCapabilities : null,
        },
    };
}
