namespace Agentops.Runtimes;

/// <summary>Which runtime a command wants.</summary>
/// <param name="Name"><c>docker</c>, <c>podman</c> or <c>apple</c>; null for the one that is found.</param>
/// <param name="Context">A context of Docker's; null for none in particular.</param>
public sealed record RuntimeRequest(string? Name, string? Context = null)
{
    /// <summary>A place that is known already, which beats all else; null for none.</summary>
    public RuntimePlace? Place { get; init; }
}

/// <summary>Where something lives that was made before.</summary>
/// <param name="Runtime"><c>docker</c>, <c>podman</c> or <c>apple</c>.</param>
/// <param name="Endpoint">Where that answered, such as <c>ssh://root@lab</c>.</param>
/// <param name="Context">The context of Docker's that led there; null for none.</param>
/// <param name="Inhabitant">Who lives there, for messages: <c>run a1b2c3d4</c>.</param>
public sealed record RuntimePlace(string Runtime, string Endpoint, string? Context, string Inhabitant);
