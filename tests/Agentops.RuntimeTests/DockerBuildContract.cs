using Agentops.Building;
using Agentops.Runtimes;

namespace Agentops.RuntimeTests;

/// <summary>What both of Docker's builders do.</summary>
public abstract class DockerBuildContract(TestEngine engine) : EngineBuildContract(engine)
{
    [Fact]
    public async Task The_reason_for_an_early_refusal_is_told_though_we_were_still_sending()
    {
        var build = BuildOf("agentops/NOT-A-TAG:latest", $"FROM {Base}\n", files: [("large", new byte[60_000_000])]);

        var failure = await Assert.ThrowsAsync<BuildFailedException>(() => Build(build));

        Assert.Contains("must be lowercase", failure.Message, StringComparison.Ordinal);
    }
}

/// <summary>What is built unless the user says otherwise: by BuildKit where it can be had.</summary>
public abstract class BuildKitContract(TestEngine engine) : DockerBuildContract(engine)
{
    [Fact]
    public async Task Stages_are_named_by_BuildKit_only()
    {
        var (_, events) = await Build(BuildOf(NewTag(), $"FROM {Base} AS one\nRUN echo {Guid.NewGuid()} > /one\nFROM {Base}\nCOPY --from=one /one /one\n"));

        Assert.Equal(
            Engine.Has(Limit.NoBuildKit) ? [null] : ["one", "stage-1"],
            events.OfType<BuildEvent.StepStarted>().Select(what => what.Step).Where(step => step.Number == 2).Select(step => step.Stage));
    }
}

/// <summary>What is built with <c>DOCKER_BUILDKIT=0</c>.</summary>
public abstract class ClassicBuilderContract(TestEngine engine) : DockerBuildContract(engine)
{
    protected override Task<IContainerRuntime> Connect() => Engine.ConnectWithClassicBuilder();
}
