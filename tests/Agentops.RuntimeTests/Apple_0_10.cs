namespace Agentops.RuntimeTests;

public static class Apple_0_10
{
    [Collection(nameof(Apple_0_10))]
    public sealed class RunSpecs() : AppleRunContract(TestApple.Apple_0_10);

    [Collection(nameof(Apple_0_10))]
    public sealed class BuildSpecs() : BuildContract(TestApple.Apple_0_10);

    [Collection(nameof(Apple_0_10))]
    public sealed class CommandSpecs() : CommandContract(TestApple.Apple_0_10, "on-apple-before-1");
}
