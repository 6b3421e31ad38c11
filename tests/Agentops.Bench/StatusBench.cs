using System.Globalization;
using System.Text.Json.Nodes;

namespace Agentops.Bench;

/// <summary><c>agent status</c> against <c>docker system df</c>, and against the bare listing of containers.</summary>
internal static class StatusBench
{
    private const int HeavyShare = 5;
    private const int Files = 2000;

    public static void Take(Bed bed, Report report, int samples, int runs, Action<string> tell)
    {
        tell("status: 3 runs");
        bed.MakeEndedRuns(3);
        Sample.Take(bed.OfAgent("status"));
        report.Add("`agent status` / `docker system df`, 3 runs", Comparison.Take(bed.OfAgent("status"), bed.OfDocker("system", "df"), samples), 1);
        bed.Clear();

        tell($"status: {runs} ended runs, every fifth with {Files} files (making them takes minutes)");
        MakeHeavyRuns(bed, runs);
        var shape = string.Create(CultureInfo.InvariantCulture, $"{runs:N0} ended runs, {runs / HeavyShare:N0} of them with {Files:N0} files");
        Sample.Take(bed.OfAgent("status", "--exact"));
        report.Add($"`agent status` / `docker system df`, {shape}, sizes remembered", Comparison.Take(bed.OfAgent("status"), bed.OfDocker("system", "df"), samples), 0.1);
        var listing = Curl(bed);
        report.Add("the same / `GET /containers/json?all=1` with curl", Comparison.Take(bed.OfAgent("status"), listing, samples), 1.5);
        report.Add("peak memory of `agent status`", PeakMemory.Of(bed.OfAgent("status"), 5), null, null);
        report.Add("the same for the first time, the table / `docker system df`", Comparison.Take(bed.OfAgent("status"), bed.OfDocker("system", "df"), Math.Min(samples, 10), () =>
        {
            bed.LetBackgroundEnd();
            bed.ForgetSizes();
        }), 1);
        bed.LetBackgroundEnd();
        report.Add("the same for the first time, all sizes (`--exact`) / `docker system df`", Comparison.Take(bed.OfAgent("status", "--exact"), bed.OfDocker("system", "df"), Math.Min(samples, 5), bed.ForgetSizes), null);

        bed.Clear();
        tell($"status: {runs} and {runs * 10} runs that never started");
        bed.MakeEndedRuns(1);
        MultiplyRecords(bed, runs);
        Sample.Take(bed.OfAgent("status", "--exact"));
        // Of the same kind: an engine lists what never ran at another pace than what has ended.
        var few = Enumerable.Range(0, Math.Min(samples, 10)).Select(_ => Sample.Take(bed.OfAgent("status"))).ToList();
        MultiplyRecords(bed, runs * 10);
        Sample.Take(bed.OfAgent("status", "--exact"));
        var many = Enumerable.Range(0, Math.Min(samples, 10)).Select(_ => Sample.Take(bed.OfAgent("status"))).ToList();
        report.Add(string.Create(CultureInfo.InvariantCulture, $"`agent status`, {runs * 10:N0} runs / {runs:N0} runs"), new Comparison(many, few), 10);
        report.Add(string.Create(CultureInfo.InvariantCulture, $"peak memory of that, {runs * 10:N0} runs"), PeakMemory.Of(bed.OfAgent("status"), 3), null, 100_000_000);
        bed.Clear();
    }

    private static void MakeHeavyRuns(Bed bed, int runs)
    {
        var heavy = bed.OfAgent("run", "-d", "hello", bed.Workspace, "--", "sh", "-c", $"mkdir /tmp/d; cd /tmp/d; i=0; while [ $i -lt {Files} ]; do echo $i > f$i; i=$((i+1)); done");
        Sample.Take(heavy);
        Parallel.For(1, runs / HeavyShare, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => Sample.Take(heavy));
        bed.MakeEndedRuns(runs);
    }

    // The engine's own time for the same listing, and nothing else.
    private static Peer Curl(Bed bed)
    {
        var curl = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(part => Path.Combine(part, "curl")).First(File.Exists);
        var socket = bed.Variables["DOCKER_HOST"]["unix://".Length..];
        return new Peer(curl, ["-sS", "--unix-socket", socket, "http://engine/v1.41/containers/json?all=1"], new Dictionary<string, string>(bed.Variables)) { Shown = "curl" };
    }

    // Containers made through the engine and ended for want of a start, records as agent writes them: ten thousand real runs would take an hour.
    private static void MultiplyRecords(Bed bed, int runs)
    {
        var sample = Directory.GetDirectories(bed.Runs).First(folder => !Path.GetFileName(folder).StartsWith('.'));
        var record = JsonNode.Parse(File.ReadAllText(Path.Combine(sample, "run.json")))!;
        var have = Directory.GetDirectories(bed.Runs).Length;
        using var client = Engine(bed);
        Parallel.For(have, runs, new ParallelOptions { MaxDegreeOfParallelism = 4 }, number =>
        {
            var id = "b" + number.ToString("0000000", CultureInfo.InvariantCulture);
            var mine = record.DeepClone();
            mine["id"] = id;
            var folder = Directory.CreateDirectory(Path.Combine(bed.Runs, id)).FullName;
            File.WriteAllText(Path.Combine(folder, "run.json"), mine.ToJsonString());
            var labels = new JsonObject { ["agentops"] = "true", ["agentops.run"] = id, ["agentops.agent"] = "hello", ["agentops.installation"] = mine["installation"]!.DeepClone(), ["agentops.version"] = "0.1.0" };
            var body = new JsonObject { ["Image"] = "agentops/hello:latest", ["Cmd"] = new JsonArray("true"), ["Labels"] = labels, ["HostConfig"] = new JsonObject { ["NetworkMode"] = "none" } };
            using var content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
            using var response = client.PostAsync($"http://engine/v1.41/containers/create?name=agentops-{id}", content).GetAwaiter().GetResult();
            response.EnsureSuccessStatusCode();
        });
    }

    private static HttpClient Engine(Bed bed)
    {
        var socket = bed.Variables["DOCKER_HOST"]["unix://".Length..];
        return new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
                await connection.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(socket), cancellationToken);
                return new System.Net.Sockets.NetworkStream(connection, ownsSocket: true);
            },
        })
        { Timeout = TimeSpan.FromMinutes(5) };
    }
}
