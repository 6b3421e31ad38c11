using System.Security.Cryptography;
using System.Text;

namespace Agentops.Images;

/// <summary>The name of a layer together with all below it. https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid</summary>
internal static class ChainId
{
    /// <summary>Names a layer.</summary>
    /// <param name="below">The chain id of the layer below; null for the lowest.</param>
    /// <param name="diffId">The layer itself, <c>sha256:…</c>.</param>
    /// <returns><c>sha256:…</c>.</returns>
    public static string Of(string? below, string diffId) =>
        below is null ? diffId : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{below} {diffId}")));
}
