using System.Text.RegularExpressions;
using Agentops.Containers;

namespace Agentops.Recipes;

/// <summary>Reads as much of a <c>devcontainer.json</c> as an agent can use; what it leaves out, it says in the recipe's notes.</summary>
/// <remarks>The format: https://containers.dev/implementors/json_reference/</remarks>
public static partial class DevcontainerFile
{
    /// <summary>Where it may be in a workspace, in this order.</summary>
    public static IReadOnlyList<string> Names { get; } = [".devcontainer/devcontainer.json", ".devcontainer.json"];

    // What would change the image or the run. Settings of editors and forwarded ports mean nothing to an agent and are passed over in silence.
    private static readonly (string Key, string Instead)[] Ignored =
    [
        ("features", "install what they bring with packages and setup in an agent.yaml"),
        ("onCreateCommand", "use setup in an agent.yaml"),
        ("updateContentCommand", "use setup in an agent.yaml"),
        ("postCreateCommand", "use setup in an agent.yaml"),
        ("postStartCommand", "use command in an agent.yaml"),
        ("postAttachCommand", "use command in an agent.yaml"),
        ("runArgs", "use mounts, resources and security in an agent.yaml"),
        ("privileged", "use security.capabilities in an agent.yaml"),
        ("securityOpt", "use security in an agent.yaml"),
        ("workspaceMount", "the workspace is at /workspace"),
        ("workspaceFolder", "the workspace is at /workspace"),
    ];

    /// <summary>Reads the text of a <c>devcontainer.json</c>.</summary>
    /// <param name="text">The file's text: JSON with comments.</param>
    /// <param name="file">Which of <see cref="Names"/> it is.</param>
    /// <param name="surroundings">For <c>${localEnv:NAME}</c>.</param>
    /// <param name="workspace">The workspace, absolute.</param>
    /// <param name="agent">The name from the command line, or null: the folder's.</param>
    /// <returns>The recipe.</returns>
    /// <exception cref="UsageException">Something is wrong in it; says where.</exception>
    public static Recipe Parse(string text, string file, Surroundings surroundings, string workspace, AgentName? agent)
    {
        var root = new Field(file, "", JsonText.Parse(text, file));
        var fields = root.Map("an object such as { \"image\": \"node:22\" }");
        var notes = Ignored.Where(ignored => fields.ContainsKey(ignored.Key)).Select(ignored => $"{file}: {ignored.Key} is ignored; {ignored.Instead}").ToList();
        var folder = Path.GetDirectoryName(Path.Combine(workspace, file))!;
        string Expand(Field field) => Substitute(field, surroundings, workspace);
        return new(agent ?? AgentName.Parse(AgentName.Suggest(Path.GetFileName(Path.TrimEndingDirectorySeparator(workspace)))), file, ParseFoundation(root, fields, folder, Expand))
        {
            Environment = ParseEnvironment(fields, Expand, notes),
            Mounts = fields.TryGetValue("mounts", out var mounts) ? ParseMounts(mounts, workspace, Expand, notes) : [],
            Security = new()
            {
                Capabilities = fields.GetValueOrDefault("capAdd")?.List("a list of capabilities").Select(item => Capability.Parse(item.Text("a capability"), item.Where)).ToList(),
            },
            Notes = notes,
        };
    }

