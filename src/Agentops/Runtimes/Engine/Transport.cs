using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Agentops.Runtimes.Engine;

/// <summary>A connection to an engine, whatever way it takes.</summary>
/// <param name="Stream">Closing it closes the connection.</param>
/// <param name="CompleteSending">Tells the other side that we have said all; it may go on. Does nothing where that is so already.</param>
internal sealed record Transport(Stream Stream, Action CompleteSending)
{
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Connects.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="patience">How long an answer may take.</param>
    /// <param name="closing">Ends what was started for the connection, at the latest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A connection.</returns>
    /// <exception cref="EngineFaultException">There is none to be had.</exception>
    public static async Task<Transport> Connect(EngineEndpoint endpoint, TimeSpan patience, CancellationToken closing, CancellationToken cancellationToken)
    {
        if (endpoint.Ssh is { } target)
        {
            var ssh = SshStream.Start(target, patience, closing);
            return new Transport(ssh, ssh.CompleteSending);
        }

        if (endpoint.Pipe is { } name)
        {
            var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
            await ConnectPipe(pipe, cancellationToken);
            return new Transport(pipe, () => CompleteSendingTo(pipe));
        }

        var socket = await Connect(endpoint, cancellationToken);
        if (endpoint.Tls is null)
        {
            return new Transport(new NetworkStream(socket, ownsSocket: true), () => CompleteSendingTo(socket));
        }

        var tls = await TlsHandshake.Over(socket, endpoint.Tls, endpoint.Host!, cancellationToken);
        return new Transport(tls, () => CompleteSendingTo(tls));
    }

    private static async ValueTask<Socket> Connect(EngineEndpoint endpoint, CancellationToken cancellationToken)
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

    private static async Task ConnectPipe(NamedPipeClientStream pipe, CancellationToken cancellationToken)
    {
        try
        {
            // It would wait for one that is not there to come.
            await pipe.ConnectAsync(TimeSpan.FromSeconds(1), cancellationToken);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException or UnauthorizedAccessException)
        {
            await pipe.DisposeAsync();
            throw new EngineFaultException(failure is UnauthorizedAccessException ? new(EngineFaultKind.PermissionDenied, "permission denied") : new(EngineFaultKind.Missing, "missing"), failure);
        }
    }

    private static void CompleteSendingTo(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The other side was faster: it is at its end already.
        }
        catch (ObjectDisposedException)
        {
            // We were.
        }
    }

    private static void CompleteSendingTo(NamedPipeClientStream pipe)
    {
        // Elsewhere the class library's pipes are sockets, and none of them leads to an engine.
        if (OperatingSystem.IsWindows())
        {
            PipeEnd.Tell(pipe);
        }
    }

    // TLS has an alert for it, close_notify; on the socket below nothing ends.
    private static void CompleteSendingTo(SslStream tls)
    {
        try
        {
            _ = tls.ShutdownAsync().ContinueWith(done => done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        catch (Exception over) when (over is ObjectDisposedException or InvalidOperationException)
        {
            // Closed meanwhile, or told before.
        }
    }
}
