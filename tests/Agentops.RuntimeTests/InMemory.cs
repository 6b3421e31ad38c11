namespace Agentops.RuntimeTests;

public static class InMemory
{
    public sealed class RunSpecs() : RuntimeContract(TestFake.InMemory);

    public sealed class BuildSpecs() : BuildContract(TestFake.InMemory);

    public sealed class CommandSpecs() : CommandContract(new TestFake { Only = new() }, "in-memory");
}
