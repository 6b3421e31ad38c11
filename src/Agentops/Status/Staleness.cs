using Agentops.Recipes;
using Agentops.Runs;

namespace Agentops.Status;

/// <summary>Whether the next run would build an image anew.</summary>
internal static class Staleness
{
    /// <summary>Compares what an image was built from with its recipe as it is, and with its bases as they are.</summary>
    /// <param name="image">An agent's image with its tag.</param>
    /// <param name="workspace">Where its newest run worked: its recipe is there; null when none is known.</param>
    /// <param name="idOf">The id of an image by its reference, now; null when there is none.</param>
    /// <param name="surroundings">For paths and variables in recipes.</param>
    /// <param name="cancellationToken">Stops reading files.</param>
    /// <returns>Why; null when it is fresh, or when nothing proves that it is not.</returns>
    public static string? Of(InventoryImage image, string? workspace, Func<string, string?> idOf, Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (RecipeFingerprint.TryParse(image.Image.Labels.GetValueOrDefault(Labels.Recipe)) is not { } built)
        {
            return null;
        }

        try
        {
            if (workspace is not null && Directory.Exists(workspace) && image.Agent is { } agent)
            {
                var recipe = RecipeFinder.Find(workspace, AgentName.Parse(agent), hasCommand: true, surroundings);
                var rendered = RenderedRecipe.Of(recipe, cancellationToken);
                var now = RecipeFingerprint.Of(recipe, rendered, rendered.BaseReferences.Distinct().ToDictionary(reference => reference, idOf), cancellationToken);
                return RecipeFingerprint.WhyStale(built, now, recipe);
            }
        }
        catch (AgentopsException)
        {
            // A recipe that is wrong is told when it is run.
        }

        return RecipeFingerprint.WhyOtherBase(built, idOf);
    }

    /// <summary>Where the recipes of agents are looked for: in the workspace of the newest run of each.</summary>
    /// <param name="entries">All records.</param>
    /// <returns>By the agent's name.</returns>
    public static IReadOnlyDictionary<string, string> Workspaces(IEnumerable<RunEntry> entries)
    {
        var newest = new Dictionary<string, RunRecord>();
        foreach (var record in entries.Select(entry => entry.Record).OfType<RunRecord>())
        {
            if (!newest.TryGetValue(record.Agent, out var other) || record.CreatedAt > other.CreatedAt)
            {
                newest[record.Agent] = record;
            }
        }

        return newest.ToDictionary(agent => agent.Key, agent => agent.Value.Workspace);
    }
}
