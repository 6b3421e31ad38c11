namespace Agentops.Runs;

/// <summary>What disk remembers of runs.</summary>
public sealed class RunStore
{
}
