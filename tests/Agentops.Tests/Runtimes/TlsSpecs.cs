using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

public sealed class TlsSpecs : IDisposable
{
    private const string Greeting = "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nContent-Length: 2\r\n\r\nOK";
    private readonly TestCertificates files = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => files.Dispose();

    [Fact]
    public async Task An_engine_whose_certificate_our_authority_signed_is_believed() => Assert.Null(await Fault(files.ForEngine()));

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task One_that_wants_a_client_certificate_is_shown_ours(SslProtocols protocol)
    {
        files.AddClient();
        Assert.Null(await Fault(files.ForEngine(), files, protocol));

        using var others = new TestCertificates("Another");
        Assert.NotNull(await Fault(files.ForEngine(), others, protocol));
    }

    [Theory]
    [InlineData("error:0A00045C:SSL routines::tlsv13 alert certificate required", "it wants a client certificate, and was shown none")]
    [InlineData("error:0A000412:SSL routines::sslv3 alert bad certificate", "it wants a client certificate that it accepts")]
    [InlineData("error:0A000418:SSL routines::tlsv1 alert unknown ca", "it wants a client certificate that it accepts")]
    [InlineData("error:0A000415:SSL routines::sslv3 alert certificate expired", "our client certificate has expired, it says")]
    [InlineData("error:0A000410:SSL routines::sslv3 alert handshake failure", "it agrees to none of the ways to speak TLS that this machine knows")]
    [InlineData("Connection reset by peer", null)]
    [InlineData("bad certificate", null)]
    public void What_an_engine_has_against_us_is_told_whenever_it_says_so(string words, string? reason) =>
        Assert.Equal(reason, TlsFault.OfAlert(new IOException("The decryption operation failed", new InvalidOperationException("SSL_read failed", new InvalidOperationException(words))))?.Reason);

