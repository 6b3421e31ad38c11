using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Agentops.Runtimes.Engine;

/// <summary>Docker's own note of an engine and the way to it: <c>docker context create</c>.</summary>
/// <remarks>
/// <c>$DOCKER_CONFIG/contexts/meta/SHA256(name)/meta.json</c>, else the same in <c>~/.docker</c>: <c>{"Name":"lab","Endpoints":{"docker":{"Host":"tcp://lab:2376","SkipTLSVerify":false}}}</c>;
/// beside it, in <c>contexts/tls/SHA256(name)/docker/</c>, <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c>. Which one is current stands in <c>config.json</c>: <c>{"currentContext":"lab"}</c>.
/// </remarks>
/// <param name="Name">What <c>docker context ls</c> shows; that of its folder where it cannot be read. Untrusted text.</param>
/// <param name="Host">The engine's address, such as <c>ssh://root@lab</c>; null when it cannot be read or has none. Untrusted text.</param>
/// <param name="Tls">How TLS is spoken there; null for none.</param>
internal sealed record DockerContext(string Name, string? Host, EngineTls? Tls)
{
    /// <summary>Docker's name for no context at all: <c>DOCKER_HOST</c>, else the usual sockets.</summary>
    public const string Default = "default";

    /// <summary>Why it has no address, completing "The Docker context 'lab' cannot be used: "; null when it has one.</summary>
    public string? Fault { get; init; }

    /// <summary>All there are but <see cref="Default"/>, those that cannot be read too.</summary>
    /// <param name="surroundings">Where the user stands.</param>
    /// <returns>By name.</returns>
    public static IReadOnlyList<DockerContext> All(Surroundings surroundings)
    {
        var folder = Path.Combine(ConfigFolder(surroundings), "contexts");
        try
        {
            return [.. Directory.EnumerateDirectories(Path.Combine(folder, "meta")).Select(path => Read(folder, Path.GetFileName(path))).OrderBy(context => context.Name, StringComparer.Ordinal)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The one of a name.</summary>
    /// <param name="surroundings">Where the user stands.</param>
    /// <param name="name">Not <see cref="Default"/>.</param>
    /// <param name="origin">Who named it, for messages: <c>--context</c>.</param>
    /// <returns>It, with an address.</returns>
    /// <exception cref="RuntimeUnavailableException">There is none, or it cannot be used.</exception>
    public static DockerContext Find(Surroundings surroundings, string name, string origin)
    {
        var all = All(surroundings);
        // Hashed only when it is not found: the first hash of a process loads OpenSSL.
        if ((all.FirstOrDefault(context => context.Name == name) ?? all.FirstOrDefault(context => context.Name == FolderOf(name))) is not { } found)
        {
            var known = string.Join(", ", all.Where(context => context.Host is not null).Select(context => context.Name).Prepend(Default));
            throw new RuntimeUnavailableException($"There is no Docker context '{name}' (from {origin}).\nThere are: {known}. See them: docker context ls");
        }

        return found.Host is not null ? found
            : throw new RuntimeUnavailableException($"The Docker context '{name}' (from {origin}) cannot be used: {found.Fault}.\nMake it anew (docker context rm {name}, then docker context create), or choose another: docker context ls");
    }

    /// <summary>The name that <c>docker context use</c> noted.</summary>
    /// <param name="surroundings">Where the user stands.</param>
    /// <returns>Null when none is.</returns>
    public static string? Current(Surroundings surroundings)
    {
        try
        {
            var config = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(ConfigFolder(surroundings), "config.json")), EngineJson.Default.WireDockerConfig);
            return config?.CurrentContext is { Length: > 0 } name ? name : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            // Docker itself ignores a config.json that it cannot read, but for a warning.
            return null;
        }
    }

    /// <summary>Where Docker's client keeps its files.</summary>
    /// <param name="surroundings">Where the user stands.</param>
    /// <returns>Absolute; need not be there.</returns>
    public static string ConfigFolder(Surroundings surroundings) =>
        surroundings.Variable("DOCKER_CONFIG") is { } set ? Path.GetFullPath(set, surroundings.Folder) : Path.Combine(surroundings.Home, ".docker");

    private static DockerContext Read(string contexts, string folder)
    {
        var file = Path.Combine(contexts, "meta", folder, "meta.json");
        try
        {
            var wire = JsonSerializer.Deserialize(File.ReadAllBytes(file), EngineJson.Default.WireDockerContext);
            var name = wire?.Name is { Length: > 0 } told ? told : folder;
            if (wire?.Endpoints?.GetValueOrDefault("docker") is not { Host: { Length: > 0 } host } endpoint)
            {
                return new DockerContext(name, null, null) { Fault = $"it has no address in {file}" };
            }

            var tls = EngineTls.In(Path.Combine(contexts, "tls", folder, "docker"), endpoint.SkipTLSVerify is true);
            return new DockerContext(name, host, tls.IsEmpty ? null : tls);
        }
        catch (JsonException)
        {
            return new DockerContext(folder, null, null) { Fault = $"{file} is not JSON, or was cut short" };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new DockerContext(folder, null, null) { Fault = failure.Message.TrimEnd('.') };
        }
    }

    private static string FolderOf(string name) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
