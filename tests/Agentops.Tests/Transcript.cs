using System.Runtime.CompilerServices;

namespace Agentops.Tests;

/// <summary>The golden files in <c>Transcripts/</c>; <c>ACCEPT=1 ./build test</c> records them.</summary>
internal static class Transcript
{
    /// <summary>Compares what was seen with the golden file.</summary>
    /// <param name="situation">The file's name.</param>
    /// <param name="seen">All of it.</param>
    public static void Matches(string situation, string seen)
    {
        var path = Path.Combine(SourceFolder(), "Transcripts", situation + ".txt");
        var actual = seen.TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"There is no {path} yet. Look at this, and record it with ACCEPT=1 ./build test:\n{actual}");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string SourceFolder([CallerFilePath] string me = "") => Path.GetDirectoryName(me)!;
}
