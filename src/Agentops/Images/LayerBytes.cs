using Agentops.Terminal;

namespace Agentops.Images;

/// <summary>What layers take on disk, with whether the runtime told enough to be sure of it.</summary>
/// <param name="Bytes">The figure, each layer counted once.</param>
/// <param name="IsExact">False for an estimate, shown with <c>~</c> before it.</param>
public readonly record struct LayerBytes(ByteSize Bytes, bool IsExact)
{
    /// <summary>For people: <c>312 MB</c>, <c>~312 MB</c>.</summary>
    /// <returns>As <see cref="ByteSize.ToString"/>, marked when it is an estimate.</returns>
    public override string ToString() => IsExact ? Bytes.ToString() : $"~{Bytes}";
}
