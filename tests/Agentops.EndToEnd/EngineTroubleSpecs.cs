using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;

namespace Agentops.EndToEnd;

public sealed class EngineTroubleSpecs
{
    [Fact]
    public async Task An_engine_that_is_down_is_named_with_what_to_do()
    {
        await using var desk = Desk.Plain();
        var socket = Path.Combine(desk.Folder, "nobody.sock");
        desk.Set("DOCKER_HOST", "unix://" + socket);
        var list = (await desk.Run("list")).Expect(3);
        Assert.Contains(socket, list.Error, StringComparison.Ordinal);
        Assert.InRange(list.Error.TrimEnd('\n').Split('\n').Length, 1, 6);
        (await desk.Run("run", ".", "--", "true")).Expect(125);

        var json = (await desk.Run("list", "--json")).Expect(3);
        Assert.Equal("runtimeUnavailable", JsonDocument.Parse(json.Out).RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("", json.Error);
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_at_any_more_is_down_too()
    {
        await using var desk = Desk.Plain();
        var path = Path.Combine(desk.Folder, "stale.sock");
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stale.Bind(new UnixDomainSocketEndPoint(path));
        }

        if (!File.Exists(path))
        {
            await File.WriteAllTextAsync(path, "", TestContext.Current.CancellationToken);
        }

        desk.Set("DOCKER_HOST", "unix://" + path);
        Assert.Contains(path, (await desk.Run("list")).Expect(3).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n")]
    public async Task An_engine_that_hangs_or_talks_nonsense_is_given_up_in_time(string answer)
    {
        await using var desk = Desk.Plain();
        var path = Path.Combine(desk.Folder, "odd.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(10);
        _ = AnswerAll(listener, answer);

        desk.Set("DOCKER_HOST", "unix://" + path);
        var watch = Stopwatch.StartNew();
        var outcome = (await desk.Run("list")).Expect(3);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"took {watch.Elapsed}");
        Assert.Contains(path, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_lost_while_a_run_is_watched_ends_the_watching_and_not_the_run()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);
        await using var running = desk.Start("run", ".", "--", "sh", "-c", "echo ready; sleep 1000");
        await running.WaitForOut("ready\n");
        engine.Cut();
        var outcome = await running.End(TimeSpan.FromSeconds(30));
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.NotEqual("", outcome.Error);

        desk.Set("DOCKER_HOST", Given.EngineHost);
        Assert.Single(await desk.Containers());
        var container = await desk.Engine.Get($"containers/{(await desk.Containers())[0]}/json");
        Assert.True(container!.Value.GetProperty("State").GetProperty("Running").GetBoolean());
    }

    private static async Task AnswerAll(Socket listener, string answer)
    {
        var kept = new List<Socket>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync();
                kept.Add(client);
                await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer));
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            kept.ForEach(client => client.Dispose());
        }
    }
}
