namespace Agentops.Runtimes.Engine;

/// <summary>How TLS is spoken with an engine: whom to believe, and who we are. Files in PEM; absolute paths.</summary>
/// <param name="Authority">Who may have signed the engine's certificate; null for those that this machine trusts.</param>
/// <param name="Certificate">Ours; null for none.</param>
/// <param name="Key">The key of ours; null for none.</param>
/// <param name="SkipVerify">Any certificate of the engine's will do.</param>
internal sealed record EngineTls(string? Authority, string? Certificate, string? Key, bool SkipVerify)
{
    /// <summary>Nothing says that TLS is wanted.</summary>
    public bool IsEmpty => this is { Authority: null, Certificate: null, Key: null, SkipVerify: false };

    /// <summary>What a folder holds, under the names that Docker gives these files.</summary>
    /// <param name="folder">Absolute; need not be there.</param>
    /// <param name="skipVerify">Any certificate of the engine's will do.</param>
    /// <returns>Null for each file that is not there.</returns>
    public static EngineTls In(string folder, bool skipVerify)
    {
        return new EngineTls(At("ca.pem"), At("cert.pem"), At("key.pem"), skipVerify);

        string? At(string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;
    }

    /// <summary>What the environment says: <c>DOCKER_TLS_VERIFY</c>, <c>DOCKER_TLS</c> and <c>DOCKER_CERT_PATH</c>, as Docker's own client takes them.</summary>
    /// <param name="surroundings">The environment.</param>
    /// <param name="isWanted">The address itself asks for TLS.</param>
    /// <returns>Null for no TLS.</returns>
    /// <exception cref="RuntimeUnavailableException">A folder is named that holds nothing of the kind.</exception>
    public static EngineTls? Of(Surroundings surroundings, bool isWanted)
    {
        var verify = surroundings.Variable("DOCKER_TLS_VERIFY") is not null;
        var unverified = surroundings.Variable("DOCKER_TLS") is not null;
        if (!verify && !unverified && !isWanted)
        {
            return null;
        }

        var set = surroundings.Variable("DOCKER_CERT_PATH");
        var folder = set is null ? DockerContext.ConfigFolder(surroundings) : Path.GetFullPath(set, surroundings.Folder);
        var found = In(folder, skipVerify: unverified && !verify);
        return set is null || found is not { Authority: null, Certificate: null, Key: null } ? found
            : throw new RuntimeUnavailableException($"DOCKER_CERT_PATH is '{set}', and there is no ca.pem, cert.pem or key.pem.\nName the folder that holds them, or unset it.");
    }
}
