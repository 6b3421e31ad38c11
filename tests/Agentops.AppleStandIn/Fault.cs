namespace Agentops.AppleStandIn;

/// <summary>A command that fails: its words on standard error, its exit status.</summary>
internal sealed class Fault(string message, int status = 1) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>What the argument parser refuses: the status of EX_USAGE, and how it should have been.</summary>
    public static Fault Usage(string message, string command) =>
        new($"Error: {message}\nUsage: container {command} [<options>]\n  See 'container {command} --help' for more information.", 64);

    /// <summary>An error thrown while a command runs.</summary>
    public static Fault Thrown(string message) => new($"Error: {message}");

    /// <summary>One that a command of several targets collects: always with its code.</summary>
    public static string Collected(string message, string code, string cause) => $"Error: internalError: \"{message}\" (cause: \"{code}: \"{cause}\"\")";
}
