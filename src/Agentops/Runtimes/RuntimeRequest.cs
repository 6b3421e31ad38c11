namespace Agentops.Runtimes;

/// <summary>Which runtime a command wants.</summary>
/// <param name="Name"><c>docker</c>, <c>podman</c> or <c>apple</c>; null for the one that is found.</param>
public sealed record RuntimeRequest(string? Name);
