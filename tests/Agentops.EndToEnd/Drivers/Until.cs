namespace Agentops.EndToEnd.Drivers;

/// <summary>Waits for what happens elsewhere, and gives up loudly.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Looks again and again until it is true.</summary>
    public static Task True(Func<bool> condition, Func<string> what) => True(() => Task.FromResult(condition()), what);

    /// <summary>Looks again and again until it is true.</summary>
    public static async Task True(Func<Task<bool>> condition, Func<string> what)
    {
        var end = DateTime.UtcNow + Patience;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < end, $"waited {Patience.TotalSeconds:0} s in vain for {what()}");
            await Task.Delay(50);
        }
    }
}
