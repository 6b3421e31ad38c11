using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Runtimes.Engine;

namespace Agentops.Completing;

/// <summary>Where names come from that can be completed. No runtime is asked: it may be slow, and Tab must not be.</summary>
/// <param name="Records">Records of runs.</param>
/// <param name="Contexts">Names of Docker's contexts.</param>
internal sealed record CompletionSources(Func<IReadOnlyList<RunRecord>> Records, Func<IReadOnlyList<string>> Contexts)
{
    /// <summary>Those of the disk; each is read when it is asked for.</summary>
    /// <param name="world">The world.</param>
    /// <returns>The sources.</returns>
    public static CompletionSources Of(World world) => new(
        () =>
        {
            try
            {
                return [.. world.Runs.ReadAll().Select(entry => entry.Record).OfType<RunRecord>()];
            }
            catch (AgentopsException)
            {
                // Who presses Tab wants words, and hears of this from any command.
                return [];
            }
        },
        () => [.. DockerContext.All(world.Surroundings).Select(context => context.Name).Prepend(DockerContext.Default)]);

    /// <summary>Runs by their names, the newest of each, and by their ids.</summary>
    /// <returns>Names first.</returns>
    public IEnumerable<Candidate> Runs()
    {
        var records = Records().OrderByDescending(record => record.CreatedAt).ToList();
        return records.DistinctBy(record => record.Name).Select(record => new Candidate(record.Name, $"run {record.Id} in {record.Workspace}"))
            .Concat(records.Select(record => new Candidate(record.Id, $"{record.Name} in {record.Workspace}")));
    }

    /// <summary>Agents that are built in, and those that ran.</summary>
    /// <returns>By name.</returns>
    public IEnumerable<Candidate> Agents() => Records().Select(record => new Candidate(record.Agent, "an agent that ran before"))
        .Concat(BuiltInAgents.All.Select(agent => new Candidate(agent.Name, agent.Title)))
        .DistinctBy(candidate => candidate.Text).OrderBy(candidate => candidate.Text, StringComparer.Ordinal);
}
