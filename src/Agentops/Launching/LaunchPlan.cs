using Agentops.Containers;
using Agentops.Images;
using Agentops.Recipes;
using Agentops.Runs;

namespace Agentops.Launching;

/// <summary>How a run will be made; decided before anything is touched.</summary>
/// <param name="Recipe">What the agent is made of.</param>
/// <param name="Request">What the command line asked for.</param>
/// <param name="Name">The name of the run.</param>
/// <param name="Secrets">Variables handed over at the start; never part of a record, a label or a container's configuration.</param>
internal sealed record LaunchPlan(Recipe Recipe, LaunchRequest Request, string Name, SecretValues Secrets)
{
    // What Docker grants by default and an agent has no use for; kept: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, NET_BIND_SERVICE, SETGID, SETUID.
    private static readonly string[] Dropped = ["AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP", "SETPCAP", "SYS_CHROOT"];
    private static readonly string[] Granted = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"];

    /// <summary>The runtime cannot see our folders, so the run works on a copy of its workspace.</summary>
    public bool CopiesWorkspace { get; init; }

    /// <summary>The command; null for the image's own.</summary>
    public IReadOnlyList<string>? Command => Request.Command ?? Recipe.Command;

    /// <summary>Decides.</summary>
    /// <param name="recipe">What the agent is made of.</param>
    /// <param name="request">What the command line asks for.</param>
    /// <param name="environment">The caller's, for the values of secrets.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="UsageException">A secret has no value, or two mounts share a target.</exception>
    public static LaunchPlan For(Recipe recipe, LaunchRequest request, IReadOnlyDictionary<string, string> environment)
    {
        var secrets = recipe.Secrets.Concat(request.Secrets).GroupBy(secret => secret.Name).Select(same => same.MinBy(secret => secret.Optional)!);
        var plan = new LaunchPlan(recipe, request, request.Name ?? recipe.Agent.Text, SecretValues.From(secrets, environment));
        var twice = plan.Mounts().GroupBy(mount => mount.Target.TrimEnd('/')).FirstOrDefault(same => same.Count() > 1);
        return twice is null ? plan : throw new UsageException($"two mounts share the target {twice.Key}");
    }

    /// <summary>Decides how the workspace gets to where the run will live.</summary>
    /// <param name="runtime">Where that is.</param>
    /// <returns>The plan for it.</returns>
    /// <exception cref="UsageException">Something is to be mounted that the runtime cannot see.</exception>
    public LaunchPlan On(Runtimes.RuntimeIdentity runtime) =>
        !runtime.IsRemote ? this
        : Recipe.Mounts.Concat(Request.Mounts).FirstOrDefault() is { } mount
            ? throw new UsageException(
                $"{mount.Source} cannot be mounted at {mount.Target}: the engine at {runtime.Endpoint} is reached over a network and does not see files of this machine.\n"
                + "Put what the agent needs into the workspace, which is copied, or copy it into the run: agent cp SRC <run>:PATH")
        : this with { CopiesWorkspace = true };

    /// <summary>Says that the run works on a copy, and how to get at what it makes.</summary>
    /// <param name="id">The run.</param>
    /// <param name="runtime">Where it will live.</param>
    /// <param name="workspace">The folder, as the user knows it.</param>
    /// <returns>One sentence.</returns>
    public string DescribeCopy(RunId id, Runtimes.RuntimeIdentity runtime, string workspace) => Request.Remove
        ? $"The engine at {runtime.Endpoint} does not see {workspace}, so the run works on a copy, which --rm removes when it ends; before that: agent cp {id}:{MountText.Workspace} DEST"
        : $"The engine at {runtime.Endpoint} does not see {workspace}, so the run works on a copy; to get at its results: agent cp {id}:{MountText.Workspace} DEST";

