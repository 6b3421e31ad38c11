using System.Net;
using System.Net.Sockets;

namespace Agentops.EndToEnd.Drivers;

/// <summary>A way to the engine over a network: to the program under test it is an engine on another machine.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Engine engine;

    public Gateway(Engine engine)
    {
        this.engine = engine;
        listener.Start();
        _ = Accept();
    }

    public string Host => $"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public ValueTask DisposeAsync()
    {
        listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                _ = Serve(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Serve(Socket client)
    {
        using var behind = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await behind.ConnectAsync(new UnixDomainSocketEndPoint(engine.Socket));
                await Task.WhenAll(Pass(client, behind), Pass(behind, client));
            }
            catch (Exception closed) when (closed is IOException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    // One side may have said all while the other still speaks: an attached stream ends so.
    private static async Task Pass(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
        {
            await to.SendAsync(buffer.AsMemory(0, count));
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
