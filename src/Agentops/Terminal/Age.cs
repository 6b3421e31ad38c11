namespace Agentops.Terminal;

/// <summary>How long ago something was, for people.</summary>
public static class Age
{
    /// <summary>Such as <c>just now</c>, <c>5m ago</c>, <c>2h ago</c>, <c>3d ago</c>; <c>?</c> when the instant is unknown.</summary>
    /// <param name="then">When it was, UTC; null while unknown.</param>
    /// <param name="now">The time of the listing.</param>
    /// <returns>Whole units, rounded down; an instant in the future is <c>just now</c>.</returns>
    public static string Describe(DateTimeOffset? then, DateTimeOffset now)
    {
        if (then is not { } instant)
        {
            return "?";
        }

        var age = now - instant;
        return age.TotalMinutes < 1 ? "just now"
            : age.TotalHours < 1 ? $"{(int)age.TotalMinutes}m ago"
            : age.TotalDays < 1 ? $"{(int)age.TotalHours}h ago"
            : $"{(int)age.TotalDays}d ago";
    }
}
