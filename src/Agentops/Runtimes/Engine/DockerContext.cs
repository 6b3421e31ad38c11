using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Agentops.Runtimes.Engine;

/// <summary>Docker's own note of which engine is meant: <c>docker context use</c>.</summary>
/// <remarks>
/// <c>$DOCKER_CONFIG/config.json</c>, else <c>~/.docker/config.json</c>: <c>{"currentContext":"lab"}</c>; then <c>contexts/meta/SHA256(name)/meta.json</c>:
/// <c>{"Name":"lab","Endpoints":{"docker":{"Host":"unix:///…","SkipTLSVerify":false}}}</c>.
/// </remarks>
internal static class DockerContext
{
    /// <summary>The current context's address.</summary>
    /// <param name="surroundings">Where the user stands.</param>
    /// <returns>The context's name and the address in it; null for Docker's default, which is no context.</returns>
    /// <exception cref="RuntimeUnavailableException">A context is chosen that is not there, or cannot be read.</exception>
    public static (string Name, string Host)? Read(Surroundings surroundings)
    {
        var folder = surroundings.Variable("DOCKER_CONFIG") is { } set ? Path.GetFullPath(set, surroundings.Folder) : Path.Combine(surroundings.Home, ".docker");
        if ((surroundings.Variable("DOCKER_CONTEXT") ?? CurrentContext(Path.Combine(folder, "config.json"))) is not { Length: > 0 } name || name == "default")
        {
            return null;
        }

        var file = Path.Combine(folder, "contexts", "meta", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))), "meta.json");
        return Host(file) is { Length: > 0 } host
            ? (name, host)
            : throw new RuntimeUnavailableException($"The Docker context '{name}' is chosen and has no address in {file}.\nChoose another: docker context use default");
    }

    // Docker itself ignores a config.json that it cannot read, but for a warning.
    private static string? CurrentContext(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), EngineJson.Default.WireDockerConfig)?.CurrentContext;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static string? Host(string file)
    {
        try
        {
            var context = JsonSerializer.Deserialize(File.ReadAllBytes(file), EngineJson.Default.WireDockerContext);
            return context?.Endpoints?.GetValueOrDefault("docker")?.Host;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
