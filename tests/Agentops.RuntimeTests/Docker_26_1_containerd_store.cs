namespace Agentops.RuntimeTests;

public static class Docker_26_1_containerd_store
{
    [Collection(nameof(Docker_26_1_containerd_store))]
    public sealed class RunSpecs() : EngineRunContract(TestEngine.Docker_26_1_containerd_store);

    [Collection(nameof(Docker_26_1_containerd_store))]
    public sealed class BuildKitSpecs() : BuildKitContract(TestEngine.Docker_26_1_containerd_store);

    [Collection(nameof(Docker_26_1_containerd_store))]
    public sealed class ClassicBuilderSpecs() : ClassicBuilderContract(TestEngine.Docker_26_1_containerd_store);

    [Collection(nameof(Docker_26_1_containerd_store))]
    public sealed class LayerSpecs() : LayerContract(TestEngine.Docker_26_1_containerd_store, loaded: 20, built: 3);

    [Collection(nameof(Docker_26_1_containerd_store))]
    public sealed class CleanSpecs() : CleanContract(TestEngine.Docker_26_1_containerd_store, populations: 6);

    [Collection(nameof(Docker_26_1_containerd_store))]
    public sealed class CommandSpecs() : CommandContract(TestEngine.Docker_26_1_containerd_store, "on-docker-with-containerd-store");
}
