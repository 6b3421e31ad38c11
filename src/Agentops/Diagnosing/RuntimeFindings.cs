using System.Globalization;
using Agentops.Runtimes;
using Agentops.Runtimes.Engine;
using Agentops.Terminal;

namespace Agentops.Diagnosing;

/// <summary>Judges runtimes. Pure.</summary>
internal static class RuntimeFindings
{
    /// <summary>An image of an agent takes so much, or more.</summary>
    private static readonly ByteSize Scarce = new(1_000_000_000);

    /// <summary>One runtime or context.</summary>
    /// <param name="place">What was found.</param>
    /// <returns>The finding.</returns>
    public static Finding Of(PlaceFacts place)
    {
        var (reason, advice) = Split(place.Problem);
        if (place.Identity is not { } identity)
        {
            return new Finding(FindingLevel.Error, place.Place.Name, $"{reason}{(place.Place.Endpoint is { } endpoint ? $" ({endpoint})" : "")}") { Advice = advice };
        }

        var answers = new Finding(FindingLevel.Fine, place.Place.Name, $"{Product(identity)} at {identity.Endpoint}");
        if (place.Facts is not { } facts)
        {
            return answers with { Level = place.IsRefused ? FindingLevel.Error : FindingLevel.Warning, Details = [$"it answers, and does not tell of itself: {reason}"], Advice = advice };
        }

        var isTooNew = facts.OldestApi > EngineGreeting.Newest;
        var lacks = facts.LackingLimits is { Count: > 0 } lacking ? $"runs are not limited in {RunLimits.Describe(lacking)}: {facts.LackingWhy}" : null;
        var isFull = place.Free?.Bytes < Scarce.Bytes;
        return answers with
        {
            Level = isTooNew ? FindingLevel.Error : lacks is not null || isFull ? FindingLevel.Warning : FindingLevel.Fine,
            Details =
            [
                .. Line(string.Join(", ", Traits(facts))),
                .. Line(place.Free is { } free ? $"{free} free in {facts.DataRoot}" : ""),
                .. Line(lacks ?? ""),
            ],
            Advice =
            [
                .. isTooNew ? [string.Create(CultureInfo.InvariantCulture, $"It speaks no API that this agent does ({EngineGreeting.Oldest} to {EngineGreeting.Newest}): update agent")] : Array.Empty<string>(),
                .. lacks is not null && identity.Name == "podman" ? ["More: docs/podman.md#limits"] : Array.Empty<string>(),
                .. isFull ? ["Make room: agent clean --dry-run shows what could go"] : Array.Empty<string>(),
            ],
        };
    }

    /// <summary>The runtime that a run would use.</summary>
    /// <param name="choice">What was found.</param>
    /// <returns>The finding.</returns>
    public static Finding Of(ChoiceFacts choice)
    {
        if (choice.Runtime is { } runtime)
        {
            // A variable is a place of its own name: what it holds says more.
            var isNamed = choice.Place is { } place && !choice.Why.StartsWith(place, StringComparison.Ordinal);
            return new Finding(FindingLevel.Fine, "runtime", $"{(isNamed ? choice.Place : runtime.Endpoint)}: {choice.Why}");
        }

        var (reason, advice) = Split(choice.Problem);
        return new Finding(FindingLevel.Error, "runtime", reason.Length > 0 ? reason : choice.Why) { Advice = advice };
    }

    private static IEnumerable<string> Traits(RuntimeFacts facts)
    {
        if ((facts.OldestApi, facts.NewestApi) is ({ } oldest, { } newest))
        {
            yield return $"API {oldest} to {newest}";
        }

        if (facts.StorageDriver is { } driver)
        {
            yield return driver;
        }

        if (facts.IsRootless is { } isRootless)
        {
            yield return isRootless ? "without root" : "as root";
        }

        if (facts.LackingLimits is [])
        {
            yield return "limits hold";
        }
    }

    private static string Product(RuntimeIdentity identity) => $"{identity.Name switch { "docker" => "Docker", "podman" => "Podman", _ => "Apple's container" }} {identity.Version}".TrimEnd();

    private static IEnumerable<string> Line(string text) => text.Length > 0 ? [text] : [];

    private static (string Reason, IReadOnlyList<string> Advice) Split(string? problem) =>
        problem?.Split('\n') is [var reason, .. var advice] ? (reason.TrimEnd('.'), advice) : ("", []);
}
