using System.Globalization;
using Agentops.Recipes;
using Agentops.Terminal;

namespace Agentops;

/// <summary>What <c>config.yaml</c> in the state folder sets for all commands; see <c>docs/config.md</c>.</summary>
/// <param name="Runtime"><c>docker</c>, <c>podman</c> or <c>apple</c>; null for the one that is found.</param>
/// <param name="Context">A context of Docker's; null for the current one.</param>
/// <param name="Clean">What <c>agent clean</c> keeps.</param>
public sealed record Configuration(string? Runtime, string? Context, CleanSettings Clean)
{
    /// <summary>The file's name in the state folder.</summary>
    public const string Name = "config.yaml";

    private static readonly string[] Runtimes = ["docker", "podman", "apple"];
    private static readonly string[] Keys = ["runtime", "context", "clean"];
    private static readonly string[] CleanKeys = ["keepImagesUsedWithin", "keepLast", "pin"];

    /// <summary>What holds where nothing is set.</summary>
    public static Configuration Default { get; } = new(null, null, new CleanSettings(null, null, []));

    /// <summary>All keys there are, by the path of what they are in; the schema has the same.</summary>
    internal static IReadOnlyDictionary<string, string[]> KnownKeys { get; } = new Dictionary<string, string[]>
    {
        [""] = Keys,
        ["clean"] = CleanKeys,
    };

    /// <summary>Reads the file.</summary>
    /// <param name="stateFolder">Absolute; need not be there.</param>
    /// <returns>Defaults when there is no file.</returns>
    /// <exception cref="UsageException">Something is wrong in it, or it cannot be read: who pinned an image there would not want it overlooked.</exception>
    public static Configuration Read(string stateFolder)
    {
        var path = Path.Combine(stateFolder, Name);
        if (FileStatus.Of(path, followLink: false) is not null)
        {
            return Parse(RecipeText.Read(path, Name));
        }

        var misnamed = Path.ChangeExtension(path, ".yml");
        return FileStatus.Of(misnamed, followLink: false) is null
            ? Default
            : throw new UsageException($"There is a config.yml in {stateFolder}, which nothing reads. Rename it: mv '{misnamed}' '{path}'");
    }

    /// <summary>Reads the file's text.</summary>
    /// <param name="text">YAML.</param>
    /// <returns>Defaults for what is not set.</returns>
    /// <exception cref="UsageException">Something is wrong in it; says where.</exception>
    internal static Configuration Parse(string text)
    {
        if (YamlText.Parse(text, Name) is not { } node)
        {
            return Default;
        }

        var fields = new Field(Name, "", node).Map("keys and values such as 'runtime: docker'", Keys);
        var (runtime, context) = (fields.GetValueOrDefault("runtime"), fields.GetValueOrDefault("context"));
        return new Configuration(
            runtime is null ? null : ParseRuntime(runtime),
            context is null ? null : ParseContext(context, runtime),
            fields.TryGetValue("clean", out var clean) ? ParseClean(clean) : Default.Clean);
    }

    private static string ParseContext(Field field, Field? runtime) => runtime is not null && ParseRuntime(runtime) is var name and not "docker"
        ? throw field.Expected($"none, as a context is Docker's and the runtime is {name}")
        : field.Text("the name of a Docker context such as colima");

    private static string ParseRuntime(Field field)
    {
        var text = field.Text("docker, podman or apple");
        return Runtimes.Contains(text) ? text : throw field.Expected("docker, podman or apple");
    }

    private static CleanSettings ParseClean(Field field)
    {
        var fields = field.Map("keys and values such as 'keepLast: 3'", CleanKeys);
        return new CleanSettings(
            fields.TryGetValue("keepImagesUsedWithin", out var within) ? Duration.Parse(within.Text("a time such as 48h"), within.Where) : null,
            fields.TryGetValue("keepLast", out var last) ? ParseCount(last) : null,
            fields.TryGetValue("pin", out var pin) ? [.. pin.List("a list of agents such as [my-agent]").Select(AgentName.Parse).Select(name => name.Text).Distinct()] : []);
    }

    private static int ParseCount(Field field)
    {
        const string What = "a number of runs such as 3";
        return int.TryParse(field.Text(What), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : throw field.Expected(What);
    }
}

/// <summary>What <c>agent clean</c> keeps though nothing uses it.</summary>
/// <param name="KeepImagesUsedWithin">Images of agents that ran in so long a time; null for no such rule.</param>
/// <param name="KeepLast">So many runs of each agent; null for no such rule.</param>
/// <param name="Pin">Agents whose images stay. No name is in it twice.</param>
public sealed record CleanSettings(TimeSpan? KeepImagesUsedWithin, int? KeepLast, IReadOnlyList<string> Pin);
