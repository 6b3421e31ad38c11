using System.Net.Sockets;
using System.Text;

namespace Agentops.EndToEnd.Drivers;

/// <summary>A socket in front of the engine: it counts requests, and can hold one up or cut all lines.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string socketBehind;
    private readonly List<string> requests = [];
    private readonly List<Socket> open = [];
    private Hold? hold;

    /// <summary>Listens.</summary>
    /// <param name="desk">Whose engine it is in front of, and where its socket goes.</param>
    /// <param name="mode">Who may connect.</param>
    public Proxy(Desk desk, UnixFileMode mode = (UnixFileMode)0b110_110_110)
    {
        socketBehind = desk.Engine.Socket;
        Path = System.IO.Path.Combine(desk.Folder, "proxy.sock");
        listener.Bind(new UnixDomainSocketEndPoint(Path));
        File.SetUnixFileMode(Path, mode);
        listener.Listen(50);
        _ = Accept();
    }

    public string Path { get; }

    public string Host => "unix://" + Path;

    /// <summary>Each request's first line up to now, such as <c>GET /v1.41/containers/json HTTP/1.1</c>.</summary>
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

    public int Count(string method, string pathPart) =>
        Requests.Count(line => line.StartsWith(method + " ", StringComparison.Ordinal) && line.Contains(pathPart, StringComparison.Ordinal));

    /// <summary>Holds the next request of that kind up for ever: before the engine gets it, or its answer.</summary>
    /// <returns>Ends when the request is held; for an answer, when the engine has given it.</returns>
    public Task HoldNext(string method, string pathPart, bool answer) =>
        HoldNext(line => line.StartsWith(method + " ", StringComparison.Ordinal) && line.Contains(pathPart, StringComparison.Ordinal), answer).WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Holds one request up for ever, and all after it on its line.</summary>
    /// <param name="matches">Told a request's first line.</param>
    /// <param name="answer">Only its answer.</param>
    /// <param name="after">How many such requests pass before.</param>
    /// <returns>Ends when the request is held; for an answer, when the engine has given it.</returns>
    public Task HoldNext(Func<string, bool> matches, bool answer, int after = 0)
    {
        hold = new Hold(matches, answer, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)) { Left = after };
        return hold.Reached.Task;
    }

    /// <summary>Lets a request go on that was held up before the engine got it.</summary>
    public void Release() => hold?.Released.SetResult();

    /// <summary>Cuts all lines and takes no new one: the engine is gone.</summary>
    public void Cut()
    {
        listener.Close();
        lock (open)
        {
            open.ForEach(socket => socket.Close());
            open.Clear();
        }
    }

    public ValueTask DisposeAsync()
    {
        Cut();
        listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                _ = Serve(await listener.AcceptAsync());
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Serve(Socket client)
    {
        var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        lock (open)
        {
            open.AddRange([client, engine]);
        }

        try
        {
            await engine.ConnectAsync(new UnixDomainSocketEndPoint(socketBehind));
            await using var toClient = new NetworkStream(client);
            await using var toEngine = new NetworkStream(engine);
            var held = new AnswerGate();
            await Task.WhenAll(PassRequests(toClient, toEngine, engine, held), PassAnswers(toEngine, toClient, client, held));
        }
        catch (Exception closed) when (closed is IOException or SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            client.Dispose();
            engine.Dispose();
        }
    }

    private async Task PassRequests(Stream client, Stream engine, Socket engineSocket, AnswerGate gate)
    {
        var reader = new RequestReader(client);
        while (await reader.ReadHead() is { } head)
        {
            var line = head[..head.IndexOf('\r')];
            lock (requests)
            {
                requests.Add(line);
            }

            if (hold is { } wanted && wanted.Matches(line) && Interlocked.Decrement(ref wanted.Left) == -1)
            {
                if (wanted.Answer)
                {
                    gate.Close(wanted.Reached);
                }
                else
                {
                    wanted.Reached.SetResult();
                    await wanted.Released.Task.WaitAsync(TestContext.Current.CancellationToken);
                }
            }

            await engine.WriteAsync(Encoding.Latin1.GetBytes(head));
            await reader.PassBody(head, engine);
        }

        engineSocket.Shutdown(SocketShutdown.Send);
    }

    private static async Task PassAnswers(Stream engine, Stream client, Socket clientSocket, AnswerGate gate)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await engine.ReadAsync(buffer)) > 0;)
        {
            await gate.Pass();
            await client.WriteAsync(buffer.AsMemory(0, count));
        }

        clientSocket.Shutdown(SocketShutdown.Send);
    }

    private sealed record Hold(Func<string, bool> Matches, bool Answer, TaskCompletionSource Reached)
    {
        public int Left;

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class AnswerGate
    {
        private TaskCompletionSource? reached;

        public void Close(TaskCompletionSource whenAnswered) => reached = whenAnswered;

        public Task Pass()
        {
            if (reached is null)
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return Task.Delay(Timeout.Infinite);
        }
    }

    // Requests one after the other on one connection: a head, then a body of a known length, in chunks, or (hijacked) all the rest.
    private sealed class RequestReader(Stream stream)
    {
        private readonly byte[] buffer = new byte[64 * 1024];
        private int start;
        private int end;

        public async Task<string?> ReadHead()
        {
            var head = new StringBuilder();
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                if (!await Fill())
                {
                    return null;
                }

                head.Append((char)buffer[start++]);
            }

            return head.ToString();
        }

        public async Task PassBody(string head, Stream target)
        {
            var line = head[..head.IndexOf('\r')];
            var isHijacked = head.Contains("Upgrade:", StringComparison.OrdinalIgnoreCase) || line.Contains("/attach", StringComparison.Ordinal) || line.Contains("/session", StringComparison.Ordinal);
            if (isHijacked)
            {
                await Pass(long.MaxValue, target);
            }
            else if (Header(head, "Content-Length") is { } length)
            {
                await Pass(long.Parse(length, System.Globalization.CultureInfo.InvariantCulture), target);
            }
            else if (Header(head, "Transfer-Encoding") is not null)
            {
                await PassChunks(target);
            }
        }

        private async Task PassChunks(Stream target)
        {
            while (true)
            {
                var line = new StringBuilder();
                while (line.Length < 2 || line[^1] != '\n')
                {
                    if (!await Fill())
                    {
                        return;
                    }

                    line.Append((char)buffer[start++]);
                }

                await target.WriteAsync(Encoding.Latin1.GetBytes(line.ToString()));
                var size = Convert.ToInt64(line.ToString().Split(';')[0].Trim(), 16);
                await Pass(size + 2, target);
                if (size == 0)
                {
                    return;
                }
            }
        }

        private async Task Pass(long count, Stream target)
        {
            while (count > 0 && await Fill())
            {
                var part = (int)Math.Min(count, end - start);
                await target.WriteAsync(buffer.AsMemory(start, part));
                start += part;
                count -= part;
            }
        }

        private async Task<bool> Fill()
        {
            if (start < end)
            {
                return true;
            }

            (start, end) = (0, await stream.ReadAsync(buffer));
            return end > 0;
        }

        private static string? Header(string head, string name) => head.Split("\r\n").Skip(1)
            .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
    }
}
