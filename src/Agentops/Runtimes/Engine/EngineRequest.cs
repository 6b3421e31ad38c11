using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agentops.Runtimes.Engine;

/// <summary>One request to an engine.</summary>
/// <param name="Method">Of HTTP.</param>
/// <param name="Path">After the version, escaped, with its query.</param>
/// <param name="Operation">What a no would mean.</param>
internal sealed record EngineRequest(HttpMethod Method, string Path, EngineOperation Operation = EngineOperation.Look)
{
    /// <summary>What is sent along; null for nothing.</summary>
    public HttpContent? Body { get; init; }

    /// <summary>It changes something and gets the longer deadline.</summary>
    public bool IsChange => Method != HttpMethod.Get;

    /// <summary>On top of the deadline.</summary>
    public TimeSpan ExtraPatience { get; init; }

    /// <summary>Asks for the raw connection.</summary>
    public bool Upgrade { get; init; }

    /// <summary>A look.</summary>
    /// <param name="path">After the version, escaped.</param>
    /// <returns>The request.</returns>
    public static EngineRequest Get(string path) => new(HttpMethod.Get, path);

    /// <summary>A change.</summary>
    /// <param name="path">After the version, escaped.</param>
    /// <param name="operation">What a no would mean.</param>
    /// <returns>The request.</returns>
    public static EngineRequest Post(string path, EngineOperation operation = EngineOperation.Look) => new(HttpMethod.Post, path, operation);

    /// <summary>A removal.</summary>
    /// <param name="path">After the version, escaped.</param>
    /// <returns>The request.</returns>
    public static EngineRequest Delete(string path) => new(HttpMethod.Delete, path, EngineOperation.Remove);

    /// <summary>The same with a body in JSON.</summary>
    /// <typeparam name="T">The body.</typeparam>
    /// <param name="body">The body.</param>
    /// <param name="type">How to write it.</param>
    /// <returns>The request.</returns>
    public EngineRequest With<T>(T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new("application/json");
        return this with { Body = content };
    }

    /// <summary>A name or id as part of a path: slashes and colons stay, as <c>agentops/base-node:22</c> is one name to the engine.</summary>
    /// <param name="reference">Untrusted text.</param>
    /// <returns>It can only ever be the name of something, never another path.</returns>
    /// <exception cref="RuntimeRefusalException">No engine has anything of that name.</exception>
    public static string Name(string reference) =>
        // "..", which a URI resolves, would turn a name into another request.
        reference.Split('/').Any(part => part is "" or "." or "..")
            ? throw new RuntimeRefusalException(RuntimeRefusal.NotFound, $"There is nothing named '{reference}'.")
            : Uri.EscapeDataString(reference).Replace("%2F", "/", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal).Replace("%40", "@", StringComparison.Ordinal);
}
