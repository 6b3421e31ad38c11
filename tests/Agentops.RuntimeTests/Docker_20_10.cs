namespace Agentops.RuntimeTests;

public static class Docker_20_10
{
    [Collection(nameof(Docker_20_10))]
    public sealed class RunSpecs() : EngineRunContract(TestEngine.Docker_20_10);

    [Collection(nameof(Docker_20_10))]
    public sealed class BuildKitSpecs() : BuildKitContract(TestEngine.Docker_20_10);

    [Collection(nameof(Docker_20_10))]
    public sealed class ClassicBuilderSpecs() : ClassicBuilderContract(TestEngine.Docker_20_10);

    [Collection(nameof(Docker_20_10))]
    public sealed class LayerSpecs() : LayerContract(TestEngine.Docker_20_10, loaded: 200, built: 8);

    [Collection(nameof(Docker_20_10))]
    public sealed class CleanSpecs() : CleanContract(TestEngine.Docker_20_10, populations: 50);

    [Collection(nameof(Docker_20_10))]
    public sealed class CommandSpecs() : CommandContract(TestEngine.Docker_20_10, "on-docker-20.10");
}
