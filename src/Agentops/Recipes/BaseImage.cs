namespace Agentops.Recipes;

/// <summary>A base that agent images are built on, made once from the public image of that name.</summary>
/// <param name="Name">Such as <c>node</c>.</param>
/// <param name="Version">Such as <c>22</c>.</param>
public sealed record BaseImage(string Name, string Version)
{
    /// <summary>Our tag, such as <c>agentops/base-node:22</c>.</summary>
    public string Tag => $"agentops/base-{Name}:{Version}";
}