    [Fact]
    public async Task A_certificate_that_has_expired_is_told_with_its_day()
    {
        var fault = await Fault(files.ForEngine(from: TimeSpan.FromDays(-20), to: TimeSpan.FromDays(-10)));

        Assert.Equal($"its certificate expired on {DateTime.UtcNow.AddDays(-10):yyyy-MM-dd}", fault!.Reason.Replace(fault.Reason[^10..], "", StringComparison.Ordinal));
        Assert.Contains("Renew it", fault.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_not_valid_yet_makes_one_look_at_the_clock()
    {
        var fault = await Fault(files.ForEngine(from: TimeSpan.FromDays(5), to: TimeSpan.FromDays(10)));

        Assert.StartsWith($"its certificate is valid from {DateTime.UtcNow.AddDays(5):yyyy-MM-dd}", fault!.Reason, StringComparison.Ordinal);
        Assert.Equal("Is the clock of this machine right?", fault.Advice);
    }

    [Fact]
    public async Task One_of_an_unknown_authority_is_told_with_the_name_of_that()
    {
        using var others = new TestCertificates("Another");

        Assert.Equal($"its certificate is signed by 'Another', which {files["ca.pem"]} does not know", (await Fault(others.ForEngine()))!.Reason);
    }

    [Fact]
    public async Task One_for_another_host_is_told_with_what_it_is_for() =>
        Assert.Equal("its certificate is for lab.example and not for 127.0.0.1", (await Fault(files.ForEngine("lab.example")))!.Reason);

    [Fact]
    public async Task Whoever_asks_to_skip_all_that_is_not_stopped()
    {
        using var others = new TestCertificates("Another");

        Assert.Null(await Fault(others.ForEngine("lab.example", TimeSpan.FromDays(-20), TimeSpan.FromDays(-10)), skipVerify: true));
    }

    [Theory]
    [InlineData("ca.pem", "nonsense")]
    [InlineData("cert.pem", "nonsense")]
    [InlineData("key.pem", "nonsense")]
    [InlineData("key.pem", null)]
    [InlineData("cert.pem", null)]
    public async Task A_file_of_ours_that_is_no_use_is_named(string file, string? text)
    {
        files.AddClient();
        if (text is null)
        {
            File.Delete(files[file]);
        }
        else
        {
            files.Write(file, text);
        }

        var fault = await Fault(files.ForEngine());
        Assert.Equal(EngineFaultKind.Tls, fault!.Kind);
        Assert.Contains(file, fault.Reason, StringComparison.Ordinal);
        Assert.StartsWith("ca.pem, cert.pem and key.pem must be in PEM", fault.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_without_TLS_is_told_apart()
    {
        using var server = new Server(async stream => await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), Cancel));

        Assert.Equal("it does not speak TLS", (await Fault(server))!.Reason);
    }

    [Fact]
    public async Task One_that_hangs_up_at_once_is_told_apart()
    {
        using var server = new Server(_ => Task.CompletedTask);

        Assert.Equal("it hung up while TLS was agreed on", (await Fault(server))!.Reason);
    }

    [Fact]
    public async Task An_engine_with_TLS_that_was_asked_without_is_told_what_to_set()
    {
        // Word for word what Docker's answers.
        using var server = new Server(async stream => await stream.WriteAsync("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8.ToArray(), Cancel));
        await using var connection = new EngineConnection(server.Endpoint, TimeSpan.FromSeconds(20));

        var (_, fault) = await connection.Greet(Cancel);

        Assert.Equal("it speaks TLS, and was asked without", fault!.Reason);
        Assert.StartsWith("Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH", fault.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_hears_the_end_of_its_input_and_its_output_goes_on()
    {
        using var certificate = files.ForEngine();
        using var server = new Server(async plain =>
        {
            await using var stream = new SslStream(plain);
            await stream.AuthenticateAsServerAsync(certificate);
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            while (await reader.ReadLineAsync(Cancel) is { Length: > 0 })
            {
            }

            await stream.WriteAsync("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"u8.ToArray(), Cancel);
            var typed = await reader.ReadToEndAsync(Cancel);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{typed} and the end"), Cancel);
        });
        await using var connection = Open(server);
        var taken = await connection.Hijack(EngineRequest.Post("/containers/x/attach"), Cancel);
        await using var io = taken.AsIo(terminal: true, input: true);

        await io.Input!.WriteAsync("typed"u8.ToArray(), Cancel);
        io.CompleteInput();

        var output = new StringBuilder();
        await foreach (var chunk in io.Output.WithCancellation(Cancel))
        {
            output.Append(Encoding.ASCII.GetString(chunk.Bytes.Span));
        }

        Assert.Equal("typed and the end", output.ToString());
    }

    private async Task<EngineFault?> Fault(X509Certificate2 certificate, TestCertificates? clients = null, SslProtocols protocol = SslProtocols.None, bool skipVerify = false)
    {
        using (certificate)
        {
            using var server = new Server(async plain =>
            {
                await using var stream = new SslStream(plain);
                await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateRequired = clients is not null,
                    EnabledSslProtocols = protocol,
                    RemoteCertificateValidationCallback = (_, shown, _, _) => clients is null || clients.HasSigned(shown),
                });
                _ = await stream.ReadAsync(new byte[4000], Cancel);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(Greeting), Cancel);
            });
            return await Fault(server, skipVerify);
        }
    }

    private async Task<EngineFault?> Fault(Server server, bool skipVerify = false)
    {
        await using var connection = Open(server, skipVerify);
        var (greeting, fault) = await connection.Greet(Cancel);
        Assert.NotEqual(greeting is null, fault is null);
        return fault;
    }

    private EngineConnection Open(Server server, bool skipVerify = false) => new(server.Endpoint with { Tls = EngineTls.In(files.Folder, skipVerify) }, TimeSpan.FromSeconds(20));

    /// <summary>Serves each connection in its own way, then closes it.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public Server(Func<NetworkStream, Task> serve)
        {
            listener.Start();
            _ = Task.Run(async () =>
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    try
                    {
                        await serve(client.GetStream());
                    }
                    catch (Exception expected) when (expected is IOException or AuthenticationException)
                    {
                        // The other side did not like it.
                    }
                }
            });
        }

        public EngineEndpoint Endpoint => EngineEndpoint.Parse($"tcp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", "DOCKER_HOST");

        public void Dispose() => listener.Dispose();
    }
}
