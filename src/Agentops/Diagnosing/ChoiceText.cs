using Agentops.Runtimes;

namespace Agentops.Diagnosing;

/// <summary>Says why a runtime is the one that is used. Pure.</summary>
internal static class ChoiceText
{
    /// <summary>Describes a choice.</summary>
    /// <param name="choice">Where a runtime is looked for.</param>
    /// <returns>Without a full stop; untrusted text.</returns>
    public static string Describe(RuntimeChoice choice) => choice switch
    {
        RuntimeChoice.Apple => "Apple's container is asked for by name",
        RuntimeChoice.AppleFirst { Otherwise: var otherwise } => $"Apple's container comes first on this Mac while its services run; else {Describe(otherwise)}",
        RuntimeChoice.Address address => $"{address.Origin.Name} names it",
        RuntimeChoice.Context context => $"the Docker context '{context.Name}' is chosen ({context.Origin})",
        { Kind: "podman" } => "the first Podman that answers in the usual places",
        { Kind: "docker" } => "the first Docker that answers in the usual places",
        _ => "the first that answers in the usual places",
    };
}
