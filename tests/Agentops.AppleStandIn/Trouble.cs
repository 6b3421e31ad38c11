namespace Agentops.AppleStandIn;

/// <summary>Failures on demand: each line of the file <c>trouble</c> in the state folder, or of <c>$CONTAINER_STAND_IN_TROUBLE</c>, is one.</summary>
/// <remarks>
/// <c>down</c>: the services do not run; <c>stalled</c>: they are registered and do not answer. The others name the beginning of a command, such as <c>hang system status</c>:
/// <c>hang</c> prints nothing and never ends; <c>timeout</c> is the error of a service that did not answer; <c>complain</c> prints to standard error and ends with 0;
/// <c>half</c> prints half of the answer; <c>huge</c> prints an answer of 50 MB; <c>nonsense</c> prints what is no JSON; <c>words</c> prints a line before the answer.
/// </remarks>
internal sealed class Trouble
{
    private readonly List<string> lines;

    public Trouble(World world)
    {
        var path = Path.Combine(world.Folder, "trouble");
        var text = (File.Exists(path) ? File.ReadAllText(path) : "") + "\n" + Environment.GetEnvironmentVariable("CONTAINER_STAND_IN_TROUBLE");
        lines = [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
    }

    public bool IsDown => lines.Contains("down") || IsStalled;

    public bool IsStalled => lines.Contains("stalled");

    /// <summary>Whether something goes wrong with a command.</summary>
    public bool Has(string kind, string command) =>
        lines.Any(line => line.StartsWith(kind + " ", StringComparison.Ordinal) && (command + " ").StartsWith(line[(kind.Length + 1)..] + " ", StringComparison.Ordinal));

    /// <summary>The errors of services that do not run, in the words of each command.</summary>
    public static Fault Down(string command)
    {
        var verb = command.Split(' ')[0] switch
        {
            "list" or "ls" or "inspect" or "start" or "exec" or "stats" or "prune" => "list containers",
            "stop" => "stop container",
            "kill" => "kill container",
            "delete" or "rm" => "delete container",
            "logs" => "get logs",
            _ => null,
        };
        const string Cause = "interrupted: \"XPC connection error: Connection invalid\"";
        return new Fault($"Error: {(verb is null ? Cause : $"internalError: \"failed to {verb}\" (cause: \"{Cause}\")")}\nEnsure container system service has been started with `container system start`.");
    }
}
