using System.Text;
using System.Text.Json;
using Agentops.Building;

namespace Agentops.Recipes;

/// <summary>A recipe as a builder takes it: a Dockerfile and the files it needs.</summary>
/// <param name="Dockerfile">The text of the Dockerfile.</param>
/// <param name="DockerfilePath">Where it is in the context.</param>
/// <param name="Context">The files, the Dockerfile among them.</param>
/// <param name="BaseReferences">The images it is built on, as it names them; those that are only known while it is built are left out.</param>
public sealed record RenderedRecipe(string Dockerfile, string DockerfilePath, BuildContext Context, IReadOnlyList<string> BaseReferences)
{
    /// <summary>Where a run's home folder is.</summary>
    public const string Home = "/home/agent";

    private const UnixFileMode FileMode = (UnixFileMode)0b110_100_100;
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101;

    /// <summary>Build arguments.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

    /// <summary>The stage to stop at, or null for the last.</summary>
    public string? Target { get; init; }

    /// <summary>Those of our own bases that it is built on: they are built first when they are missing.</summary>
    public IEnumerable<BaseImage> Bases => BaseReferences.Select(BaseImage.FromTag).OfType<BaseImage>();

    /// <summary>Renders the image of an agent. Reads files only for a Dockerfile of the user's.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="cancellationToken">Stops looking for files.</param>
    /// <returns>What to build.</returns>
    /// <exception cref="AgentopsException">The Dockerfile, its <c>.dockerignore</c> or its context cannot be read.</exception>
    public static RenderedRecipe Of(Recipe recipe, CancellationToken cancellationToken) => recipe.Foundation switch
    {
        Foundation.OnBase { Image: var image } => Generated(recipe, image.Tag, image.PackageManager, isOurs: true),
        Foundation.OnImage { Reference: var reference } => Generated(recipe, reference, PackageManager.Any, isOurs: false),
        Foundation.OnDockerfile dockerfile => OfDockerfile(dockerfile, cancellationToken),
        _ => throw new InvalidOperationException($"{recipe.Foundation} is no foundation"),
    };

    /// <summary>Renders one of our bases.</summary>
    /// <param name="image">Which.</param>
    /// <returns>What to build.</returns>
    public static RenderedRecipe OfBase(BaseImage image) => WithContext(image.Dockerfile, [], [image.PublicImage]);

    /// <summary>The build of it.</summary>
    /// <param name="tag">The full tag the image gets.</param>
    /// <param name="labels">The labels the image gets.</param>
    /// <param name="useCache">False: every step is done anew.</param>
    /// <returns>For a runtime.</returns>
    public ImageBuild ToBuild(string tag, IReadOnlyDictionary<string, string> labels, bool useCache) =>
        new(tag, DockerfilePath, Context.WriteTar, labels, Arguments, Target, useCache);

    private static RenderedRecipe Generated(Recipe recipe, string from, PackageManager manager, bool isOurs)
    {
        var text = new StringBuilder($"FROM {from}\n");
        if (!isOurs)
        {
            // Steps may install things, whoever the image's user is; a run has the caller's uid anyway. By number: an image without /etc/passwd knows no root.
            text.Append("USER 0:0\n");
        }

        // A folder that any uid may write to, without a shell to make it; steps find the home that a run will have.
        text.Append($"COPY home/ /home/\nENV HOME={Home}\nWORKDIR {MountText.Workspace}\n");
        if (recipe.Packages.Count > 0)
        {
            text.Append($"RUN {PackageText.Install(manager, recipe.Packages)}\n");
        }

        foreach (var step in recipe.Setup)
        {
            text.Append(SetupStep(step)).Append('\n');
        }

        if (recipe.Setup.Count > 0)
        {
            // What root's steps left in the home would be closed to the run: npm's cache is the best known case.
            text.Append($"RUN chmod -R a+rwX {Home}\n");
        }

        ContextEntry[] home =
        [
            new("home", ContextEntryKind.Folder, FolderMode),
            new("home/agent", ContextEntryKind.Folder, (UnixFileMode)0b001_111_111_111),
        ];
        return WithContext(text.ToString(), home, [from]);
    }

    private static RenderedRecipe WithContext(string dockerfile, IReadOnlyList<ContextEntry> entries, IReadOnlyList<string> references) =>
        new(dockerfile, "Dockerfile", new([DockerfileEntry("Dockerfile", dockerfile), .. entries]), references);

    private static ContextEntry DockerfileEntry(string path, string text) => new(path, ContextEntryKind.File, FileMode) { Content = Encoding.UTF8.GetBytes(text) };

    // In one line where that says the same, as it is what a build shows. A Dockerfile's own syntax is in the way of the rest (line ends, a backslash at the end, flags,
    // here-documents, which older builders lack): a JSON list of words has none of it.
    private static string SetupStep(string step)
    {
        var line = step.Trim();
        var isPlain = !line.Contains('\n') && !line.Contains('\r') && !line.Contains("<<", StringComparison.Ordinal)
            && !line.EndsWith('\\') && !line.EndsWith('`') && !line.StartsWith("--", StringComparison.Ordinal) && line[0] is not ('[' or '#');
        // A step ends at its first command that fails, as steps in one line do with &&.
        return isPlain ? $"RUN {line}" : $"RUN [\"/bin/sh\",\"-ec\",\"{JsonEncodedText.Encode(line.ReplaceLineEndings("\n"), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"]";
    }

    private static RenderedRecipe OfDockerfile(Foundation.OnDockerfile foundation, CancellationToken cancellationToken)
    {
        var name = System.IO.Path.GetFileName(foundation.Path);
        var text = RecipeText.Read(foundation.Path, name);
        var stages = DockerfileStages.Of(DockerfileText.Parse(text), foundation.Arguments, foundation.Target);
        var context = BuildContext.Of(foundation.Context, Ignored(foundation), stages.Sources, cancellationToken);
        var path = PathInContext(foundation, context);
        IEnumerable<ContextEntry> others = context.Entries.Where(entry => entry.Path != path);
        return new(text, path, new([DockerfileEntry(path, text), .. others]), stages.Images)
        {
            Arguments = foundation.Arguments,
            Target = foundation.Target,
        };
    }

    // Where the context has it and it is sent, it stays where it is: COPY may want it. Else under a name that nothing in the context has.
    private static string PathInContext(Foundation.OnDockerfile foundation, BuildContext context)
    {
        var relative = System.IO.Path.GetRelativePath(foundation.Context, foundation.Path).Replace('\\', '/');
        if (context.Entries.Any(entry => entry.Path == relative && entry.Kind == ContextEntryKind.File))
        {
            return relative;
        }

        var names = context.Entries.Select(entry => entry.Path).ToHashSet();
        return Enumerable.Range(0, int.MaxValue).Select(number => number == 0 ? ".agentops.Dockerfile" : $".agentops-{number}.Dockerfile").First(name => !names.Contains(name));
    }

    // The Dockerfile's own list goes before the context's: https://docs.docker.com/build/concepts/context/#filename-and-location
    private static IgnoreFile Ignored(Foundation.OnDockerfile foundation)
    {
        var own = foundation.Path + ".dockerignore";
        var shared = System.IO.Path.Combine(foundation.Context, ".dockerignore");
        var path = File.Exists(own) ? own : File.Exists(shared) ? shared : null;
        return path is null ? IgnoreFile.None : IgnoreFile.Parse(RecipeText.Read(path, System.IO.Path.GetFileName(path)), System.IO.Path.GetFileName(path));
    }
}
