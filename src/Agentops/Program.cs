namespace Agentops;

internal static class Program
{
    private static int Main() => ExitCode.Done.Value;
}
