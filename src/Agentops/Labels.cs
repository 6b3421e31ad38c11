namespace Agentops;

/// <summary>The labels on everything we create.</summary>
public static class Labels
{
    /// <summary>Always <c>true</c>: ours.</summary>
    public const string Ours = "agentops";

    /// <summary>On containers: the run's id.</summary>
    public const string Run = "agentops.run";

    /// <summary>The agent's name.</summary>
    public const string Agent = "agentops.agent";

    /// <summary>The random id of the state folder that made it.</summary>
    public const string Installation = "agentops.installation";

    /// <summary>The version of <c>agent</c> that made it.</summary>
    public const string Version = "agentops.version";

    /// <summary>On images: what it was built from, see <see cref="Recipes.RecipeFingerprint"/>.</summary>
    public const string Recipe = "agentops.recipe";

    /// <summary>On base images <c>true</c>; on agent images <c>false</c>, since labels are inherited.</summary>
    public const string Base = "agentops.base";

    /// <summary>Whether another installation than ours made something.</summary>
    /// <param name="labels">Of the thing.</param>
    /// <param name="installation">The id of our state folder; null when it has none yet.</param>
    /// <returns>False for our own, and for what nobody signed.</returns>
    public static bool AreOfAnother(IReadOnlyDictionary<string, string> labels, string? installation) => OwnerOf(labels, installation) == Owner.Another;

    /// <summary>Whose something is, as far as its labels prove it.</summary>
    /// <param name="labels">Of the thing; untrusted text.</param>
    /// <param name="installation">The id of our state folder; null when it has none yet.</param>
    /// <returns>The owner.</returns>
    public static Owner OwnerOf(IReadOnlyDictionary<string, string> labels, string? installation) =>
        labels.TryGetValue(Installation, out var made) ? made == installation ? Owner.Us : Owner.Another
        : labels.ContainsKey(Run) || labels.GetValueOrDefault(Ours) == "true" ? Owner.Nobody
        : Owner.Unknown;

    /// <summary>Whose a container is. It has the labels of its image too, whoever made it: of ours, only the run's id proves anything, which no image has.</summary>
    /// <param name="labels">Of the container; untrusted text.</param>
    /// <param name="installation">The id of our state folder; null when it has none yet.</param>
    /// <returns>The owner.</returns>
    public static Owner OwnerOfContainer(IReadOnlyDictionary<string, string> labels, string? installation) =>
        OwnerOf(labels, installation) is var owner && owner != Owner.Another && !labels.ContainsKey(Run) ? Owner.Unknown : owner;
}

/// <summary>Whose something is that is ours by label or by name.</summary>
public enum Owner
{
    /// <summary>Nothing but a name speaks for us: somebody may have named a thing of their own like one of ours.</summary>
    Unknown,

    /// <summary>This installation signed it.</summary>
    Us,

    /// <summary><c>agent</c> made it, and no installation signed it.</summary>
    Nobody,

    /// <summary>Another installation signed it: listed, never removed.</summary>
    Another,
}
