using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Runtimes.Engine;

namespace Agentops.Diagnosing;

/// <summary>Takes <see cref="DoctorFacts"/>: all at once, each runtime with a deadline of its own. Nothing is written.</summary>
/// <param name="world">The world.</param>
/// <param name="deadline">How long each runtime may take to answer and to tell of itself.</param>
internal sealed class DoctorTaking(World world, TimeSpan deadline)
{
    /// <summary>The deadline where the user names no other time.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>Looks at everything.</summary>
    /// <param name="world">The world.</param>
    /// <param name="request">Which runtime is wanted.</param>
    /// <param name="deadline">How long each runtime may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="UsageException">The request makes no sense, or what the environment says instead.</exception>
    public static Task<DoctorFacts> Take(World world, RuntimeRequest request, TimeSpan deadline, CancellationToken cancellationToken) =>
        new DoctorTaking(world, deadline).Take(request, cancellationToken);

    private async Task<DoctorFacts> Take(RuntimeRequest request, CancellationToken cancellationToken)
    {
        var config = LookAtConfig();
        var choiceTask = Choose(request, config, cancellationToken);
        var placesTask = Task.WhenAll(world.FindPlaces().Select(place => LookAt(place, cancellationToken)));
        var state = await Task.Run(LookAtState, cancellationToken);
        var choice = await choiceTask;
        var places = await placesTask;
        cancellationToken.ThrowIfCancellationRequested();

        var key = choice.Runtime is { } runtime ? KeyOf(runtime.Endpoint) : null;
        var seen = places.Select(place => place with { IsChosen = key is not null && place.Place.Endpoint is { } endpoint && KeyOf(endpoint) == key }).ToList();
        var hasPodman = seen.Any(place => place.Identity?.Name == "podman" || place.Place.Name.StartsWith("podman", StringComparison.Ordinal));
        return new DoctorFacts(seen, choice with { Place = seen.Find(place => place.IsChosen)?.Place.Name }, state, config)
        {
            PodmanStart = hasPodman ? null : PodmanStart.Find(world.Surroundings),
        };
    }

    private static string KeyOf(string endpoint) => Places.KeyOf(endpoint, Places.Target);

    private async Task<PlaceFacts> LookAt(Place place, CancellationToken cancellationToken)
    {
        var (seen, problem) = await PlaceAnswer.Of(world.Clock, place.Connect, deadline, (runtime, token) => Describe(place, runtime, token), cancellationToken);
        return seen ?? new PlaceFacts(place, null, null, problem);
    }

    private async Task<PlaceFacts> Describe(Place place, IContainerRuntime runtime, CancellationToken enough)
    {
        var answers = new PlaceFacts(place, runtime.Identity, null, null);
        try
        {
            var facts = await runtime.Describe(enough);
            // A folder of that name may be here, too, while the engine is in a virtual machine.
            var isHere = facts.HostName is not null && facts.HostName == world.Surroundings.HostName;
            return answers with { Facts = facts, Free = isHere && facts.DataRoot is { } root ? world.FreeSpace(root) : null };
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            return answers with { Problem = $"{EngineFault.Late(deadline).Reason}\n{EngineAdvice.NoAnswer}" };
        }
        catch (AgentopsException failure)
        {
            return answers with { Problem = failure.Message, IsRefused = failure is RuntimeRefusalException };
        }
    }

    private async Task<ChoiceFacts> Choose(RuntimeRequest request, ConfigFacts config, CancellationToken cancellationToken)
    {
        if (config.Problem is not null)
        {
            return new ChoiceFacts("not known while config.yaml has a mistake", null, null, null);
        }

        var why = ChoiceText.Describe(RuntimeFinder.Choose(world.Surroundings, request));
        var (runtime, problem) = await PlaceAnswer.Of(
            world.Clock, token => world.ConnectRuntime(request, token), deadline, (runtime, _) => Task.FromResult(runtime.Identity), cancellationToken);
        return new ChoiceFacts(why, runtime, null, problem);
    }

    private ConfigFacts LookAtConfig()
    {
        var folder = world.Runs.StateFolder;
        var path = Path.Combine(folder, Configuration.Name);
        var isThere = FileStatus.Of(path, followLink: false) is not null;
        try
        {
            var read = Configuration.Read(folder);
            return new ConfigFacts(path, isThere, read.Runtime, read.Context);
        }
        catch (UsageException mistake)
        {
            return new ConfigFacts(path, isThere, Problem: mistake.Message);
        }
    }

    private StateFacts LookAtState()
    {
        var path = world.Runs.StateFolder;
        var status = FileStatus.Of(path, followLink: true);
        var parent = Path.GetDirectoryName(path) ?? path;
        var facts = new StateFacts(path, status, PrivateFile.MayWrite(status is null ? parent : path), world.FreeSpace(status is null ? parent : path))
        {
            User = world.Surroundings.UserId,
            HasParent = status is not null || Directory.Exists(parent),
        };
        try
        {
            var entries = world.Runs.ReadAll();
            return facts with { Records = entries.Count(entry => entry.Record is not null), Unreadable = [.. entries.Select(entry => entry.Fault).OfType<string>()] };
        }
        catch (AgentopsException unreadable)
        {
            return facts with { RecordsFault = unreadable.Message };
        }
    }
}
