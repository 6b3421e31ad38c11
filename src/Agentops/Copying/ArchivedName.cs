namespace Agentops.Copying;

/// <summary>Where an entry of an untrusted archive goes. Pure.</summary>
internal static class ArchivedName
{
    /// <summary>Reads a name as a path below the folder that is unpacked into.</summary>
    /// <param name="name">As it stands in the archive, with forward slashes.</param>
    /// <returns>Its parts, none of them empty, <c>.</c> or <c>..</c>; no part at all for the folder itself.</returns>
    /// <exception cref="AgentopsException">It leads out of that folder.</exception>
    public static IReadOnlyList<string> Parts(string name)
    {
        if (name.StartsWith('/'))
        {
            throw Refuse(name, "it has an absolute path");
        }

        var parts = name.Split('/').Where(part => part is not ("" or ".")).ToList();
        return parts.Contains("..") ? throw Refuse(name, "it leads out of the folder")
            : parts.Any(part => part.Contains('\0')) ? throw Refuse(name, "it is no name of a file")
            : parts;
    }

    /// <summary>An entry that an honest archive does not have.</summary>
    /// <param name="name">The entry; untrusted text.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <returns>The exception to throw.</returns>
    public static AgentopsException Refuse(string name, string reason) =>
        new($"The archive from the run is not to be trusted, so nothing of it was kept: {name}: {reason}.", ExitCode.Failed, "unsafeArchive");
}
