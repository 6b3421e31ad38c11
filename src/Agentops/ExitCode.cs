namespace Agentops;

/// <summary>What the process returns; the whole list is in <c>docs/exit-codes.md</c>.</summary>
/// <param name="Value">0 to 255.</param>
public readonly record struct ExitCode(int Value)
{
    /// <summary>Done; also: nothing to do, or the user declined.</summary>
    public static readonly ExitCode Done = new(0);

    /// <summary>Failed, or some of the items failed.</summary>
    public static readonly ExitCode Failed = new(1);

    /// <summary>The command line cannot be understood.</summary>
    public static readonly ExitCode Usage = new(2);

    /// <summary>No container runtime answers.</summary>
    public static readonly ExitCode RuntimeUnavailable = new(3);

    /// <summary>No such run or image.</summary>
    public static readonly ExitCode NotFound = new(4);

    /// <summary>Refused: unsafe, or no confirmation could be had.</summary>
    public static readonly ExitCode Refused = new(5);

    /// <summary><c>agent run</c> failed before its command ran.</summary>
    public static readonly ExitCode RunFailed = new(125);

    /// <summary>Interrupted by Ctrl+C.</summary>
    public static readonly ExitCode Interrupted = new(130);

    /// <summary>The code of a command inside a container, passed through.</summary>
    /// <param name="code">As the runtime reported it.</param>
    /// <returns>The same code.</returns>
    public static ExitCode Of(int code) => new(code & 0xFF);
}
