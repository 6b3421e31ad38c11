namespace Agentops.Diagnosing;

/// <summary>What is in order, what is not, and whether a run could start. Pure.</summary>
/// <param name="Runtimes">A finding for each runtime and context.</param>
/// <param name="Run">The runtime that a run would use.</param>
/// <param name="State">The state folder and what is in it.</param>
/// <param name="Obstacle">Why no run can start, without a full stop; null when one can.</param>
/// <param name="ExitCode">Of <c>agent doctor</c>.</param>
internal sealed record Diagnosis(IReadOnlyList<Finding> Runtimes, Finding Run, IReadOnlyList<Finding> State, string? Obstacle, ExitCode ExitCode)
{
    /// <summary>A run can start.</summary>
    public bool CanRun => Obstacle is null;

    /// <summary>Judges.</summary>
    /// <param name="facts">What was found.</param>
    /// <returns>The diagnosis.</returns>
    public static Diagnosis Of(DoctorFacts facts)
    {
        var runtimes = facts.Places.Select(RuntimeFindings.Of).ToList();
        if (facts.PodmanStart is { } start)
        {
            runtimes.Add(new Finding(FindingLevel.Warning, "podman", "installed, and does not listen") { Advice = [$"Start it: {start}"] });
        }

        if (runtimes.Count == 0)
        {
            runtimes.Add(new Finding(FindingLevel.Error, "none", "no Docker context, no DOCKER_HOST, no CONTAINER_HOST, and no socket in the usual places"));
        }

        var run = RuntimeFindings.Of(facts.Choice);
        // Where there is one runtime only, its advice is this one's.
        run = run with { Advice = [.. run.Advice.Except(runtimes.SelectMany(finding => finding.Advice))] };
        var folder = StateFindings.OfFolder(facts.State);
        var records = StateFindings.OfRecords(facts.State);
        var config = StateFindings.Of(facts.Config);
        var isRefused = facts.Places.Any(place => place is { IsChosen: true, IsRefused: true });
        var (obstacle, exitCode) = config.Level is FindingLevel.Error ? ("config.yaml has a mistake", ExitCode.Failed)
            : run.Level is FindingLevel.Error ? ("no runtime that it could use answers", ExitCode.RuntimeUnavailable)
            : isRefused ? ("its runtime refuses to talk to this agent", ExitCode.Failed)
            : folder.Level is FindingLevel.Error ? ("the state folder cannot be used", ExitCode.Failed)
            : records.Level is FindingLevel.Error ? ("the records of runs cannot be read", ExitCode.Failed)
            : ((string?)null, ExitCode.Done);
        return new Diagnosis(runtimes, run, [folder, records, config], obstacle, exitCode);
    }
}
