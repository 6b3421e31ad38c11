using System.Globalization;
using Agentops.Recipes;
using Agentops.Terminal;

namespace Agentops.Diagnosing;

/// <summary>Judges the state folder. Pure.</summary>
internal static class StateFindings
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // What runs print is kept here.
    private static readonly ByteSize Scarce = new(100_000_000);

    /// <summary>The folder.</summary>
    /// <param name="state">What was found.</param>
    /// <returns>The finding.</returns>
    public static Finding OfFolder(StateFacts state)
    {
        if (state.Status is not { } status)
        {
            var parent = Path.GetDirectoryName(state.Path);
            return state.IsWritable ? Fine($"{state.Path} is not there yet: the first run makes it")
                : state.HasParent ? Error($"{state.Path} cannot be made: you may not write in {parent}", $"Name a folder of yours: export AGENTOPS_HOME=…")
                : Error($"{state.Path} cannot be made: there is no folder {parent}", $"Make it (mkdir -p '{parent}'), or name another in AGENTOPS_HOME");
        }

        if (status.Kind is not FileKind.Folder)
        {
            return Error($"{state.Path} is not a folder", "Move it away, or name another in AGENTOPS_HOME");
        }

        var isOthers = state.User is { } user && status.Owner != user;
        if (!state.IsWritable)
        {
            return Error(
                $"{state.Path} cannot be written{(isOthers ? $": it belongs to user {status.Owner}" : "")}",
                isOthers ? $"Make it yours (sudo chown -R \"$(id -u)\" '{state.Path}'), or name another in AGENTOPS_HOME" : $"Allow it: chmod 700 '{state.Path}'. On a disk that is read-only: name another in AGENTOPS_HOME");
        }

        var mode = Convert.ToString((int)status.Mode & 0b111_111_111, 8).PadLeft(4, '0');
        var free = state.Free is { } room ? $", {room} free" : "";
        return isOthers ? Warning($"{state.Path} belongs to user {status.Owner}, and you are user {state.User}{free}", "Run agent as that user, or name another folder in AGENTOPS_HOME: what you make there that user cannot change")
            : (status.Mode & Others) != 0 ? Warning($"{state.Path} is open to others ({mode}){free}", $"Close it, as what runs print is in it: chmod 700 '{state.Path}'")
            : state.Free?.Bytes < Scarce.Bytes ? Warning($"{state.Path} is yours alone ({mode}){free}", "Make room: what runs print is kept there")
            : Fine($"{state.Path} is yours alone ({mode}){free}");

        static Finding Fine(string message) => new(FindingLevel.Fine, "folder", message);
        static Finding Warning(string message, string advice) => new(FindingLevel.Warning, "folder", message) { Advice = [advice] };
        static Finding Error(string message, string advice) => new(FindingLevel.Error, "folder", message) { Advice = [advice] };
    }

    /// <summary>The records of runs.</summary>
    /// <param name="state">What was found.</param>
    /// <returns>The finding.</returns>
    public static Finding OfRecords(StateFacts state)
    {
        const int Named = 5;
        if (state.RecordsFault is { } fault)
        {
            return new Finding(FindingLevel.Error, "runs", fault) { Advice = ["Until they can be read, nothing is cleaned"] };
        }

        var readable = state.Records == 0 ? "none recorded" : string.Create(CultureInfo.InvariantCulture, $"{state.Records} recorded");
        if (state.Unreadable is not { Count: > 0 } unreadable)
        {
            return new Finding(FindingLevel.Fine, "runs", readable);
        }

        var more = unreadable.Count > Named ? $"… and {unreadable.Count - Named} more" : null;
        return new Finding(FindingLevel.Warning, "runs", string.Create(CultureInfo.InvariantCulture, $"{readable}, and {unreadable.Count} that cannot be read"))
        {
            Details = [.. unreadable.Take(Named), .. more is null ? Array.Empty<string>() : [more]],
            Advice = ["They and their containers are kept. Mend them, or remove their folders by hand"],
        };
    }

    /// <summary><c>config.yaml</c>.</summary>
    /// <param name="config">What was found.</param>
    /// <returns>The finding.</returns>
    public static Finding Of(ConfigFacts config)
    {
        if (config.Problem is { } problem)
        {
            return new Finding(FindingLevel.Error, Configuration.Name, problem) { Advice = ["What it may hold: docs/config.md"] };
        }

        var says = string.Join(", ", new[] { ("runtime", config.Runtime), ("context", config.Context) }.Where(key => key.Item2 is not null).Select(key => $"{key.Item1}: {key.Item2}"));
        return new Finding(FindingLevel.Fine, Configuration.Name, !config.IsThere ? "none, and none is needed" : says.Length > 0 ? $"can be read ({says})" : "can be read");
    }
}
