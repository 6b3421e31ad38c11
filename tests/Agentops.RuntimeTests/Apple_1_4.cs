namespace Agentops.RuntimeTests;

public static class Apple_1_4
{
    [Collection(nameof(Apple_1_4))]
    public sealed class RunSpecs() : AppleRunContract(TestApple.Apple_1_4);

    [Collection(nameof(Apple_1_4))]
    public sealed class BuildSpecs() : BuildContract(TestApple.Apple_1_4);

    [Collection(nameof(Apple_1_4))]
    public sealed class CommandSpecs() : CommandContract(TestApple.Apple_1_4, "on-apple");
}
