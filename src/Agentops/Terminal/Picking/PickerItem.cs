namespace Agentops.Terminal.Picking;

/// <summary>One thing that can be picked.</summary>
/// <param name="Section">What it is shown under, such as <c>Stopped runs</c>.</param>
/// <param name="Cells">As they are shown, its size and age among them, the name first. Untrusted text; as many as the other items of its section have.</param>
/// <param name="Size">To sort by, not shown; null while unknown, which sorts last.</param>
/// <param name="CreatedAt">To sort by, not shown, UTC; null while unknown, which sorts last.</param>
/// <param name="Needs">Positions in the list of what has to go for this to go: an image needs the stopped runs that use it. It is picked with it.</param>
internal sealed record PickerItem(string Section, IReadOnlyList<string> Cells, ByteSize? Size, DateTimeOffset? CreatedAt, IReadOnlyList<int> Needs);
