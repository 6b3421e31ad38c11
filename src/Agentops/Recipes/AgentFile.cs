using Agentops.Containers;

namespace Agentops.Recipes;

/// <summary>Reads <c>agent.yaml</c>; what it can say is in <c>docs/agent-yaml.md</c>.</summary>
public static class AgentFile
{
    /// <summary>The file's name in a workspace.</summary>
    public const string Name = "agent.yaml";

    /// <summary>The shortest file that is of use, for messages.</summary>
    public const string Minimal =
        """
        base: node:22
        setup:
          - npm install -g @anthropic-ai/claude-code
        command: [claude]
        """;

    private static readonly string[] Keys = ["name", "base", "image", "dockerfile", "packages", "setup", "command", "env", "secrets", "mounts", "resources", "network", "security"];
    private static readonly string[] DockerfileKeys = ["path", "context", "args", "target"];
    private static readonly string[] SecretKeys = ["name", "optional"];
    private static readonly string[] MountKeys = ["source", "target", "readOnly"];
    private static readonly string[] ResourceKeys = ["cpus", "memory"];
    private static readonly string[] SecurityKeys = ["init", "noNewPrivileges", "capabilities", "pids", "runtimeSocket"];

    /// <summary>All keys there are, by the path of what they are in; the schema has the same.</summary>
    internal static IReadOnlyDictionary<string, string[]> KnownKeys { get; } = new Dictionary<string, string[]>
    {
        [""] = Keys,
        ["dockerfile"] = DockerfileKeys,
        ["secrets"] = SecretKeys,
        ["mounts"] = MountKeys,
        ["resources"] = ResourceKeys,
        ["security"] = SecurityKeys,
    };

