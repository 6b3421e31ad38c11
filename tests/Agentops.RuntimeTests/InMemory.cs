namespace Agentops.RuntimeTests;

public static class InMemory
{
    public sealed class RunSpecs() : RuntimeContract(TestFake.InMemory);

    public sealed class BuildSpecs() : BuildContract(TestFake.InMemory);
}
