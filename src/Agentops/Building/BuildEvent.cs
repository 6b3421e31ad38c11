namespace Agentops.Building;

/// <summary>One step of a build as the builder numbers it.</summary>
/// <param name="Number">From 1, within its stage.</param>
/// <param name="Total">How many steps its stage has.</param>
/// <param name="Instruction">As in the recipe, one line: <c>RUN npm install -g x</c>, <c>FROM agentops/base-node:22</c>; untrusted text.</param>
/// <param name="Stage">The stage's name when there are several, else null.</param>
public sealed record BuildStep(int Number, int Total, string Instruction, string? Stage = null);

/// <summary>What a build tells while it goes on; the same for BuildKit, the classic builder and a pull.</summary>
public abstract record BuildEvent
{
    private BuildEvent()
    {
    }

    /// <summary>A step begins. Told once a step.</summary>
    /// <param name="Step">The step.</param>
    public sealed record StepStarted(BuildStep Step) : BuildEvent;

    /// <summary>A line that a step printed, without its line end.</summary>
    /// <param name="Step">The step, or null when it is nobody's (a pull, a note of the builder).</param>
    /// <param name="Line">Untrusted text.</param>
    public sealed record Output(BuildStep? Step, string Line) : BuildEvent;

    /// <summary>Something about the build that the user has to know.</summary>
    /// <param name="Text">A sentence.</param>
    public sealed record Note(string Text) : BuildEvent;

    /// <summary>A step ended well. Not told for a step that fails: the build ends in a <see cref="BuildFailedException"/>.</summary>
    /// <param name="Step">The step.</param>
    /// <param name="Cached">It was taken from the build cache.</param>
    public sealed record StepDone(BuildStep Step, bool Cached) : BuildEvent;
}
