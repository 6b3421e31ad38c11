using System.Net;
using System.Net.Sockets;

namespace Agentops.Runtimes.Engine;

/// <summary>Connects to an endpoint.</summary>
internal static class EngineSocket
{
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Connects.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A connected socket.</returns>
    /// <exception cref="EngineFaultException">It cannot be.</exception>
    public static async ValueTask<Socket> Connect(EngineEndpoint endpoint, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var socket = endpoint.SocketPath is null
                ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
                : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(Address(endpoint), cancellationToken);
                return socket;
            }
            catch (SocketException busy) when (busy.SocketErrorCode is SocketError.WouldBlock && attempt < Attempts)
            {
                // EAGAIN: the queue of a Unix socket is full for a moment; connect(2) does not wait there.
                socket.Dispose();
                await Task.Delay(Pause, cancellationToken);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                throw new EngineFaultException(EngineFault.Of(failure.SocketErrorCode, failure.Message), failure);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static EndPoint Address(EngineEndpoint endpoint)
    {
        if (endpoint.SocketPath is not { } path)
        {
            return IPAddress.TryParse(endpoint.Host, out var address) ? new IPEndPoint(address, endpoint.Port) : new DnsEndPoint(endpoint.Host!, endpoint.Port);
        }

        try
        {
            // Asked first because connect(2) says too little: .NET calls a missing socket "Cannot assign requested address".
            if (File.GetAttributes(path).HasFlag(FileAttributes.Directory))
            {
                throw new EngineFaultException(new EngineFault(EngineFaultKind.NobodyListens, "a folder, not a socket"));
            }

            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException tooLong)
        {
            throw new EngineFaultException(new EngineFault(EngineFaultKind.Missing, "the path is too long for a socket"), tooLong);
        }
        catch (Exception failure) when (failure is not EngineFaultException && EngineFault.Of(failure) is { } fault)
        {
            throw new EngineFaultException(fault, failure);
        }
    }
}
