using Agentops.Containers;
using Agentops.Status;
using Agentops.Terminal;
using Agentops.Tests.Fakes;

namespace Agentops.Tests.Status;

public sealed class MeasuringSpecs : IAsyncDisposable
{
    private static readonly Dictionary<string, MeasuredContainer> Nothing = [];
    private readonly StoppedClock clock = new() { HasTimers = false };
    private readonly FakeRuntime runtime;

    public MeasuringSpecs()
    {
        runtime = new FakeRuntime(clock);
        runtime.AddImage("image:1");
    }

    public ValueTask DisposeAsync() => runtime.DisposeAsync();

    [Fact]
    public async Task A_size_is_told_with_the_end_of_the_process_and_the_time_before_it_was_asked_for()
    {
        var ended = Container("ended", ContainerState.Exited, layer: 69, volume: 20);
        runtime.Before("MeasureContainer", _ => clock.Now += TimeSpan.FromSeconds(3));

        var measured = await Take();

        Assert.Equal(new MeasuredContainer(Given.Now.AddHours(-1), new ByteSize(69), new ByteSize(20), Given.Now), measured.Sizes[ended]);
        Assert.Empty(measured.InVain);
    }

    [Fact]
    public async Task All_volumes_are_counted_once_and_not_at_all_when_nobody_has_one()
    {
        Container("one", ContainerState.Exited, layer: 1);
        await Take();
        Assert.DoesNotContain("MeasureVolumes", runtime.Calls);

        Container("two", ContainerState.Exited, layer: 1, volume: 20);
        Container("three", ContainerState.Exited, layer: 1, volume: 30);
        await Take();
        Assert.Single(runtime.Calls, "MeasureVolumes");
    }

    [Fact]
    public async Task A_volume_that_another_container_has_too_does_not_go_with_one_of_them()
    {
        var one = Container("one", ContainerState.Exited, layer: 1, volume: 20);
        runtime.ShareVolumes("one", Container("two", ContainerState.Exited, layer: 1));

        Assert.Equal(ByteSize.Zero, (await Take()).Sizes[one].Volumes);
    }

    [Fact]
    public async Task A_volume_or_a_layer_of_unknown_size_is_unknown_and_not_zero()
    {
        var volume = Container("one", ContainerState.Exited, layer: 1, volume: -1);
        var layer = Container("two", ContainerState.Exited, layer: 1, volume: 5);
        runtime.HideOfContainer(layer, size: true);

        var sizes = (await Take()).Sizes;

        Assert.Equal((new ByteSize(1), null), (sizes[volume].Layer, sizes[volume].Volumes));
        Assert.Equal((null, new ByteSize(5)), (sizes[layer].Layer, sizes[layer].Volumes));
    }

    [Fact]
    public async Task What_has_not_run_since_it_was_measured_is_not_measured_again()
    {
        var ended = Container("ended", ContainerState.Exited, layer: 69);
        var before = new MeasuredContainer(Given.Now.AddHours(-1), new ByteSize(5), ByteSize.Zero, Given.Now.AddMinutes(-9));

        var measured = await Take(new() { [ended] = before });

        Assert.Equal(before with { SeenAt = Given.Now }, measured.Sizes[ended]);
        Assert.DoesNotContain(runtime.Calls, call => call.StartsWith("Measure", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ContainerState.Exited)]
    [InlineData(ContainerState.Running)]
    public async Task What_has_run_since_is(ContainerState state)
    {
        var container = Container("again", state, layer: 69);
        var before = new MeasuredContainer(Given.Now.AddHours(-2), new ByteSize(5), ByteSize.Zero, Given.Now.AddMinutes(-90));

        Assert.Equal(new ByteSize(69), (await Take(new() { [container] = before })).Sizes[container].Layer);
    }

    [Fact]
    public async Task What_is_measured_when_the_time_is_up_is_told_and_what_is_not_is_in_neither()
    {
        // Eight at once: the ninth has its turn when the first is done, and then the time is up.
        for (var number = 0; number < 12; number++)
        {
            Container($"slow{number}", ContainerState.Exited, layer: number);
        }

        using var late = new CancellationTokenSource();
        var turn = 0;
        runtime.WhileMeasuring = async token =>
        {
            var mine = Interlocked.Increment(ref turn);
            if (mine == 9)
            {
                await late.CancelAsync();
            }

            await Task.Delay(mine == 1 ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, token);
        };

        var measured = await Take(enough: late.Token);

        Assert.Single(measured.Sizes);
        Assert.Empty(measured.InVain);
    }

    [Fact]
    public async Task Without_a_limit_it_waits_for_all_a_few_at_a_time()
    {
        var (now, most, gate) = (0, 0, new Lock());
        runtime.WhileMeasuring = async token =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++now);
            }

            await Task.Delay(5, token);
            lock (gate)
            {
                now--;
            }
        };
        for (var number = 0; number < 40; number++)
        {
            Container($"slow{number}", ContainerState.Exited, layer: number);
        }

        Assert.Equal(40, (await Take()).Sizes.Count);
        Assert.InRange(most, 2, 8);
    }

    [Fact]
    public async Task What_is_gone_is_no_failure()
    {
        var gone = Container("gone", ContainerState.Exited, layer: 1);
        var listed = await runtime.ListContainers(TestContext.Current.CancellationToken);
        runtime.Vanish(gone);

        var measured = await Measuring.Take(runtime, listed, Nothing, clock, TestContext.Current.CancellationToken);

        Assert.Empty(measured.Sizes);
        Assert.Equal(new Dictionary<string, string?> { [gone] = null }, measured.InVain);
    }

    [Fact]
    public async Task One_refusal_does_not_stop_the_others()
    {
        var refused = Container("refused", ContainerState.Exited, layer: 1);
        var other = Container("other", ContainerState.Exited, layer: 2);
        runtime.Before("MeasureContainer", container =>
        {
            if (container == refused)
            {
                throw new RuntimeRefusalException(RuntimeRefusal.Other, "no such file");
            }
        });

        var measured = await Take();

        Assert.Equal([other], measured.Sizes.Keys);
        Assert.Equal("no such file", measured.InVain[refused]);
    }

    [Fact]
    public async Task When_the_runtime_is_lost_what_was_not_measured_says_so()
    {
        var first = Container("first", ContainerState.Exited, layer: 1);
        for (var number = 0; number < 20; number++)
        {
            Container($"later{number}", ContainerState.Exited, layer: 1);
        }

        runtime.Before("MeasureContainer", container => _ = container == first ? 0 : throw new RuntimeUnavailableException("The connection was lost."));

        var measured = await Take();

        Assert.Equal([first], measured.Sizes.Keys);
        Assert.Equal(20, measured.InVain.Count);
        Assert.All(measured.InVain.Values, why => Assert.Equal("The connection was lost.", why));
    }

    private string Container(string name, ContainerState state, long layer, long? volume = null)
    {
        var id = runtime.AddContainer(new ContainerSpec(name, "image:1", new Dictionary<string, string>()), state, 0, Given.Now.AddHours(-1));
        runtime.Write(id, layer, volume);
        return id;
    }

    private async Task<Measurements> Take(Dictionary<string, MeasuredContainer>? remembered = null, CancellationToken? enough = null) =>
        await Measuring.Take(runtime, await runtime.ListContainers(TestContext.Current.CancellationToken), remembered ?? Nothing, clock, enough ?? TestContext.Current.CancellationToken);
}
