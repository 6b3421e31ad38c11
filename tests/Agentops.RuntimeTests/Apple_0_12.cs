namespace Agentops.RuntimeTests;

public static class Apple_0_12
{
    [Collection(nameof(Apple_0_12))]
    public sealed class RunSpecs() : AppleRunContract(TestApple.Apple_0_12);

    [Collection(nameof(Apple_0_12))]
    public sealed class BuildSpecs() : BuildContract(TestApple.Apple_0_12);

    [Collection(nameof(Apple_0_12))]
    public sealed class CommandSpecs() : CommandContract(TestApple.Apple_0_12, "on-apple-before-1");
}
