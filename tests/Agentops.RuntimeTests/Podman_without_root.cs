namespace Agentops.RuntimeTests;

public static class Podman_without_root
{
    [Collection(nameof(Podman_without_root))]
    public sealed class RunSpecs() : EngineRunContract(TestEngine.Podman_without_root);

    [Collection(nameof(Podman_without_root))]
    public sealed class BuildSpecs() : EngineBuildContract(TestEngine.Podman_without_root);

    [Collection(nameof(Podman_without_root))]
    public sealed class CommandSpecs() : CommandContract(TestEngine.Podman_without_root, "on-podman-without-root");
}
