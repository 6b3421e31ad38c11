using System.Net.Sockets;

namespace Agentops.Bench;

/// <summary><c>agent status --all</c> over a socket, TLS, ssh and an engine that hangs, against the time it may take.</summary>
internal static class AllBench
{
    public static void Take(Bed bed, Report report, int samples, Action<string> tell)
    {
        tell("status --all: four endpoints of which one hangs");
        bed.MakeEndedRuns(3);
        using var silent = new SilentEngine(Path.Combine(bed.Folder, "silent.sock"));
        var tls = Path.Combine(Path.GetDirectoryName(bed.Variables["DOCKER_HOST"]["unix://".Length..])!, "tls");
        var server = bed.Variables["AGENTOPS_TEST_SSH"];
        bed.AskDocker("context", "create", "tls", "--docker", $"host={File.ReadAllText(Path.Combine(tls, "address"))},ca={tls}/client/ca.pem,cert={tls}/client/cert.pem,key={tls}/client/key.pem");
        bed.AskDocker("context", "create", "ssh", "--docker", $"host={File.ReadAllText(Path.Combine(server, "address"))}");
        bed.AskDocker("context", "create", "silent", "--docker", $"host={silent.Host}");
        var all = bed.OfAgent("status", "--all") with { Environment = new Dictionary<string, string>(bed.Variables) { ["PATH"] = $"{server}/bin:{bed.Variables["PATH"]}" } };
        var view = Bed.Ask(all);
        if (!view.Contains("Runtimes (4 total, 3 answer)", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"three of four should answer:\n{view}");
        }

        report.Add("`agent status --all` over a socket, TLS, ssh and one that hangs / `sleep 1.5`", Comparison.Take(all, new Peer("/bin/sleep", ["1.5"], bed.Variables), Math.Min(samples, 10)), 1);
        bed.AskDocker("context", "rm", "tls", "ssh", "silent");
        bed.Clear();
    }

    /// <summary>Takes connections and says nothing.</summary>
    private sealed class SilentEngine : IDisposable
    {
        private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly List<Socket> taken = [];

        public SilentEngine(string path)
        {
            Host = "unix://" + path;
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            _ = Task.Run(async () =>
            {
                while (true)
                {
                    taken.Add(await listener.AcceptAsync());
                }
            });
        }

        public string Host { get; }

        public void Dispose()
        {
            listener.Dispose();
            taken.ForEach(socket => socket.Dispose());
        }
    }
}
