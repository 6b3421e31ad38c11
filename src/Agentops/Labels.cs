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
}
