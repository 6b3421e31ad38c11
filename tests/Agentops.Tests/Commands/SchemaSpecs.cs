using Agentops.Containers;

namespace Agentops.Tests.Commands;

/// <summary>Real output of each command with <c>--json</c>, held to the schema that ships in <c>docs/schemas</c>.</summary>
public sealed class SchemaSpecs : IDisposable
{
    private readonly Screen screen = new();

    public SchemaSpecs()
    {
        screen.Runtime.AddImage("agentops/base-busybox:1", new Dictionary<string, string> { [Labels.Ours] = "true", [Labels.Agent] = "x" });
        screen.Runtime.AddImage(null, new Dictionary<string, string> { [Labels.Ours] = "true" });
        var labels = new Dictionary<string, string> { [Labels.Run] = "orphan00" };
        screen.Runtime.AddContainer(new ContainerSpec("agentops-orphan00", "agentops/base-busybox:1", labels), ContainerState.Exited, exitCode: 1);
        screen.Store.TryCreate(Given.Id("stopped0"), Given.Record("stopped0", ended: Given.Now, exitCode: 0) with { Command = ["sh"] });
        screen.Store.TryCreate(Given.Id("elsewher"), Given.Record("elsewher", endpoint: "ssh://build-host"));
        screen.Store.TryCreate(Given.Id("broken00"), Given.Record("another0"));
    }

    public void Dispose() => screen.Dispose();

    [Theory]
    [InlineData("agent status --json", "status")]
    [InlineData("agent why stopped0 --json", "why")]
    [InlineData("agent why agentops/base-busybox:1 --json", "why")]
    [InlineData("agent why agentops-orphan00 --json", "why")]
    [InlineData("agent list --json", "list")]
    [InlineData("agent system images --json", "system-images")]
    [InlineData("agent system containers --json", "system-containers")]
    public async Task Output_is_as_its_schema_says(string line, string schema)
    {
        await screen.Type(line);

        Check(schema);
    }

    [Theory]
    [InlineData("agent clean --dry-run --json", "clean-plan")]
    [InlineData("agent clean --plan plan.json --json", "clean-plan")]
    [InlineData("agent clean --force --json", "clean-report")]
    public async Task What_clean_prints_is_as_its_schema_says(string line, string schema)
    {
        // A record that cannot be read is told on standard error, which a screen shows too.
        Directory.Delete(screen.Store.FolderOf(Given.Id("broken00")), recursive: true);
        Population.OfTheDesign(screen);
        screen.Runtime.Fail("RemoveImage", new RuntimeRefusalException(RuntimeRefusal.Other, "no"));
        await screen.Type(line);

        Check(schema);
    }

    [Fact]
    public async Task A_failure_is_as_its_schema_says()
    {
        screen.NoRuntime = new RuntimeUnavailableException("No container runtime answers.");
        await screen.Type("agent list --json");

        Check("error");
    }

    private void Check(string name) => Schema.Check(name, screen.Printed);
}
