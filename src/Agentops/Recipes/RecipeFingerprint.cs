namespace Agentops.Recipes;

/// <summary>What an image was built from, in a few hashes: kept in its label <c>agentops.recipe</c> and compared at the next run.</summary>
public sealed record RecipeFingerprint
{
}
