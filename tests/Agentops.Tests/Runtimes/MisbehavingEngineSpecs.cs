using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

public sealed class MisbehavingEngineSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_accepts_and_never_answers_is_given_up_in_time()
    {
        var clock = Stopwatch.StartNew();

        Assert.Equal(new EngineFault(EngineFaultKind.NoAnswer, "no answer within 1 s"), await Greet(_ => Task.Delay(Timeout.Infinite, Cancel)));
        Assert.InRange(clock.Elapsed, Patience * 0.9, Patience * 4);
    }

    [Fact]
    public async Task One_that_sends_half_a_body_and_waits_is_given_up_in_time() =>
        Assert.Equal("no answer within 1 s", await Ask("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{\"Id\":", thenClose: false));

    [Fact]
    public async Task One_that_sends_half_a_body_and_closes_is_not_believed() =>
        Assert.Equal("it closed the connection in the middle of its answer", await Ask("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[{\"Id\":\"a\"}", thenClose: true));

    [Fact]
    public async Task One_that_ends_its_JSON_early_is_not_believed() =>
        Assert.Equal("its answer is not JSON, or was cut short", await Ask("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[{\"Id\":\"a\"", thenClose: false));

    [Fact]
    public async Task One_that_closes_at_once_is_told_so() =>
        Assert.Equal(EngineFaultKind.NotAnEngine, (await Greet(_ => Task.CompletedTask))!.Kind);

    [Fact]
    public async Task One_that_speaks_SSH_is_no_engine() =>
        Assert.Contains("SSH-2.0-OpenSSH_9.2", (await Greet(socket => Send(socket, "SSH-2.0-OpenSSH_9.2\r\n")))!.Reason, StringComparison.Ordinal);

    [Fact]
    public async Task A_web_server_is_no_engine() =>
        Assert.Equal("not an engine: it does not tell an API version", (await Greet(socket => Send(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")))!.Reason);

    [Fact]
    public async Task Headers_without_end_are_given_up() =>
        Assert.Equal("not an engine: it sends headers without end", (await Greet(async socket =>
        {
            await Send(socket, "HTTP/1.1 200 OK\r\n");
            for (var number = 0; ; number++)
            {
                await Send(socket, $"X-{number}: {new string('x', 1000)}\r\n");
            }
        }))!.Reason);

    [Fact]
    public async Task An_answer_that_is_too_large_is_given_up() =>
        Assert.Equal("its answer is larger than 1.0 MB", await Ask(
            "HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n[" + string.Concat(Enumerable.Repeat("{\"Id\":\"a\"},", 200_000)), thenClose: false, Patience * 30));

    [Fact]
    public async Task A_list_of_50_MB_with_fields_that_nobody_knows_is_read()
    {
        var item = Encoding.ASCII.GetBytes($"{{\"Id\":\"a\",\"Names\":null,\"Unknown\":[\"{new string('x', 9_960)}\"]}},");
        using var server = new SocketServer(async socket =>
        {
            await socket.ReceiveAsync(new byte[4000], Cancel);
            await Send(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[");
            for (var count = 0; count < 5_000; count++)
            {
                await Send(socket, item);
            }

            await Send(socket, "null]");
        });
        await using var connection = new EngineConnection(server.Endpoint, Patience * 60);

        var ids = await connection.AskContainers(EngineRequest.Get("/containers/json?all=1"), wire => wire.Id, Cancel);

        Assert.Equal((5_000, "a"), (ids.Count, ids.Distinct().Single()));
    }

    [Fact]
    public async Task An_error_in_HTML_is_not_taken_for_the_engines_words() =>
        Assert.Equal("it answers 500 to GET /containers/json, and not as an engine does", await Ask("HTTP/1.1 500 Oops\r\nContent-Length: 14\r\n\r\n<html>x</html>", thenClose: false));

    [Fact]
    public async Task A_place_without_an_engine_is_told_by_its_kind()
    {
        var folder = Directory.CreateTempSubdirectory("agentops-");
        var file = Path.Combine(folder.FullName, "plain");
        await File.WriteAllTextAsync(file, "", Cancel);

        Assert.Equal("missing", await ReasonAt(Path.Combine(folder.FullName, "nothing")));
        Assert.Equal("nobody listens", await ReasonAt(file));
        Assert.Equal("a folder, not a socket", await ReasonAt(folder.FullName));
        Assert.Equal("the path is too long for a socket", await ReasonAt(await LongPath(folder.FullName)));
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(SocketError.AccessDenied, "PermissionDenied", "permission denied")]
    [InlineData(SocketError.ConnectionRefused, "NobodyListens", "nobody listens")]
    [InlineData(SocketError.WouldBlock, "NoAnswer", "it is too busy to take a connection")]
    [InlineData(SocketError.HostNotFound, "Missing", "no such host")]
    public void An_error_of_the_socket_is_put_into_words(SocketError error, string kind, string reason) =>
        Assert.Equal(new EngineFault(Enum.Parse<EngineFaultKind>(kind), reason), EngineFault.Of(error, "the system's words"));

    [Fact]
    public async Task A_user_who_gives_up_need_not_wait_for_the_deadline()
    {
        using var server = new SocketServer(_ => Task.Delay(Timeout.Infinite, Cancel));
        await using var connection = new EngineConnection(server.Endpoint, TimeSpan.FromMinutes(1));
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.Greet(patience.Token));
    }

    [Fact]
    public async Task A_queue_that_is_full_for_a_moment_is_waited_for()
    {
        var path = Path.Combine(Path.GetTempPath(), $"agentops-{Guid.NewGuid():N}.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(0);
        await using var first = (await Connect()).Stream;
        var second = Connect();
        await Task.Delay(100, Cancel);
        Assert.False(second.IsCompleted);

        using var accepted = await listener.AcceptAsync(Cancel);

        await using var connected = (await second).Stream;
        Assert.True(connected.CanWrite);

        Task<Transport> Connect() => Transport.Connect(EngineEndpoint.Unix(path), Patience, CancellationToken.None, Cancel);
    }

    [Fact]
    public async Task An_early_refusal_of_an_upload_is_heard_though_the_engine_has_hung_up()
    {
        using var server = new SocketServer(async socket =>
        {
            await socket.ReceiveAsync(new byte[1000], Cancel);
            await Send(socket, "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n{\"message\":\"too big\"}");
        });
        await using var connection = new EngineConnection(server.Endpoint, Patience);

        var refusal = await Assert.ThrowsAsync<RuntimeRefusalException>(() => connection.Upload(
            EngineRequest.Post("/build"),
            async (body, token) =>
            {
                for (var piece = 0; piece < 10_000; piece++)
                {
                    await body.WriteAsync(new byte[64_000], token);
                }
            },
            Cancel));

        Assert.Equal("too big", refusal.Message);
    }

    private static async Task<EngineFault?> Greet(Func<Socket, Task> serve)
    {
        using var server = new SocketServer(serve);
        await using var connection = new EngineConnection(server.Endpoint, Patience);
        return (await connection.Greet(Cancel)).Fault;
    }

    private static async Task<string> Ask(string answer, bool thenClose, TimeSpan? patience = null)
    {
        using var server = new SocketServer(async socket =>
        {
            await socket.ReceiveAsync(new byte[4000], Cancel);
            await Send(socket, answer);
            await (thenClose ? Task.CompletedTask : Task.Delay(Timeout.Infinite, Cancel));
        });
        await using var connection = new EngineConnection(server.Endpoint, patience ?? Patience, answerLimit: 1_000_000);

        var failure = await Assert.ThrowsAsync<RuntimeUnavailableException>(() =>
            connection.AskContainers(EngineRequest.Get("/containers/json?all=1"), EngineWords.Container, Cancel));

        return failure.Message.Split('\n')[0][$"The container engine at {server.Endpoint.Text} is not usable: ".Length..].TrimEnd('.');
    }

    private static async Task<string> ReasonAt(string path)
    {
        await using var connection = new EngineConnection(EngineEndpoint.Unix(path), Patience);
        return (await connection.Greet(Cancel)).Fault!.Reason;
    }

    private static async Task<string> LongPath(string folder)
    {
        var path = Path.Combine(folder, new string('x', 150));
        await File.WriteAllTextAsync(path, "", Cancel);
        return path;
    }

    private static Task Send(Socket socket, string text) => Send(socket, Encoding.UTF8.GetBytes(text));

    private static async Task Send(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, Cancel)..];
        }
    }

    /// <summary>Serves each connection in its own bad way, then closes it.</summary>
    private sealed class SocketServer : IDisposable
    {
        private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        private readonly string path = Path.Combine(Path.GetTempPath(), $"agentops-{Guid.NewGuid():N}.sock");

        public SocketServer(Func<Socket, Task> serve)
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(10);
            _ = Task.Run(async () =>
            {
                while (true)
                {
                    var socket = await listener.AcceptAsync();
                    _ = Serve(socket, serve);
                }
            });
        }

        public EngineEndpoint Endpoint => EngineEndpoint.Unix(path);

        public void Dispose()
        {
            listener.Dispose();
            File.Delete(path);
        }

        private static async Task Serve(Socket socket, Func<Socket, Task> serve)
        {
            using (socket)
            {
                try
                {
                    await serve(socket);
                    // Closed with a request unread, the connection would be reset, and what was sent lost.
                    socket.Shutdown(SocketShutdown.Send);
                    while (await socket.ReceiveAsync(new byte[4000]) > 0)
                    {
                    }
                }
                catch (SocketException)
                {
                    // The other side had enough.
                }
            }
        }
    }
}
