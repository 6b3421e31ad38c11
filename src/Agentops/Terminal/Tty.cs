namespace Agentops.Terminal;

/// <summary>The terminal behind the standard streams.</summary>
public sealed class Tty
{
}
