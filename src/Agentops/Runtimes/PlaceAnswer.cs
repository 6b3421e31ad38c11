using Agentops.Runtimes.Engine;

namespace Agentops.Runtimes;

/// <summary>What came of asking one of several places, within a deadline.</summary>
/// <typeparam name="T">The answer.</typeparam>
/// <param name="Value">Null when there is a problem.</param>
/// <param name="Problem">Why there is no answer, without a full stop, and on a second line what to do; null when there is one. Untrusted text.</param>
internal sealed record PlaceAnswer<T>(T? Value, string? Problem)
    where T : class;

/// <summary>Asks a place, and lets no failure of it spoil the view of the others.</summary>
internal static class PlaceAnswer
{
    /// <summary>Connects and asks.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="clock">For the deadline.</param>
    /// <param name="connect">Says hello.</param>
    /// <param name="deadline">Of both together.</param>
    /// <param name="ask">What to ask.</param>
    /// <param name="cancellationToken">Gives up on all places.</param>
    /// <returns>The answer, or the problem.</returns>
    public static async Task<PlaceAnswer<T>> Of<T>(
        TimeProvider clock,
        Func<CancellationToken, Task<IContainerRuntime>> connect,
        TimeSpan deadline,
        Func<IContainerRuntime, CancellationToken, Task<T>> ask,
        CancellationToken cancellationToken)
        where T : class
    {
        using var late = new CancellationTokenSource(deadline, clock);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await using var runtime = await connect(enough.Token);
            return new(await ask(runtime, enough.Token), null);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new(null, $"{EngineFault.Late(deadline).Reason}\n{EngineAdvice.NoAnswer}");
        }
        catch (AgentopsException failure)
        {
            return new(null, failure.Message);
        }
    }
}
