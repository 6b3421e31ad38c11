using Agentops.Runtimes;
using Agentops.Tests.Fakes;

namespace Agentops.RuntimeTests;

public sealed class FakeRuntimeSpecs : RuntimeContract
{
    protected override Task<IContainerRuntime> Connect() => Task.FromResult<IContainerRuntime>(new FakeRuntime());
}

public sealed class FakeRuntimeBuildSpecs : BuildContract
{
    protected override Task<IContainerRuntime> Connect() => Task.FromResult<IContainerRuntime>(new FakeRuntime());
}
