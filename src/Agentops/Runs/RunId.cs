using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Agentops.Runs;

/// <summary>The id of a run: eight characters of <c>a-z0-9</c>, random. Its container is named <c>agentops-</c> and the id.</summary>
public readonly record struct RunId
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const string ContainerPrefix = "agentops-";
    private static readonly SearchValues<char> AllLetters = SearchValues.Create(Letters);
    private readonly string? text;

    private RunId(string text) => this.text = text;

    /// <summary>The name of the run's container.</summary>
    public string ContainerName => ContainerPrefix + this;

    /// <summary>A new id; nobody has checked yet whether it is taken.</summary>
    /// <returns>A random one of 36^8.</returns>
    // Seeded by the system. Nobody gains by guessing an id, and the cryptographic generator would load OpenSSL at each run.
    public static RunId New() => new(new string(Random.Shared.GetItems<char>(Letters, 8)));

    /// <summary>Reads an id; anything else than its exact form is none, so that an id can be part of a path.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <param name="id">The id.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out RunId id)
    {
        var valid = text is not null && IsValid(text);
        id = valid ? new RunId(text!) : default;
        return valid;
    }

    /// <summary>The id in a container's name.</summary>
    /// <param name="name">Untrusted text.</param>
    /// <returns>Null when the name has not the exact form.</returns>
    public static RunId? OfContainerName(string? name) => IsContainerName(name) ? new RunId(name[ContainerPrefix.Length..]) : null;

    /// <summary>Whether a container is named as one of a run.</summary>
    /// <param name="name">Untrusted text.</param>
    /// <returns>False when the name has not the exact form.</returns>
    public static bool IsContainerName([NotNullWhen(true)] string? name) =>
        name is not null && name.StartsWith(ContainerPrefix, StringComparison.Ordinal) && IsValid(name.AsSpan(ContainerPrefix.Length));

    /// <summary>The eight characters.</summary>
    /// <returns>Safe in a path, a name and a terminal.</returns>
    public override string ToString() => text ?? "????????";

    /// <summary>Whether a text is an id.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <returns>False when it has not the exact form.</returns>
    internal static bool IsValid(ReadOnlySpan<char> text) => text.Length == 8 && !text.ContainsAnyExcept(AllLetters);
}
