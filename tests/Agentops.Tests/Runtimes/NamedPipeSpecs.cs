using System.IO.Pipes;
using System.Net.Sockets;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

/// <summary>The way to an engine through a named pipe. The class library has them on every system, only not with the end of what is sent.</summary>
public sealed class NamedPipeSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string name = $"agentops-{Guid.NewGuid():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private EngineEndpoint Endpoint => new($"npipe:////./pipe/{name}", null) { Pipe = name };

    [Theory]
    [InlineData("//./pipe/docker_engine", "docker_engine")]
    [InlineData(@"\\.\pipe\docker_engine", "docker_engine")]
    [InlineData("//./PIPE/docker_engine", "docker_engine")]
    [InlineData(@"//./pipe/docker\engine", @"docker\engine")]
    [InlineData("//./pipe/", null)]
    [InlineData("//lab/pipe/docker_engine", null)]
    [InlineData("docker_engine", null)]
    public void A_pipe_is_named_by_its_place_on_this_machine(string path, string? expected) => Assert.Equal(expected, EngineEndpoint.PipeName(path));

    [Fact]
    public async Task An_engine_answers_through_it_on_several_connections_at_once()
    {
        using var engine = new ScriptedEngine("Api-Version: 1.41\r\nServer: Docker/20.10.24", request => request.Contains("/images/json", StringComparison.Ordinal) ? """[{"Id":"1"}]""" : "[]");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        // One instance waits while others are in use, as an engine has it.
        Task[] passing = [.. Enumerable.Range(0, 3).Select(_ => PassOn(engine.Address, stop.Token))];
        var connection = new EngineConnection(Endpoint, Patience);
        var (greeting, fault) = await connection.Greet(Cancel);
        Assert.Null(fault);
        await using (var runtime = new EngineRuntime(connection, greeting!, preferClassicBuilder: false))
        {
            var (images, containers) = (runtime.ListStoredImages(Cancel), runtime.ListContainers(Cancel));

            Assert.Equal("1", Assert.Single(await images).Image.Id);
            Assert.Empty(await containers);
            Assert.Equal(Endpoint.Text, runtime.Identity.Endpoint);
        }

        await stop.CancelAsync();
        await Task.WhenAll(passing);
    }

    [Fact]
    public async Task One_that_is_not_there_is_missing()
    {
        await using var connection = new EngineConnection(Endpoint, Patience);

        var (_, fault) = await connection.Greet(Cancel);

        Assert.Equal((EngineFaultKind.Missing, "missing"), (fault!.Kind, fault.Reason));
    }

    [Fact]
    public async Task The_end_of_what_is_sent_is_a_message_of_no_bytes_and_answers_still_come()
    {
        await using var server = Server();
        var arriving = server.WaitForConnectionAsync(Cancel);
        var transport = await Transport.Connect(Endpoint, Patience, Cancel, Cancel);
        await using var client = transport.Stream;
        await arriving;

        await client.WriteAsync("all"u8.ToArray(), Cancel);
        var received = new byte[10];
        Assert.Equal(3, await server.ReadAsync(received, Cancel).AsTask().WaitAsync(Patience, Cancel));
        var next = server.ReadAsync(received, Cancel).AsTask();
        transport.CompleteSending();
        if (!OperatingSystem.IsWindows())
        {
            // Nothing was said: more may come.
            await client.WriteAsync("!"u8.ToArray(), Cancel);
        }

        Assert.Equal(OperatingSystem.IsWindows() ? 0 : 1, await next.WaitAsync(Patience, Cancel));
        await server.WriteAsync("answer"u8.ToArray(), Cancel);
        Assert.Equal(6, await client.ReadAtLeastAsync(new byte[6], 6, cancellationToken: Cancel).AsTask().WaitAsync(Patience, Cancel));
        await client.DisposeAsync();
        transport.CompleteSending();
    }

    // As Docker's: messages, where there are any, and room for some before they are read.
    private NamedPipeServerStream Server() => new(
        name,
        PipeDirection.InOut,
        NamedPipeServerStream.MaxAllowedServerInstances,
        OperatingSystem.IsWindows() ? PipeTransmissionMode.Message : PipeTransmissionMode.Byte,
        PipeOptions.Asynchronous,
        inBufferSize: 65_536,
        outBufferSize: 65_536);

    private async Task PassOn(string address, CancellationToken stop)
    {
        try
        {
            await using var pipe = Server();
            await pipe.WaitForConnectionAsync(stop);
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", new Uri(address).Port, stop);
            await Task.WhenAny(pipe.CopyToAsync(client.GetStream(), stop), client.GetStream().CopyToAsync(pipe, stop));
        }
        catch (OperationCanceledException)
        {
            // One connection more than was needed.
        }
    }
}