    /// <summary>Reads the text of an <c>agent.yaml</c>.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="folder">The folder it is in, absolute: what its paths are relative to.</param>
    /// <param name="home">What <c>~</c> stands for, absolute.</param>
    /// <param name="agent">The name from the command line, which goes before the file's; or null.</param>
    /// <returns>The recipe.</returns>
    /// <exception cref="UsageException">Something is wrong in it; says where.</exception>
    public static Recipe Parse(string text, string folder, string home, AgentName? agent)
    {
        var root = YamlText.Parse(text, Name) is { } node
            ? new Field(Name, "", node)
            : throw new UsageException($"{Name} is empty. A minimal one:\n\n{Minimal}");
        var fields = root.Map("keys and values such as 'base: node:22'", Keys);
        var named = fields.TryGetValue("name", out var name) ? AgentName.Parse(name) : null;
        var foundation = ParseFoundation(fields, root, folder);
        var resources = fields.GetValueOrDefault("resources")?.Map("keys and values such as 'memory: 4GB'", ResourceKeys);
        return new(agent ?? named ?? AgentName.Parse(AgentName.Suggest(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)))), Name, foundation)
        {
            Packages = fields.TryGetValue("packages", out var packages) ? ParsePackages(packages, foundation) : [],
            Setup = fields.TryGetValue("setup", out var setup) ? ParseSetup(setup, foundation) : [],
            Command = fields.TryGetValue("command", out var command) ? ParseCommand(command) : null,
            Environment = fields.TryGetValue("env", out var env) ? ParseEnvironment(env) : new Dictionary<string, string>(),
            Secrets = fields.TryGetValue("secrets", out var secrets) ? ParseSecrets(secrets) : [],
            Mounts = fields.TryGetValue("mounts", out var mounts) ? ParseMounts(mounts, folder, home) : [],
            Cpus = resources?.GetValueOrDefault("cpus") is { } cpus ? Limits.ParseCpus(cpus.Text("a number of processors such as 1.5"), cpus.Where) : null,
            Memory = resources?.GetValueOrDefault("memory") is { } memory ? Limits.ParseMemory(memory.Text("a size such as 4GB"), memory.Where) : null,
            Network = !fields.TryGetValue("network", out var network) || Limits.ParseNetwork(network.Text("default or none"), network.Where),
            Security = fields.TryGetValue("security", out var security) ? ParseSecurity(security) : new(),
            Notes = NameNotes(agent, named),
        };
    }

    private static Foundation ParseFoundation(IReadOnlyDictionary<string, Field> fields, Field root, string folder)
    {
        Field[] given = [.. new[] { "base", "image", "dockerfile" }.Select(key => fields.GetValueOrDefault(key)).OfType<Field>()];
        if (given.Length > 1)
        {
            throw given[1].Fault($"an agent is built on one thing; '{given[0].Path}' is given as well");
        }

        return given switch
        {
            [] => new Foundation.OnBase(BaseImage.Default),
            [{ Path: "base" } field] => new Foundation.OnBase(BaseImage.Parse(field.Text("a base such as node:22"), field.Where)),
            [{ Path: "image" } field] => new Foundation.OnImage(ImageReference.Check(field.Text("an image such as python:3.13"), field.Where)),
            [var field] => ParseDockerfile(field, folder),
            _ => throw root.Fault("an agent is built on one thing"),
        };
    }

    private static Foundation.OnDockerfile ParseDockerfile(Field field, string folder)
    {
        const string What = "the path of a Dockerfile, or a mapping with its path";
        if (field.Node.Kind != NodeKind.Map)
        {
            return new(ExistingFile(field, field.Text(What), folder), folder, new Dictionary<string, string>(), null);
        }

        var fields = field.Map(What, DockerfileKeys);
        var path = fields.GetValueOrDefault("path");
        var context = fields.TryGetValue("context", out var given) ? ExistingFolder(given, folder) : folder;
        return new(
            ExistingFile(path ?? field, path?.Text("the path of a Dockerfile") ?? "Dockerfile", folder),
            context,
            fields.TryGetValue("args", out var arguments) ? ParseArguments(arguments) : new Dictionary<string, string>(),
            fields.GetValueOrDefault("target")?.Text("the name of a stage"));
    }

    private static Dictionary<string, string> ParseArguments(Field field) =>
        field.Map("build arguments such as 'VERSION: 1.2'").ToDictionary(
            pair => EnvironmentText.CheckName(pair.Key, pair.Value.Where),
            pair => pair.Value.AnyText("a value"));

    private static string ExistingFile(Field field, string path, string folder)
    {
        var full = Path.GetFullPath(path, folder);
        return File.Exists(full) ? full : throw field.Fault($"there is no file '{path}' in {folder}");
    }

    private static string ExistingFolder(Field field, string folder)
    {
        var path = field.Text("the path of a folder");
        var full = Path.GetFullPath(path, folder);
        return Directory.Exists(full) ? full : throw field.Fault($"there is no folder '{path}' in {folder}");
    }

    private static List<string> ParsePackages(Field field, Foundation foundation)
    {
        var packages = field.List("a list of packages such as [git, ripgrep]")
            .Select(item => PackageText.CheckName(item.Text("the name of a package such as ripgrep"), item.Where))
            .ToList();
        return (packages.Count, foundation) switch
        {
            ( > 0, Foundation.OnBase { Image: { PackageManager: PackageManager.None } image }) => throw field.Fault($"the base {image} has no package manager; use base: alpine or base: debian"),
            ( > 0, Foundation.OnDockerfile) => throw field.Fault("a Dockerfile installs its own packages; move them there"),
            _ => packages,
        };
    }

    private static List<string> ParseSetup(Field field, Foundation foundation)
    {
        const string What = "a shell command or a list of them";
        var steps = field.Node.Kind == NodeKind.Scalar ? [field.Text(What)] : field.List(What).Select(item => item.Text("a shell command")).ToList();
        return steps.Count > 0 && foundation is Foundation.OnDockerfile ? throw field.Fault("a Dockerfile has its own steps; move them there") : steps;
    }

    private static IReadOnlyList<string> ParseCommand(Field field)
    {
        const string What = "a command such as [claude, --continue] or a line for the shell";
        if (field.Node.Kind == NodeKind.Scalar)
        {
            return ["/bin/sh", "-c", field.Text(What)];
        }

        var command = field.List(What).Select(item => item.AnyText("a word of the command")).ToList();
        return command is [{ Length: > 0 }, ..] ? command : throw field.Fault("a command has at least one word, the program's name");
    }

    private static Dictionary<string, string> ParseEnvironment(Field field)
    {
        const string What = "variables such as 'NAME: value' or a list of NAME=value";
        var environment = new Dictionary<string, string>();
        if (field.Node.Kind == NodeKind.Map)
        {
            foreach (var (name, value) in field.Map(What))
            {
                environment[EnvironmentText.CheckName(name, value.Where)] = value.Node.Kind == NodeKind.Nothing
                    ? throw value.Fault("expected a value, got nothing (\"\" is the empty one; a value of your own environment goes under secrets)")
                    : value.AnyText("a value");
            }

            return environment;
        }

        foreach (var item in field.List(What))
        {
            var (name, value) = EnvironmentText.Parse(item.Text("a variable such as NAME=value"), new Dictionary<string, string>(), item.Where)
                ?? throw item.Expected("a variable such as NAME=value (a value of your own environment goes under secrets)");
            if (!environment.TryAdd(name, value))
            {
                throw item.Fault($"{name} is given twice");
            }
        }

        return environment;
    }

    private static List<Secret> ParseSecrets(Field field)
    {
        const string What = "the name of a variable such as ANTHROPIC_API_KEY";
        var secrets = new List<Secret>();
        foreach (var item in field.List("a list of variables such as [ANTHROPIC_API_KEY]"))
        {
            var fields = item.Node.Kind == NodeKind.Map ? item.Map(What, SecretKeys) : null;
            var name = fields is null ? item : fields.GetValueOrDefault("name") ?? throw item.Fault("'name' is missing");
            var text = name.Text(What);
            if (text.Contains('=', StringComparison.Ordinal))
            {
                throw new UsageException($"{name.Where}: a secret is the name of a variable, without a value: that comes from your environment and is kept nowhere");
            }

            if (secrets.Any(secret => secret.Name == text))
            {
                throw name.Fault($"{text} is given twice");
            }

            secrets.Add(new(EnvironmentText.CheckName(text, name.Where), fields?.GetValueOrDefault("optional")?.Flag() ?? false));
        }

        return secrets;
    }

    private static List<Mount> ParseMounts(Field field, string folder, string home)
    {
        const string What = "a mount such as ~/.cache:/cache:ro";
        var mounts = new List<Mount>();
        foreach (var item in field.List("a list of mounts such as [~/.cache:/cache:ro]"))
        {
            var mount = item.Node.Kind == NodeKind.Map ? ParseMount(item, What, folder, home) : MountText.Parse(item.Text(What), folder, home, item.Where);
            if (mounts.Any(other => other.Target == mount.Target))
            {
                throw item.Fault($"the target {mount.Target} is given twice");
            }

            mounts.Add(mount);
        }

        return mounts;
    }

    private static Mount ParseMount(Field item, string what, string folder, string home)
    {
        var fields = item.Map(what, MountKeys);
        var source = fields.GetValueOrDefault("source") ?? throw item.Fault("'source' is missing");
        var target = fields.GetValueOrDefault("target") ?? throw item.Fault("'target' is missing");
        var readOnly = fields.GetValueOrDefault("readOnly")?.Flag() ?? false;
        return MountText.Of(source.Text("a path of this machine"), target.Text("an absolute path such as /cache"), readOnly, folder, home, target.Where);
    }

    private static Security ParseSecurity(Field field)
    {
        var fields = field.Map("keys and values such as 'pids: 1000'", SecurityKeys);
        return new(
            fields.GetValueOrDefault("init")?.Flag() ?? true,
            fields.GetValueOrDefault("noNewPrivileges")?.Flag() ?? true,
            fields.GetValueOrDefault("capabilities")?.List("a list of capabilities such as [NET_RAW]")
                .Select(item => Capability.Parse(item.Text("a capability such as NET_RAW"), item.Where)).Distinct().ToList(),
            fields.GetValueOrDefault("pids") is { } pids ? Limits.ParsePids(pids.Text("a number of processes such as 4096, or unlimited"), pids.Where) : new Security().Pids,
            fields.GetValueOrDefault("runtimeSocket")?.Flag() ?? false);
    }

    private static IReadOnlyList<string> NameNotes(AgentName? agent, AgentName? named) =>
        agent is not null && agent != named && BuiltInAgents.Find(agent.Text) is not null
            ? [$"{Name} of the workspace is used, not the built-in agent {agent}"]
            : [];
}
