namespace Agentops.Runtimes.Engine;

/// <summary>An answer that goes on: logs, a wait, a pull, a build.</summary>
/// <param name="connection">For failures.</param>
/// <param name="response">Closed with this.</param>
/// <param name="stream">What comes.</param>
/// <param name="own">The client made for this answer alone, closed with it; null when it is the shared one.</param>
internal sealed class EngineStream(EngineConnection connection, HttpResponseMessage response, Stream stream, HttpClient? own) : IAsyncDisposable
{
    /// <summary>What comes, with failures put into words by <see cref="Translate"/>.</summary>
    public Stream Stream { get; } = stream;

    /// <summary>A header of the answer.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Null when it was not sent.</returns>
    public string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    /// <summary>Puts a failure to read into words.</summary>
    /// <param name="failure">What was caught.</param>
    /// <returns>Null when it is not the engine's.</returns>
    public RuntimeUnavailableException? Translate(Exception failure) => EngineFault.Of(failure) is { } fault ? connection.Unavailable(fault, failure) : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The response first: disposing the stream alone would try to read what is left.
        response.Dispose();
        await Stream.DisposeAsync();
        own?.Dispose();
    }
}
