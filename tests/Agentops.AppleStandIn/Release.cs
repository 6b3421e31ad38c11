using System.Globalization;

namespace Agentops.AppleStandIn;

/// <summary>Which release of <c>container</c> is stood in for.</summary>
internal readonly record struct Release(int Major, int Minor, int Patch) : IComparable<Release>
{
    /// <summary>The JSON of 1.0.0 and later.</summary>
    public bool IsNewEra => Major >= 1;

    public static Release Parse(string text)
    {
        var parts = text.Trim().Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToList();
        return new Release(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
    }

    public bool Since(int major, int minor, int patch = 0) => CompareTo(new Release(major, minor, patch)) >= 0;

    public int CompareTo(Release other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
