using Agentops.Runtimes;
using Agentops.Tests.Fakes;

namespace Agentops.Tests.Runtimes;

/// <summary>One place of several is asked: whatever it does, the others are shown.</summary>
public sealed class PlaceAnswerSpecs
{
    private readonly StoppedClock clock = new() { HasTimers = false };

    [Fact]
    public async Task An_answer_in_time_is_the_answer() =>
        Assert.Equal(new PlaceAnswer<string>("docker", null), await Ask(_ => Task.FromResult<IContainerRuntime>(new FakeRuntime(clock))));

    [Fact]
    public async Task One_that_hangs_when_it_is_greeted_is_given_up_at_the_deadline() =>
        Assert.Equal("no answer within 1.2 s\nIs the engine overloaded? AGENTOPS_TIMEOUT=60 waits longer.", (await Ask(Hang)).Problem);

    [Fact]
    public async Task One_that_hangs_later_is_too()
    {
        var answer = await PlaceAnswer.Of<string>(
            clock, _ => Task.FromResult<IContainerRuntime>(new FakeRuntime(clock)), TimeSpan.FromSeconds(3), async (_, token) => (await Hang(token)).Identity.Name, TestContext.Current.CancellationToken);

        Assert.StartsWith("no answer within 3 s\n", answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_told_and_not_thrown() =>
        Assert.Equal(new PlaceAnswer<string>(null, "nobody listens"), await Ask(_ => throw new RuntimeUnavailableException("nobody listens")));

    [Fact]
    public async Task A_user_who_gives_up_gives_up_on_all()
    {
        using var user = new CancellationTokenSource();
        var asked = PlaceAnswer.Of(clock, async token => await HangQuietly(token), TimeSpan.FromSeconds(1), (runtime, _) => Task.FromResult(runtime.Identity.Name), user.Token);
        await user.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    private Task<PlaceAnswer<string>> Ask(Func<CancellationToken, Task<IContainerRuntime>> connect) =>
        PlaceAnswer.Of(clock, connect, TimeSpan.FromSeconds(1.2), (runtime, _) => Task.FromResult(runtime.Identity.Name), TestContext.Current.CancellationToken);

    private async Task<IContainerRuntime> Hang(CancellationToken token)
    {
        var hanging = HangQuietly(token);
        clock.TimeIsUp();
        return await hanging;
    }

    private static async Task<IContainerRuntime> HangQuietly(CancellationToken token)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
        throw new InvalidOperationException("It goes on for ever.");
    }
}
