using System.CommandLine;
using Agentops.Building;
using Agentops.Images;
using Agentops.Launching;
using Agentops.Recipes;

namespace Agentops.Commands;

/// <summary><c>agent run</c>: an agent at work on a workspace, in a container of its own.</summary>
internal static class RunCommand
{
    private static readonly Argument<string?> First = new("agent") { Description = "The agent's name; default: from agent.yaml, else the folder's name", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string?> Second = new("workspace") { Description = "The folder it works on; default: this one", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string[]> Env = new("--env", "-e") { Description = "Set a variable; without a value it is taken from your environment", HelpName = "KEY[=VALUE]" };
    private static readonly Option<string[]> EnvFile = new("--env-file") { Description = "Set variables from a file of KEY=VALUE lines", HelpName = "file" };
    private static readonly Option<string[]> Secret = new("--secret") { Description = "Hand over a variable of your environment that is kept nowhere", HelpName = "NAME" };
    private static readonly Option<string[]> MountOption = new("--mount") { Description = "Show it another folder or file", HelpName = "SRC:DST[:ro]" };
    private static readonly Option<string?> Cpus = new("--cpus") { Description = "Processors it may use, such as 1.5", HelpName = "N" };
    private static readonly Option<string?> Memory = new("--memory", "-m") { Description = "Memory it may use, such as 4GB", HelpName = "size" };
    private static readonly Option<string?> Name = new("--name") { Description = "The run's name; default: the agent's", HelpName = "name" };
    private static readonly Option<string?> Network = new("--network") { Description = "default or none", HelpName = "network" };
    private static readonly Option<bool> Detach = new("--detach", "-d") { Description = "Do not wait for it; print its id" };
    private static readonly Option<bool> Remove = new("--rm") { Description = "Remove its container when it ends; its output stays" };
    private static readonly Option<bool> Rebuild = new("--rebuild") { Description = "Remove the agent's image and build it anew, without cache" };

    public static Command Create(World world, IReadOnlyList<string>? inner)
    {
        var command = new Command("run", "Run an agent on a workspace: agent run [<agent>] [<workspace>] [-- <command>…]")
        {
            First, Second, Env, EnvFile, Secret, MountOption, Cpus, Memory, Name, Network, Detach, Remove, Rebuild,
        };
        foreach (var several in new[] { Env, EnvFile, Secret, MountOption })
        {
            several.Arity = ArgumentArity.OneOrMore;
            several.AllowMultipleArgumentsPerToken = false;
        }

        command.SetAction((parse, cancellationToken) => Run(world, parse, inner, cancellationToken));
        return command;
    }

    private static async Task<int> Run(World world, ParseResult parse, IReadOnlyList<string>? inner, CancellationToken cancellationToken)
    {
        var (agent, workspace) = Positionals(parse.GetValue(First), parse.GetValue(Second), world.Surroundings);
        var request = Request(world, parse, workspace, inner is [] ? null : inner);
        var recipe = FindRecipe(workspace, agent, request.Command is not null, world.Surroundings);
        MountText.CheckSources([.. recipe.Mounts, .. request.Mounts]);
        var plan = LaunchPlan.For(recipe, request, world.Surroundings.Environment);
        var rendered = RenderedRecipe.Of(recipe, cancellationToken);
        var verbose = parse.GetValue(GlobalOptions.Verbose) || request.Rebuild;

        await using var runtime = await world.ConnectRuntime(parse.RuntimeRequest(), cancellationToken);
        plan = plan.On(runtime.Identity);
        if (!recipe.Security.RuntimeSocket && plan.MountOfSocket(runtime.Identity.Endpoint) is { } socket)
        {
            throw new RefusedException($"Mounting {socket.Source} would hand the agent the container runtime's own socket, and with it this whole machine. If that is meant: security.runtimeSocket: true in agent.yaml.");
        }

        using var use = await ImageUse.Announce(world.Runs, [recipe.Agent.ImageTag, .. rendered.Bases.Select(image => image.Tag)], cancellationToken);
        var image = await new ImageBuilder(world, runtime, recipe, rendered, verbose).Ensure(request.Rebuild, cancellationToken);
        return (await new Launcher(world, runtime, plan).Launch(image, use, cancellationToken)).Value;
    }

    // A first argument that is written like a path is the workspace.
    private static (string? Agent, string Workspace) Positionals(string? first, string? second, Surroundings surroundings)
    {
        var isPath = first is "." or ".." || first?.Contains('/') == true;
        if (isPath && second is not null)
        {
            throw new UsageException(first!.StartsWith('.') || first.StartsWith('/')
                ? $"'{first}' is a workspace already, so '{second}' is one argument too many"
                : $"'{first}' is not a name for an agent: it contains a slash. A valid one: {AgentName.Suggest(first)}");
        }

        var workspace = Path.GetFullPath((isPath ? first : second) ?? ".", surroundings.Folder);
        return (isPath ? null : first, Path.TrimEndingDirectorySeparator(workspace));
    }

    private static Recipe FindRecipe(string workspace, string? agent, bool hasCommand, Surroundings surroundings)
    {
        try
        {
            return RecipeFinder.Find(workspace, agent is null ? null : AgentName.Parse(agent), hasCommand, surroundings);
        }
        catch (UsageException fault) when (agent is not null && Directory.Exists(Path.Combine(surroundings.Folder, agent)))
        {
            throw new UsageException($"'{agent}' is taken for the name of an agent. For the folder: agent run ./{agent}\n{fault.Message}", fault);
        }
    }

    private static LaunchRequest Request(World world, ParseResult parse, string workspace, IReadOnlyList<string>? inner)
    {
        var surroundings = world.Surroundings;
        var fromFiles = (parse.GetValue(EnvFile) ?? []).SelectMany(file => EnvironmentText.ParseFile(RecipeText.Read(Path.GetFullPath(file, surroundings.Folder), file), file, surroundings.Environment));
        var fromOptions = (parse.GetValue(Env) ?? []).Select(text => EnvironmentText.Parse(text, surroundings.Environment, "--env")).OfType<KeyValuePair<string, string>>();
        return new LaunchRequest(workspace)
        {
            Name = RunName(parse.GetValue(Name)),
            Command = inner,
            Environment = [.. fromFiles, .. fromOptions],
            Secrets = [.. (parse.GetValue(Secret) ?? []).Select(name => new Secret(EnvironmentText.CheckName(name, "--secret")))],
            Mounts = [.. (parse.GetValue(MountOption) ?? []).Select(text => MountText.Parse(text, surroundings.Folder, surroundings.Home, "--mount"))],
            Cpus = parse.GetValue(Cpus) is { } cpus ? Limits.ParseCpus(cpus, "--cpus") : null,
            Memory = parse.GetValue(Memory) is { } memory ? Limits.ParseMemory(memory, "--memory") : null,
            Network = parse.GetValue(Network) is { } network ? Limits.ParseNetwork(network, "--network") : null,
            Detach = parse.GetValue(Detach),
            Remove = parse.GetValue(Remove),
            Rebuild = parse.GetValue(Rebuild),
            Terminal = world.Streams.AreInteractive,
        };
    }

    private static string? RunName(string? name) =>
        name is null || (name.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            ? name
            : throw new UsageException($"'{name}' is not a name for a run: it takes 1 to 63 letters, digits, '.', '_' and '-', and starts with a letter or digit. A valid one: {AgentName.Suggest(name)}");
}
