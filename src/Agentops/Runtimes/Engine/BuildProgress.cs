using Agentops.Building;

namespace Agentops.Runtimes.Engine;

/// <summary>Makes build events of what a builder says; one for each of the two builders.</summary>
internal abstract class BuildProgress(Action<BuildEvent> tell)
{
    /// <summary>The image that was built; null until told.</summary>
    public string? ImageId { get; protected set; }

    /// <summary>The builder has said that it is done, tag and all.</summary>
    public bool IsDone { get; protected set; }

    /// <summary>Takes the next message.</summary>
    /// <param name="message">Of the answer.</param>
    public abstract void Take(WireProgress message);

    /// <summary>The failure, when the builder says that the build failed.</summary>
    /// <param name="message">The builder's words; untrusted text.</param>
    /// <returns>To be thrown.</returns>
    public abstract BuildFailedException Failure(string message);

    /// <summary>Tells an event.</summary>
    /// <param name="what">The event.</param>
    protected void Tell(BuildEvent what) => tell(what);

    /// <summary>Tells lines.</summary>
    /// <param name="step">Whose.</param>
    /// <param name="lines">The lines.</param>
    protected void TellLines(BuildStep? step, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            tell(new BuildEvent.Output(step, line));
        }
    }
}
