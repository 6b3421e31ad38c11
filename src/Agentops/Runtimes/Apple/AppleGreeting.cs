using System.Text;
using System.Text.Json;

namespace Agentops.Runtimes.Apple;

/// <summary>Says hello to <c>container</c>: which release it is, and whether its services run.</summary>
internal static class AppleGreeting
{
    /// <summary>Asks both at once.</summary>
    /// <param name="commandLine">Runs it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The release.</returns>
    /// <exception cref="RuntimeUnavailableException">It is not Apple's, too old, or its services do not run; says what to do.</exception>
    public static async Task<AppleRelease> Take(AppleCommandLine commandLine, CancellationToken cancellationToken)
    {
        var version = commandLine.Ask(["--version"], commandLine.Patience, cancellationToken);
        var status = commandLine.Ask(["system", "status", "--format", "json"], commandLine.Patience, cancellationToken);
        try
        {
            var release = ReleaseOf(await version, commandLine.Program);
            Check(await status);
            return release;
        }
        finally
        {
            // Its fault is told by the other's, or does not matter any more.
            await Task.WhenAll(version, status).ContinueWith(done => done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>The release.</summary>
    /// <param name="version">The answer to <c>container --version</c>.</param>
    /// <param name="program">Who said it.</param>
    /// <returns>The release.</returns>
    /// <exception cref="RuntimeUnavailableException">It is not Apple's, or too old.</exception>
    public static AppleRelease ReleaseOf(AppleAnswer version, string program) => AppleRelease.Parse(Encoding.UTF8.GetString(version.Out.Span)) switch
    {
        null => throw new RuntimeUnavailableException($"{program} is not Apple's container: it does not tell a version that agent understands.\nInstall Apple's from https://github.com/apple/container/releases, or use --runtime docker or --runtime podman."),
        var release when release.Since(AppleRelease.Oldest.Major, AppleRelease.Oldest.Minor) => release,
        var release => throw new RuntimeUnavailableException($"Apple's container {release.Text} is too old: {AppleRelease.Oldest.Text} is the oldest that works.\nUpdate it: https://github.com/apple/container/releases"),
    };

    /// <summary>Sees to it that its services run.</summary>
    /// <param name="answer">The answer to <c>container system status --format json</c>: on standard output whether they run or not.</param>
    /// <exception cref="RuntimeUnavailableException">They do not.</exception>
    public static void Check(AppleAnswer answer)
    {
        string? word;
        try
        {
            word = JsonSerializer.Deserialize(answer.Out.Span, AppleJson.Default.AppleStatus)?.Status;
        }
        catch (JsonException) when (answer.Status != 0)
        {
            throw AppleRefusal.Of(answer);
        }
        catch (JsonException failure)
        {
            throw new RuntimeUnavailableException($"The answer to '{answer.Command}' is not JSON that agent understands, or was cut short.{(answer.Error.Length > 0 ? $"\nIt said: {AppleRefusal.FirstLine(answer.Error)}" : "")}", failure);
        }

        if (word != "running" || answer.Status != 0)
        {
            throw new RuntimeUnavailableException(word is "not running"
                ? "Apple's container does not answer: its services are there and silent.\nStart them anew: container system stop, then container system start"
                : "Apple's container is installed, and its services do not run.\nStart them: container system start");
        }
    }
}
