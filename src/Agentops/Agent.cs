namespace Agentops;

/// <summary>One command line in, one <see cref="ExitCode"/> out.</summary>
public static class Agent
{
}
