namespace Agentops.RuntimeTests;

public static class Docker_26_1
{
    [Collection(nameof(Docker_26_1))]
    public sealed class RunSpecs() : EngineRunContract(TestEngine.Docker_26_1);

    [Collection(nameof(Docker_26_1))]
    public sealed class BuildKitSpecs() : BuildKitContract(TestEngine.Docker_26_1);

    [Collection(nameof(Docker_26_1))]
    public sealed class ClassicBuilderSpecs() : ClassicBuilderContract(TestEngine.Docker_26_1);

    [Collection(nameof(Docker_26_1))]
    public sealed class LayerSpecs() : LayerContract(TestEngine.Docker_26_1, loaded: 200, built: 8);

    [Collection(nameof(Docker_26_1))]
    public sealed class CleanSpecs() : CleanContract(TestEngine.Docker_26_1, populations: 50);

    [Collection(nameof(Docker_26_1))]
    public sealed class CommandSpecs() : CommandContract(TestEngine.Docker_26_1, "on-docker");
}
