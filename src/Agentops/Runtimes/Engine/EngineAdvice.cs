namespace Agentops.Runtimes.Engine;

/// <summary>Sentences said in more than one place.</summary>
internal static class EngineAdvice
{
    /// <summary>What to do about a socket that one may not use.</summary>
    public const string PermissionDenied = "Add yourself to the docker group (sudo usermod -aG docker $USER, then log in again) or use rootless Docker or Podman.";

    /// <summary>What to do about an engine that says nothing.</summary>
    public const string NoAnswer = "Is the engine overloaded? AGENTOPS_TIMEOUT=60 waits longer.";
}
