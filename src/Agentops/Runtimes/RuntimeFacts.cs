namespace Agentops.Runtimes;

/// <summary>Something that a run can be limited in.</summary>
public enum RunLimit
{
    /// <summary>Processors.</summary>
    Cpus,

    /// <summary>Memory.</summary>
    Memory,

    /// <summary>The number of processes.</summary>
    Processes,
}

/// <summary>What a runtime says of itself and of the machine it runs on. What it does not tell is null.</summary>
public sealed record RuntimeFacts
{
    /// <summary>The oldest version of its API that it still speaks.</summary>
    public Version? OldestApi { get; init; }

    /// <summary>The newest version of its API that it speaks.</summary>
    public Version? NewestApi { get; init; }

    /// <summary>It runs as an ordinary user.</summary>
    public bool? IsRootless { get; init; }

    /// <summary>What it keeps images with, such as <c>overlay2</c>. Untrusted text.</summary>
    public string? StorageDriver { get; init; }

    /// <summary>The folder with all that it stores, on the machine it runs on. Untrusted text.</summary>
    public string? DataRoot { get; init; }

    /// <summary>The name of the machine it runs on. Untrusted text.</summary>
    public string? HostName { get; init; }

    /// <summary>What runs cannot be limited in; none when all limits hold.</summary>
    public IReadOnlyList<RunLimit>? LackingLimits { get; init; }

    /// <summary>Why not, for people, without a full stop; null when all hold or nobody says.</summary>
    public string? LackingWhy { get; init; }
}

/// <summary>How limits read.</summary>
internal static class RunLimits
{
    /// <summary>Such as <c>processors, memory and the number of processes</c>.</summary>
    /// <param name="limits">At least one.</param>
    /// <returns>Completes "not limited in …".</returns>
    public static string Describe(IReadOnlyList<RunLimit> limits)
    {
        IReadOnlyList<string> words = [.. limits.Select(Word)];
        return words is [var only] ? only : $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}";
    }

    private static string Word(RunLimit limit) => limit switch
    {
        RunLimit.Cpus => "processors",
        RunLimit.Memory => "memory",
        _ => "the number of processes",
    };
}
