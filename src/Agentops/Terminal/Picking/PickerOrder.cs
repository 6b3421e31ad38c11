namespace Agentops.Terminal.Picking;

/// <summary>How the items of a section follow one another; the sections stay where they are.</summary>
internal enum PickerOrder
{
    /// <summary>As the caller gave them.</summary>
    AsGiven,

    /// <summary>The largest first.</summary>
    BySize,

    /// <summary>The oldest first.</summary>
    ByAge,
}
