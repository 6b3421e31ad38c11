using System.Net.Sockets;

namespace Agentops.EndToEnd.Drivers;

/// <summary>A socket that takes connections and never says a word.</summary>
internal sealed class SilentSocket : IDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Listens.</summary>
    /// <param name="desk">Where its file goes.</param>
    public SilentSocket(Desk desk)
    {
        var path = Path.Combine(desk.Folder, "silent.sock");
        Host = "unix://" + path;
        listener.Bind(new UnixDomainSocketEndPoint(path));
        // Nobody accepts: the kernel takes a connection all the same.
        listener.Listen(50);
    }

    public string Host { get; }

    public void Dispose() => listener.Dispose();
}
