namespace Agentops.EndToEnd.Drivers;

/// <summary>The processes of this machine, those in containers too, as <c>ps</c> would show them.</summary>
internal static class HostProcesses
{
    /// <summary>All command lines, words separated by spaces.</summary>
    public static IEnumerable<string> CommandLines()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out _))
            {
                string line;
                try
                {
                    line = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
                }
                catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                {
                    continue;
                }

                yield return line;
            }
        }
    }

    public static bool AnyWith(string text) => CommandLines().Any(line => line.Contains(text, StringComparison.Ordinal));
}
