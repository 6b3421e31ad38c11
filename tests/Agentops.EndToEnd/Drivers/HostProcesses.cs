namespace Agentops.EndToEnd.Drivers;

/// <summary>The processes of this machine, those in containers too, as <c>ps</c> would show them.</summary>
internal static class HostProcesses
{
    /// <summary>All command lines, words separated by spaces.</summary>
    public static IEnumerable<string> CommandLines() => All().Select(process => process.CommandLine);

    public static bool AnyWith(string text) => With(text).Any();

    /// <summary>The process ids of those whose command line holds a text.</summary>
    public static IEnumerable<int> With(string text) => All().Where(process => process.CommandLine.Contains(text, StringComparison.Ordinal)).Select(process => process.Id);

    private static IEnumerable<(int Id, string CommandLine)> All()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id))
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

                yield return (id, line);
            }
        }
    }
}
