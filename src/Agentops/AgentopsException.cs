namespace Agentops;

/// <summary>A failure told to the user: one or two lines that say what failed and what to do. Caught once, in <see cref="Agent"/>.</summary>
public class AgentopsException : Exception
{
    /// <summary>A failure with its exit code and its word in JSON.</summary>
    /// <param name="message">What failed and what to do; untrusted text in it is escaped when printed.</param>
    /// <param name="exitCode">What the process returns.</param>
    /// <param name="code">The <c>error.code</c> in JSON, camelCase.</param>
    /// <param name="cause">What was caught, shown only with <c>AGENTOPS_DEBUG=1</c>.</param>
    public AgentopsException(string message, ExitCode exitCode, string code, Exception? cause = null)
        : base(message, cause)
    {
        ExitCode = exitCode;
        Code = code;
    }

    /// <summary>What the process returns.</summary>
    public ExitCode ExitCode { get; }

    /// <summary>The <c>error.code</c> in JSON, camelCase.</summary>
    public string Code { get; }
}

/// <summary>The command line, a recipe or a name in it is wrong; nothing was touched.</summary>
/// <param name="message">What is wrong, and a right example.</param>
/// <param name="cause">What was caught, or null.</param>
public sealed class UsageException(string message, Exception? cause = null)
    : AgentopsException(message, ExitCode.Usage, "usage", cause);

/// <summary>No container runtime answers, or not in time, or it is too old.</summary>
/// <param name="message">Where it was looked for and what to do.</param>
/// <param name="cause">What was caught, or null.</param>
public sealed class RuntimeUnavailableException(string message, Exception? cause = null)
    : AgentopsException(message, ExitCode.RuntimeUnavailable, "runtimeUnavailable", cause)
{
    /// <summary>Nothing is there any more where it was looked for: no socket, or nobody who listens at it.</summary>
    public bool IsGone { get; init; }
}

/// <summary>There is no such run, image or container.</summary>
/// <param name="message">What was looked for, and how to list what there is.</param>
public sealed class NotFoundException(string message)
    : AgentopsException(message, ExitCode.NotFound, "notFound");

/// <summary>Not done because it would be unsafe or nobody could be asked.</summary>
/// <param name="message">Why, and how to do it all the same.</param>
public sealed class RefusedException(string message)
    : AgentopsException(message, ExitCode.Refused, "refused");

/// <summary>Why a runtime said no; see <see cref="RuntimeRefusalException"/>.</summary>
public enum RuntimeRefusal
{
    /// <summary>Any other reason: the message has it.</summary>
    Other,

    /// <summary>There is no such image or container.</summary>
    NotFound,

    /// <summary>A container of that name exists already.</summary>
    NameTaken,

    /// <summary>In use: an image by a container, a container because it runs.</summary>
    InUse,

    /// <summary>The container is not running, and that is what the request needs.</summary>
    NotRunning,

    /// <summary>A registry wants a login.</summary>
    LoginRequired,

    /// <summary>The command cannot be started: not found in the image, or not executable.</summary>
    CannotStart,
}

/// <summary>The runtime answered, and its answer is no. The message is the runtime's own reason.</summary>
/// <param name="refusal">The reason as far as one can act on it.</param>
/// <param name="message">The runtime's words; untrusted text.</param>
/// <param name="cause">What was caught, or null.</param>
public sealed class RuntimeRefusalException(RuntimeRefusal refusal, string message, Exception? cause = null)
    : AgentopsException(message, ExitCode.Failed, "runtimeRefused", cause)
{
    /// <summary>The reason as far as one can act on it.</summary>
    public RuntimeRefusal Refusal { get; } = refusal;
}

/// <summary>An image could not be built: a step failed, or the runtime could not read the recipe.</summary>
/// <param name="step">The step that failed, or null when it was none.</param>
/// <param name="reason">The builder's words, without the output of the step; untrusted text.</param>
public sealed class BuildFailedException(Building.BuildStep? step, string reason)
    : AgentopsException(reason, ExitCode.RunFailed, "buildFailed")
{
    /// <summary>The step that failed, or null when it was none.</summary>
    public Building.BuildStep? Step { get; } = step;
}
