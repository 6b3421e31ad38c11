using Agentops.Containers;

namespace Agentops.Tests.Commands;

public sealed class SystemTranscripts : IDisposable
{
    private readonly Screen screen = new();

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task System_lists_images_and_containers_with_the_native_commands()
    {
        screen.Runtime.AddImage("agentops/base-node:22", size: 245_000_000, createdAt: Given.Now.AddDays(-5));
        screen.Runtime.AddImage("agentops/test-bot:latest", new Dictionary<string, string> { [Labels.Ours] = "true", [Labels.Agent] = "test-bot" }, 298_000_000, Given.Now.AddDays(-1));
        screen.Runtime.AddImage("agentops/my-agent:latest", new Dictionary<string, string> { [Labels.Installation] = "another" }, 312_000_000, Given.Now.AddHours(-2));
        screen.Runtime.AddImage(null, new Dictionary<string, string> { [Labels.Ours] = "true" }, 280_000_000, Given.Now.AddDays(-9));
        screen.Runtime.AddImage("somebody/else:1", size: 1);
        Container("agentops-a1b2c3d4", ContainerState.Running, -2);
        Container("agentops-e5f6g7h8", ContainerState.Exited, -24);
        Container("\e[31mnot-ours", ContainerState.Exited, -30);
        screen.Clock.Now = Given.Now;

        await screen.Type("agent system images");
        await screen.Type("agent system containers");
        await screen.Type("agent system images --json");
        await screen.Type("agent system containers --json");

        Assert.All(screen.Runtime.Calls, call => Assert.StartsWith("List", call, StringComparison.Ordinal));
        Assert.False(Directory.Exists(screen.StateFolder));
        screen.Matches("system");

        void Container(string name, ContainerState state, int hours) => screen.Runtime.AddContainer(
            new ContainerSpec(name, "agentops/test-bot:latest", new Dictionary<string, string> { [Labels.Run] = "../../etc" }), state, state == ContainerState.Exited ? 0 : null, Given.Now.AddHours(hours));
    }

    [Fact]
    public async Task System_without_anything()
    {
        await screen.Type("agent system images");
        await screen.Type("agent system containers");
        await screen.Type("agent system");
        screen.Matches("system-empty");
    }
}
