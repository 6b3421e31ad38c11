using Agentops.Recipes;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Diagnosing;

/// <summary>All that was found, as plain data for <see cref="Diagnosis"/>.</summary>
/// <param name="Places">Each runtime and context of Docker's that there may be.</param>
/// <param name="Choice">Which of them a run would use.</param>
/// <param name="State">The state folder.</param>
/// <param name="Config"><c>config.yaml</c>.</param>
internal sealed record DoctorFacts(IReadOnlyList<PlaceFacts> Places, ChoiceFacts Choice, StateFacts State, ConfigFacts Config)
{
    /// <summary>What makes Podman listen where it is installed and no place is its own; null where it is not, or is a place already.</summary>
    public string? PodmanStart { get; init; }
}

/// <summary>What was found at a place.</summary>
/// <param name="Place">Which.</param>
/// <param name="Identity">Who answers; null when nobody does.</param>
/// <param name="Facts">What it says of itself; null when nobody answers or it does not say.</param>
/// <param name="Problem">Why not, and on a second line what to do; null when it told all. Untrusted text.</param>
internal sealed record PlaceFacts(Place Place, RuntimeIdentity? Identity, RuntimeFacts? Facts, string? Problem)
{
    /// <summary>It answers, and refuses to tell: it will refuse other things too.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Room where it stores all; null when that is on another machine or cannot be looked at.</summary>
    public ByteSize? Free { get; init; }

    /// <summary>Commands use it that do not name another.</summary>
    public bool IsChosen { get; init; }
}

/// <summary>Which runtime a run would use.</summary>
/// <param name="Why">Who says so, for people; untrusted text.</param>
/// <param name="Runtime">Who answers there; null when nobody does.</param>
/// <param name="Place">The name of its place; null when it is none of them, or nobody answers.</param>
/// <param name="Problem">Why nobody answers, and on a second line what to do; null when somebody does, or the choice could not be made. Untrusted text.</param>
internal sealed record ChoiceFacts(string Why, RuntimeIdentity? Runtime, string? Place, string? Problem);

/// <summary>The state folder as it was found.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Status">Null when there is nothing.</param>
/// <param name="IsWritable">We may make files in it; where it is not there, we may make it.</param>
/// <param name="Free">Room there; null when not known.</param>
internal sealed record StateFacts(string Path, FileStatus? Status, bool IsWritable, ByteSize? Free)
{
    /// <summary>Who we are; null where users have no number.</summary>
    public uint? User { get; init; }

    /// <summary>The folder it is to be made in is there, or it is there itself.</summary>
    public bool HasParent { get; init; } = true;

    /// <summary>How many records can be read.</summary>
    public int Records { get; init; }

    /// <summary>Records that cannot be read, one line each; untrusted text.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    /// <summary>Why no record can be read; null when they can.</summary>
    public string? RecordsFault { get; init; }
}

/// <summary>What <c>config.yaml</c> says.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="IsThere">There is such a file.</param>
/// <param name="Runtime">The runtime it names; null for none.</param>
/// <param name="Context">The context it names; null for none.</param>
/// <param name="Problem">What is wrong in it; null when nothing is. Untrusted text.</param>
internal sealed record ConfigFacts(string Path, bool IsThere, string? Runtime = null, string? Context = null, string? Problem = null);