    private static Foundation ParseFoundation(Field root, IReadOnlyDictionary<string, Field> fields, string folder, Func<Field, string> expand)
    {
        var build = fields.GetValueOrDefault("build")?.Map("an object such as { \"dockerfile\": \"Dockerfile\" }");
        // "dockerFile" and "context" at the top are the older way to write it.
        var dockerfile = build?.GetValueOrDefault("dockerfile") ?? fields.GetValueOrDefault("dockerFile");
        if (dockerfile is not null)
        {
            var path = Path.GetFullPath(Expanded(dockerfile, expand, "the path of a Dockerfile"), folder);
            var contextField = build?.GetValueOrDefault("context") ?? fields.GetValueOrDefault("context");
            var context = contextField is null ? Path.GetDirectoryName(path)! : Path.GetFullPath(Expanded(contextField, expand, "the path of a folder"), folder);
            return !File.Exists(path) ? throw dockerfile.Fault($"there is no file {path}")
                : !Directory.Exists(context) ? throw contextField!.Fault($"there is no folder {context}")
                : new Foundation.OnDockerfile(
                    path,
                    context,
                    build?.GetValueOrDefault("args")?.Map("build arguments").ToDictionary(pair => EnvironmentText.CheckName(pair.Key, pair.Value.Where), pair => expand(pair.Value)) ?? [],
                    build?.GetValueOrDefault("target")?.Text("the name of a stage"));
        }

        return fields.GetValueOrDefault("image") is { } image
            ? new Foundation.OnImage(ImageReference.Check(Expanded(image, expand, "an image such as node:22"), image.Where))
            : fields.GetValueOrDefault("dockerComposeFile") is { } compose
                ? throw compose.Fault($"Docker Compose is not run for an agent. Write an {AgentFile.Name} beside it, which goes before it:\n\n{AgentFile.Minimal}")
                : throw root.Fault($"there is neither 'image' nor 'build' in it. Add one, or write an {AgentFile.Name}, which goes before it:\n\n{AgentFile.Minimal}");
    }

    private static string Expanded(Field field, Func<Field, string> expand, string what)
    {
        field.Text(what);
        return expand(field);
    }

    private static Dictionary<string, string> ParseEnvironment(IReadOnlyDictionary<string, Field> fields, Func<Field, string> expand, List<string> notes)
    {
        var environment = new Dictionary<string, string>();
        foreach (var field in new[] { fields.GetValueOrDefault("containerEnv"), fields.GetValueOrDefault("remoteEnv") }.OfType<Field>())
        {
            foreach (var (name, value) in field.Map("variables").Where(pair => pair.Value.Node.Kind != NodeKind.Nothing))
            {
                // ${containerEnv:PATH} is known only inside the container.
                if (value.AnyText("a value").Contains("${containerEnv:", StringComparison.Ordinal))
                {
                    notes.Add($"{value.Where} is ignored; it refers to the container's own environment");
                    continue;
                }

                environment[EnvironmentText.CheckName(name, value.Where)] = expand(value);
            }
        }

        return environment;
    }

    private static List<Mount> ParseMounts(Field field, string workspace, Func<Field, string> expand, List<string> notes)
    {
        var mounts = new List<Mount>();
        foreach (var item in field.List("a list of mounts"))
        {
            var options = item.Node.Kind == NodeKind.Map
                ? item.Map("a mount").ToDictionary(pair => pair.Key, pair => expand(pair.Value))
                : expand(item).Split(',').Select(option => option.Split('=', 2)).GroupBy(parts => parts[0].Trim()).ToDictionary(group => group.Key, group => group.Last().ElementAtOrDefault(1) ?? "true");
            var source = options.GetValueOrDefault("source") ?? options.GetValueOrDefault("src");
            var target = options.GetValueOrDefault("target") ?? options.GetValueOrDefault("dst") ?? options.GetValueOrDefault("destination");
            if (options.GetValueOrDefault("type", "volume") != "bind" || source is null || target is null)
            {
                notes.Add($"{item.Where} is ignored; only mounts of type bind are made");
                continue;
            }

            var readOnly = options.GetValueOrDefault("readonly") ?? options.GetValueOrDefault("ro");
            mounts.Add(MountText.Of(source, target, readOnly is not null and not "false" and not "0", workspace, workspace, item.Where));
        }

        return mounts;
    }

    // https://containers.dev/implementors/json_reference/#variables-in-devcontainerjson
    private static string Substitute(Field field, Surroundings surroundings, string workspace) =>
        Variable().Replace(field.AnyText("text"), match => match.Groups["name"].Value switch
        {
            "localWorkspaceFolder" => workspace,
            "localWorkspaceFolderBasename" => Path.GetFileName(Path.TrimEndingDirectorySeparator(workspace)),
            "containerWorkspaceFolder" => MountText.Workspace,
            "containerWorkspaceFolderBasename" => Path.GetFileName(MountText.Workspace),
            "localEnv" or "env" => surroundings.Variable(match.Groups["of"].Value) ?? match.Groups["otherwise"].Value,
            _ => throw field.Fault($"'{match.Value}' is not known here"),
        });

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z]+)(:(?<of>[A-Za-z0-9_]+))?(:(?<otherwise>[^}]*))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
