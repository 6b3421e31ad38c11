namespace Agentops.RuntimeTests;

public static class Podman
{
    [Collection(nameof(Podman))]
    public sealed class RunSpecs() : EngineRunContract(TestEngine.Podman);

    [Collection(nameof(Podman))]
    public sealed class BuildSpecs() : EngineBuildContract(TestEngine.Podman);

    [Collection(nameof(Podman))]
    public sealed class CommandSpecs() : CommandContract(TestEngine.Podman, "on-podman");
}
