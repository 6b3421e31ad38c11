using Agentops.Runtimes;

namespace Agentops.RuntimeTests;

public sealed class DockerSpecs : RuntimeContract
{
    protected override Task<IContainerRuntime> Connect() => TestEngine.Connect();
}

public sealed class DockerBuildKitSpecs : BuildContract
{
    protected override Task<IContainerRuntime> Connect() => TestEngine.Connect();
}

public sealed class DockerClassicBuilderSpecs : BuildContract
{
    protected override Task<IContainerRuntime> Connect() => TestEngine.Connect(("DOCKER_BUILDKIT", "0"));
}
