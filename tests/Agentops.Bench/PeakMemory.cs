using System.Diagnostics;
using System.Globalization;

namespace Agentops.Bench;

/// <summary>The most memory a program holds at once.</summary>
internal static class PeakMemory
{
    // Small itself: the kernel counts what a process held before it became the program, and that is what its parent held.
    private const string Time = "/usr/bin/time";

    /// <summary>Runs a program a few times.</summary>
    /// <returns>The most of all times, in bytes.</returns>
    public static long Of(Peer program, int times) => Enumerable.Range(0, times).Max(_ => Once(program));

    private static long Once(Peer program)
    {
        var file = Path.GetTempFileName();
        try
        {
            string[] arguments = ["--format", "%M", "--output", file, program.Path, .. program.Arguments];
            var start = new ProcessStartInfo(Time, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment.Clear();
            foreach (var (name, value) in program.Environment)
            {
                start.Environment[name] = value;
            }

            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            Task.WaitAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.WaitForExit();
            return process.ExitCode == 0
                ? long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) * 1024
                : throw new InvalidOperationException($"exit code {process.ExitCode}: {program}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
