using System.Globalization;

namespace Agentops.Bench;

/// <summary>Measures <c>agent</c> against <c>docker</c>, side by side in one run: <c>./build bench [--samples N] [--runs N] [--only run,list,status,all,clean]</c>.</summary>
internal static class Program
{
    // The capabilities that `agent run` drops; the peer drops the same.
    private static readonly string[] Dropped = ["AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP", "SETPCAP", "SYS_CHROOT"];

    private static readonly string[] All = ["run", "list", "status", "all", "clean"];

    private static int Main(string[] arguments)
    {
        var samples = Number(arguments, "--samples", 20);
        var runs = Number(arguments, "--runs", 1000);
        var parts = Array.IndexOf(arguments, "--only") is >= 0 and var only ? arguments[only + 1].Split(',') : All;
        using var bed = new Bed();
        var report = new Report();
        if (parts.Contains("run"))
        {
            Run(bed, report, samples);
        }

        if (parts.Contains("list"))
        {
            List(bed, report, samples, runs);
        }

        if (parts.Contains("status"))
        {
            LayerBench.Take(report, Tell);
            StatusBench.Take(bed, report, samples, runs, Tell);
        }

        if (parts.Contains("all"))
        {
            AllBench.Take(bed, report, samples, Tell);
        }

        if (parts.Contains("clean"))
        {
            CleanBench.Take(bed, report, runs, Tell);
        }

        Console.WriteLine(report);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Medians of {samples} pairs, A B A B …, after two that do not count; {Environment.ProcessorCount} processors; {bed.AskDocker("version", "--format", "engine {{.Server.Version}}, docker {{.Client.Version}}")}."));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Again: `./build bench --samples {samples} --runs {runs}{(parts.Length < All.Length ? $" --only {string.Join(',', parts)}" : "")}`"));
        return report.GoalsMet ? 0 : 1;
    }

    private static void Run(Bed bed, Report report, int samples)
    {
        Tell("start: --version");
        report.Add("`agent --version` / `docker --version`", Comparison.Take(bed.OfAgent("--version"), bed.OfDocker("--version"), samples), 1);

        Tell("run: a fresh image");
        Sample.Take(bed.OfAgent("run", "hello", bed.Workspace, "--", "true"));
        var run = Comparison.Take(bed.OfAgent("run", "hello", bed.Workspace, "--", "true"), DockerRun(bed), samples);
        report.Add("`agent run hello . -- true` / `docker run …`, fresh image", run, 1.10);
        report.Add("peak memory of that", PeakMemory.Of(bed.OfAgent("run", "hello", bed.Workspace, "--", "true"), 5), PeakMemory.Of(DockerRun(bed), 5), null);
        bed.Clear();

        report.Add("size of the binary", new FileInfo(bed.Agent).Length, null, 15_000_000);
    }

    private static void List(Bed bed, Report report, int samples, int runs)
    {
        Tell("list: 10 ended runs");
        bed.MakeEndedRuns(10);
        report.Add("`agent list` / `docker ps -a`, 10 ended runs", Comparison.Take(bed.OfAgent("list"), bed.OfDocker("ps", "-a"), samples), 1);
        bed.Clear();

        Tell($"list: {runs} ended runs (making them takes minutes)");
        bed.MakeEndedRuns(runs);
        var list = Comparison.Take(bed.OfAgent("list"), bed.OfDocker("ps", "-a"), samples);
        report.Add(string.Create(CultureInfo.InvariantCulture, $"`agent list` / `docker ps -a`, {runs:N0} ended runs"), list, 1);
        report.Add(string.Create(CultureInfo.InvariantCulture, $"peak memory of that, {runs:N0} ended runs"), PeakMemory.Of(bed.OfAgent("list"), 5), PeakMemory.Of(bed.OfDocker("ps", "-a"), 5), 40_000_000);
        bed.Clear();
    }

    private static Peer DockerRun(Bed bed)
    {
        // The same container in all that the engine does for it.
        string[] drop = [.. Dropped.SelectMany(capability => new[] { "--cap-drop", capability })];
        string[] labels = ["--label", "agentops.run=bench", "--label", "agentops.agent=hello", "--label", "agentops.installation=bench", "--label", "agentops.version=bench"];
        return bed.OfDocker([
            "run", "--interactive", "--init", "--security-opt", "no-new-privileges", .. drop, "--pids-limit", "4096", "--user", "0:0", "--label", "agentops=true", .. labels,
            "--mount", $"type=bind,source={bed.Workspace},target=/workspace", "--workdir", "/workspace", "agentops/hello:latest", "true"]);
    }

    private static int Number(string[] arguments, string option, int otherwise) =>
        Array.IndexOf(arguments, option) is >= 0 and var at ? int.Parse(arguments[at + 1], CultureInfo.InvariantCulture) : otherwise;

    private static void Tell(string what) => Console.Error.WriteLine(what);
}