    /// <summary>The mounts of this run that would hand it the runtime's own socket, and with it the whole machine.</summary>
    /// <param name="endpoint">Where the runtime answers.</param>
    /// <returns>The first such mount; null for none.</returns>
    public Mount? MountOfSocket(string endpoint)
    {
        const string Unix = "unix://";
        string[] sockets = endpoint.StartsWith(Unix, StringComparison.Ordinal) ? [endpoint[Unix.Length..], "/var/run/docker.sock", "/run/docker.sock"] : ["/var/run/docker.sock", "/run/docker.sock"];
        return Mounts().FirstOrDefault(mount => sockets.Any(socket => socket == mount.Source || socket.StartsWith(mount.Source.TrimEnd('/') + "/", StringComparison.Ordinal)));
    }

    /// <summary>The container of a run.</summary>
    /// <param name="id">The run.</param>
    /// <param name="image">Its image, as it is now.</param>
    /// <param name="installation">The id of the state folder.</param>
    /// <param name="user">The caller as <c>uid:gid</c>; null where there is none.</param>
    /// <returns>What to create.</returns>
    public ContainerSpec Container(RunId id, ImageDetails image, string installation, string? user)
    {
        var command = Command ?? image.Command;
        var security = Recipe.Security;
        var wanted = (security.Capabilities ?? []).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var variables = new Dictionary<string, string>(Recipe.Environment);
        foreach (var (key, value) in Request.Environment)
        {
            variables[key] = value;
        }

        return new ContainerSpec(id.ContainerName, image.Image.Id, LabelsOf(id, installation))
        {
            Entrypoint = Secrets.IsEmpty ? null : SecretValues.Entrypoint,
            Command = Secrets.IsEmpty ? Command : [.. image.Entrypoint, .. command],
            Environment = [.. variables.Select(variable => $"{variable.Key}={variable.Value}")],
            WorkingDirectory = MountText.Workspace,
            User = user,
            Mounts = Mounts(),
            MemoryFolders = Secrets.IsEmpty ? new Dictionary<string, string>() : SecretValues.Folder(user),
            Terminal = Request.Terminal,
            Input = Request.Terminal || !Request.Detach,
            // With a terminal the run outlives it, and whoever attaches next can type again.
            InputOnce = !Request.Terminal,
            Cpus = Request.Cpus ?? Recipe.Cpus,
            Memory = Request.Memory ?? Recipe.Memory,
            Pids = security.Pids,
            Network = Request.Network ?? Recipe.Network,
            Init = security.Init,
            NoNewPrivileges = security.NoNewPrivileges,
            DroppedCapabilities = [.. Dropped.Where(capability => !wanted.Contains(capability))],
            AddedCapabilities = [.. wanted.Where(capability => !Granted.Contains(capability, StringComparer.OrdinalIgnoreCase) && !Dropped.Contains(capability, StringComparer.OrdinalIgnoreCase))],
        };
    }

    /// <summary>The record of a run.</summary>
    /// <param name="id">The run.</param>
    /// <param name="runtime">Where it will live.</param>
    /// <param name="installation">The id of the state folder.</param>
    /// <param name="creator">This process.</param>
    /// <param name="now">UTC.</param>
    /// <returns>What to write before the container exists.</returns>
    public RunRecord Record(RunId id, Runtimes.RuntimeIdentity runtime, string installation, RunCreator creator, DateTimeOffset now) => new(
        RunRecord.CurrentSchema,
        id.ToString(),
        Name,
        Recipe.Agent.Text,
        Request.Workspace,
        Recipe.Agent.ImageTag,
        Command,
        runtime.Name,
        runtime.Endpoint,
        installation,
        now,
        creator,
        Request.Terminal,
        Request.Remove)
    {
        WorkspaceCopied = CopiesWorkspace,
        Context = runtime.Context,
    };

    private IReadOnlyList<Mount> Mounts() => CopiesWorkspace ? [] : [new Mount(Request.Workspace, MountText.Workspace, ReadOnly: false), .. Recipe.Mounts, .. Request.Mounts];

    private Dictionary<string, string> LabelsOf(RunId id, string installation) => new()
    {
        [Labels.Ours] = "true",
        [Labels.Run] = id.ToString(),
        [Labels.Agent] = Recipe.Agent.Text,
        [Labels.Installation] = installation,
        [Labels.Version] = Agent.Version,
    };
}
