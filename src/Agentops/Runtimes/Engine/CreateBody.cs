using Agentops.Containers;

namespace Agentops.Runtimes.Engine;

/// <summary>A container to create, in the engine's words.</summary>
internal static class CreateBody
{
    // Podman makes a line of CSV of each mount, and cannot read one with these in it.
    private static readonly System.Buffers.SearchValues<char> NotInCsv = System.Buffers.SearchValues.Create(",\"\r\n");

    /// <summary>Puts a specification into the body of <c>POST /containers/create</c>, for Podman.</summary>
    /// <param name="spec">What to create.</param>
    /// <param name="keepId">The user is whom Podman runs as, so that what it makes in a mounted folder is that user's; for a Podman without root.</param>
    /// <returns>The body.</returns>
    /// <exception cref="RuntimeRefusalException">Podman has no way to say one of its mounts.</exception>
    public static WireCreate ForPodman(ContainerSpec spec, bool keepId)
    {
        var body = Of(spec);
        var ids = spec.User?.Split(':');
        return body with
        {
            HostConfig = body.HostConfig with
            {
                UsernsMode = keepId && ids is [var user, var group] ? $"keep-id:uid={user},gid={group}" : null,
                Mounts = [.. spec.Mounts.Where(mount => !IsBind(mount)).Select(Mount)],
                Binds = spec.Mounts.Any(IsBind) ? [.. spec.Mounts.Where(IsBind).Select(Bind)] : null,
                Tmpfs = spec.MemoryFolders.Count > 0 ? spec.MemoryFolders.ToDictionary(folder => folder.Key, folder => WithoutOwner(folder.Value)) : null,
            },
        };
    }

    /// <summary>Puts a specification into the body of <c>POST /containers/create</c>, for Docker.</summary>
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
            Mounts = [.. spec.Mounts.Select(Mount)],
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

    private static WireMount Mount(Mount mount) => new("bind", mount.Source, mount.Target, mount.ReadOnly);

    private static bool IsBind(Mount mount) => mount.Source.AsSpan().ContainsAny(NotInCsv) || mount.Target.AsSpan().ContainsAny(NotInCsv);

    private static string Bind(Mount mount) => (mount.Source + mount.Target).Contains(':', StringComparison.Ordinal)
        ? throw new RuntimeRefusalException(RuntimeRefusal.Other, $"Podman cannot mount {mount.Source} at {mount.Target}: of a colon on the one hand and a comma or a quotation mark on the other, paths may hold one kind. Rename the folder, or mount the one above it.")
        : $"{mount.Source}:{mount.Target}{(mount.ReadOnly ? ":ro" : "")}";

    // Podman's folders of memory are root's: writable for all in the container, then, as /tmp is. size=64k,mode=0700,uid=1000,gid=1000
    private static string WithoutOwner(string options)
    {
        var all = options.Split(',');
        var kept = all.Where(option => !option.StartsWith("uid=", StringComparison.Ordinal) && !option.StartsWith("gid=", StringComparison.Ordinal)).ToList();
        return string.Join(',', kept.Count == all.Length ? kept : kept.Select(option => option.StartsWith("mode=", StringComparison.Ordinal) ? "mode=1777" : option));
    }
}
