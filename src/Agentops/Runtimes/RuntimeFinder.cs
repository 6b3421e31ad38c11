using System.Globalization;
using Agentops.Runtimes.Apple;
using Agentops.Runtimes.Engine;

namespace Agentops.Runtimes;

/// <summary>Finds the runtime to use: the first that answers where <see cref="RuntimeChoice"/> says to look.</summary>
public static class RuntimeFinder
{
    // Services that hang are not worth the wait where there may be an engine.
    private static readonly TimeSpan LookingAround = TimeSpan.FromSeconds(5);

    /// <summary>Finds a runtime and says hello. One connection and one request when the first socket answers.</summary>
    /// <param name="surroundings">Environment and home: all that <see cref="RuntimeHints"/> knows, <c>DOCKER_TLS_VERIFY</c>, <c>DOCKER_CERT_PATH</c>, <c>DOCKER_BUILDKIT</c>, <c>AGENTOPS_TIMEOUT</c> (seconds).</param>
    /// <param name="request">Which one is wanted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A runtime that answered, to be disposed of.</returns>
    /// <exception cref="RuntimeUnavailableException">None answers, or what is named is not there.</exception>
    /// <exception cref="UsageException">What was said makes no sense, such as a runtime of a name that there is none of.</exception>
    public static async Task<IContainerRuntime> Connect(Surroundings surroundings, RuntimeRequest request, CancellationToken cancellationToken)
    {
        var patience = Patience(surroundings);
        var choice = Choose(surroundings, request);
        if (choice is RuntimeChoice.Apple)
        {
            return await ConnectToApple(surroundings, patience, null, cancellationToken);
        }

        var found = "";
        if (choice is RuntimeChoice.AppleFirst(var otherwise))
        {
            try
            {
                return await ConnectToApple(surroundings, patience, LookingAround, cancellationToken);
            }
            catch (RuntimeUnavailableException)
            {
                // Its services do not run: there may be an engine all the same.
                (choice, found) = (otherwise, "\nApple's container is installed; its services start with: container system start");
            }
        }

        var candidates = EndpointCandidates.For(surroundings, choice);
        var tried = new List<FailedEndpoint>();
        foreach (var endpoint in candidates.Endpoints)
        {
            var connection = new EngineConnection(endpoint, patience);
            var (greeting, fault) = await Greet(connection, cancellationToken);
            if (greeting is not null && (choice.Kind is null || choice.Kind == (greeting.IsPodman ? "podman" : "docker")))
            {
                return new EngineRuntime(connection, greeting, surroundings.Variable("DOCKER_BUILDKIT") is "0");
            }

            await connection.DisposeAsync();
            tried.Add(new FailedEndpoint(endpoint, fault ?? new EngineFault(EngineFaultKind.NotAnEngine, $"it is not {choice.Kind}")));
        }

        throw new RuntimeUnavailableException(FailedEndpoint.Describe(tried, candidates.Origin, PodmanStart.Find(surroundings)) + found)
        {
            IsGone = tried.All(failed => failed.Fault.Kind is EngineFaultKind.Missing or EngineFaultKind.NobodyListens),
        };
    }

    /// <summary>Decides where to look, without looking.</summary>
    /// <param name="surroundings">As for <see cref="Connect"/>.</param>
    /// <param name="request">Which one is wanted.</param>
    /// <returns>The choice.</returns>
    /// <exception cref="UsageException">What was said makes no sense.</exception>
    internal static RuntimeChoice Choose(Surroundings surroundings, RuntimeRequest request) => request.Place is { } place
        ? RuntimeChoice.Of(place, place.Context is null ? null : DockerContext.All(surroundings).FirstOrDefault(context => context.Name == place.Context))
        : RuntimeChoice.Of(RuntimeHints.Of(surroundings, request));

    /// <summary>Ways to other runtimes: sockets in the usual places, or named by a variable, that are there and are not the one in use.</summary>
    /// <param name="surroundings">Environment and home.</param>
    /// <param name="chosen">The one in use.</param>
    /// <returns>Each connects when called, or throws <see cref="RuntimeUnavailableException"/>.</returns>
    public static IReadOnlyList<Func<CancellationToken, Task<IContainerRuntime>>> Others(Surroundings surroundings, RuntimeIdentity chosen)
    {
        var patience = Patience(surroundings);
        var inUse = Places.Target(chosen.Endpoint.Replace("unix://", "", StringComparison.Ordinal));
        var hasApple = surroundings.IsAppleSilicon && chosen.Name != "apple" && AppleCommandLine.Find(surroundings) is not null;
        return [.. hasApple ? [cancellationToken => ConnectToApple(surroundings, patience, LookingAround, cancellationToken)] : Array.Empty<Func<CancellationToken, Task<IContainerRuntime>>>(), .. EndpointCandidates.AllSockets(surroundings)
            .Where(endpoint => File.Exists(endpoint.SocketPath))
            .DistinctBy(endpoint => Places.Target(endpoint.SocketPath!))
            .Where(endpoint => Places.Target(endpoint.SocketPath!) != inUse)
            .Select(endpoint => (Func<CancellationToken, Task<IContainerRuntime>>)(cancellationToken => ConnectTo(endpoint, patience, surroundings, cancellationToken)))];
    }

    private static async Task<IContainerRuntime> ConnectTo(EngineEndpoint endpoint, TimeSpan? patience, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var connection = new EngineConnection(endpoint, patience);
        var (greeting, fault) = await Greet(connection, cancellationToken);
        if (greeting is not null)
        {
            return new EngineRuntime(connection, greeting, surroundings.Variable("DOCKER_BUILDKIT") is "0");
        }

        await connection.DisposeAsync();
        throw new RuntimeUnavailableException(FailedEndpoint.Describe([new FailedEndpoint(endpoint, fault!)], null));
    }

    private static async Task<(EngineGreeting? Greeting, EngineFault? Fault)> Greet(EngineConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Greet(cancellationToken);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says hello to Apple's <c>container</c>.</summary>
    /// <param name="surroundings">Environment and home.</param>
    /// <param name="patience">How long a look may take; null for as long as it takes by itself.</param>
    /// <param name="forGreeting">How long the greeting may take where nothing else is said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>To be disposed of.</returns>
    /// <exception cref="RuntimeUnavailableException">It is not installed, or its services do not run.</exception>
    internal static async Task<IContainerRuntime> ConnectToApple(Surroundings surroundings, TimeSpan? patience, TimeSpan? forGreeting, CancellationToken cancellationToken)
    {
        var program = AppleCommandLine.Find(surroundings)
            ?? throw new RuntimeUnavailableException("Apple's container is not installed: there is no 'container' in PATH.\nInstall it from https://github.com/apple/container/releases, or use --runtime docker or --runtime podman.");
        var release = await AppleGreeting.Take(new AppleCommandLine(program, surroundings, patience ?? forGreeting), cancellationToken);
        return new AppleRuntime(new AppleCommandLine(program, surroundings, patience), release, surroundings, TimeProvider.System);
    }

    /// <summary>How long the user is ready to wait.</summary>
    /// <param name="surroundings"><c>AGENTOPS_TIMEOUT</c>, in seconds.</param>
    /// <returns>Null when it is not said.</returns>
    /// <exception cref="UsageException">It is no number of seconds.</exception>
    internal static TimeSpan? Patience(Surroundings surroundings)
    {
        if (surroundings.Variable("AGENTOPS_TIMEOUT") is not { } text)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"AGENTOPS_TIMEOUT is '{text}': it takes seconds, such as 60.");
    }
}
