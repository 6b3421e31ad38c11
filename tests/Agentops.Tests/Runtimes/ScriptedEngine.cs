using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Agentops.Runtimes;

namespace Agentops.Tests.Runtimes;

/// <summary>An engine on a port of its own that answers as told, and remembers what it was asked.</summary>
internal sealed class ScriptedEngine : IDisposable
{
    /// <summary>An answer that is begun and never comes.</summary>
    public const string Never = "\0";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<string> requests = [];
    private readonly List<string> bodies = [];
    private int connections;

    /// <summary>Listens.</summary>
    /// <param name="headers">Of each answer.</param>
    /// <param name="answer">From <c>GET /v1.41/info</c> to a body, with another status than 200 before it: <c>500 {"message":"no"}</c>.</param>
    public ScriptedEngine(string headers, Func<string, string> answer)
    {
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref connections);
                _ = Serve(client, headers, answer);
            }
        });
    }

    public string Address => $"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public int Connections => connections;

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (requests)
            {
                return [.. requests];
            }
        }
    }

    /// <summary>What was sent with requests that said how long it is.</summary>
    public IReadOnlyList<string> Bodies
    {
        get
        {
            lock (requests)
            {
                return [.. bodies];
            }
        }
    }

    public Task<IContainerRuntime> Connect(string? name = null, params (string Name, string Value)[] variables) => RuntimeFinder.Connect(
        new Surroundings(variables.Append(("DOCKER_HOST", Address)).ToDictionary(variable => variable.Item1, variable => variable.Item2), "/", "/no/home", 0, 0),
        new RuntimeRequest(name),
        TestContext.Current.CancellationToken);

    public void Dispose() => listener.Dispose();

    private async Task Serve(TcpClient client, string headers, Func<string, string> answer)
    {
        using (client)
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                var request = line[..line.LastIndexOf(' ')];
                var (isChunked, length) = (false, 0);
                while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 } header)
                {
                    isChunked |= header.StartsWith("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);
                    length = header.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase) ? int.Parse(header["Content-Length: ".Length..], CultureInfo.InvariantCulture) : length;
                }

                var sent = new char[length];
                // Even for no characters it would wait for some.
                _ = length > 0 ? await reader.ReadBlockAsync(sent, TestContext.Current.CancellationToken) : 0;

                // The bodies of these tests are short; an archive ends with the chunk of length 0.
                while (isChunked && await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } chunk && chunk != "0")
                {
                }

                _ = isChunked ? await reader.ReadLineAsync(TestContext.Current.CancellationToken) : null;
                lock (requests)
                {
                    requests.Add(request);
                    if (length > 0)
                    {
                        bodies.Add(new string(sent));
                    }
                }

                var told = request.EndsWith("/_ping", StringComparison.Ordinal) ? "OK" : answer(request);
                var (status, body) = told.Length > 4 && char.IsAsciiDigit(told[0]) && told[3] == ' ' ? (told[..3], told[4..]) : ("200", told);
                await client.GetStream().WriteAsync(
                    Encoding.UTF8.GetBytes($"HTTP/1.1 {status} X\r\n{headers}\r\nContent-Length: {(body == Never ? 100 : Encoding.UTF8.GetByteCount(body))}\r\n\r\n{(body == Never ? "" : body)}"), TestContext.Current.CancellationToken);
            }
        }
    }
}
