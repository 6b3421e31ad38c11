namespace Agentops.Building;

/// <summary>All a runtime needs to know to build one image.</summary>
/// <param name="Tag">The full tag the image gets, such as <c>agentops/my-agent:latest</c>.</param>
/// <param name="Dockerfile">The path of the Dockerfile inside the context, with forward slashes.</param>
/// <param name="WriteContext">Writes the context as a tar archive to the stream; called once, may be called again when a runtime has to fall back to another builder.</param>
/// <param name="Labels">The labels the image gets.</param>
/// <param name="Arguments">Build arguments (<c>ARG</c>).</param>
/// <param name="Target">The stage to stop at, or null for the last.</param>
/// <param name="UseCache">False: every step is done anew (<c>--rebuild</c>). Bases are never pulled anew.</param>
public sealed record ImageBuild(
    string Tag,
    string Dockerfile,
    Func<Stream, CancellationToken, Task> WriteContext,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Arguments,
    string? Target = null,
    bool UseCache = true);
