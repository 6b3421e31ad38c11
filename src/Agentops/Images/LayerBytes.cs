using Agentops.Terminal;

namespace Agentops.Images;

/// <summary>What something takes on disk, with whether the runtime told enough to be sure of it.</summary>
/// <param name="Bytes">The figure, each layer counted once.</param>
/// <param name="IsExact">False for an estimate, shown with <c>~</c> before it.</param>
public readonly record struct LayerBytes(ByteSize Bytes, bool IsExact)
{
    /// <summary>Nothing, for certain.</summary>
    public static readonly LayerBytes Zero = new(ByteSize.Zero, IsExact: true);

    /// <summary>The sum of two figures; exact when both are.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    /// <returns>Both together.</returns>
    public static LayerBytes operator +(LayerBytes left, LayerBytes right) => new(left.Bytes + right.Bytes, left.IsExact && right.IsExact);

    /// <summary>For people: <c>312 MB</c>, <c>~312 MB</c>.</summary>
    /// <returns>As <see cref="ByteSize.ToString"/>, marked when it is an estimate.</returns>
    public override string ToString() => IsExact ? Bytes.ToString() : $"~{Bytes}";
}
