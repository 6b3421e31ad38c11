using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

public sealed class SshSpecs : IDisposable
{
    // Answers each request without a body as an engine would greet.
    private const string Greeter = """
        while IFS= read -r line; do
          [ "$line" != "$(printf '\r')" ] || printf 'HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nServer: Docker/20.10.24\r\nContent-Length: 2\r\n\r\n[]'
        done
        """;

    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("ssh://lab", "-- lab", "docker system dial-stdio")]
    [InlineData("ssh://root@lab/", "-l root -- lab", "docker system dial-stdio")]
    [InlineData("ssh://root@10.0.0.1:2222", "-l root -p 2222 -- 10.0.0.1", "docker system dial-stdio")]
    [InlineData("ssh://me%40home@[fd00::1]", "-l me@home -- fd00::1", "docker system dial-stdio")]
    [InlineData("ssh://my_lab", "-- my_lab", "docker system dial-stdio")]
    [InlineData("ssh://lab/run/user/1000/docker.sock", "-- lab", "docker --host unix:///run/user/1000/docker.sock system dial-stdio")]
    [InlineData("ssh://lab/tmp/it's%20;reboot", "-- lab", @"docker --host 'unix:///tmp/it'\''s ;reboot' system dial-stdio")]
    public void An_address_becomes_arguments_of_which_none_is_another_option_or_another_command(string address, string whom, string command)
    {
        var arguments = SshTarget.Parse(address)!.Arguments(TimeSpan.FromSeconds(10));

        Assert.Equal("-T -a -x -o BatchMode=yes -o ConnectTimeout=9 -o ClearAllForwardings=yes -o RemoteCommand=none " + whom, string.Join(' ', arguments.SkipLast(1)));
        Assert.Equal(command, arguments[^1]);
    }

    [Fact]
    public void Podman_is_called_by_its_own_command() => Assert.Equal(
        "podman --url unix:///run/podman/podman.sock system dial-stdio",
        (SshTarget.Parse("ssh://root@lab/run/podman/podman.sock?secure=True")! with { IsPodman = true }).Arguments(TimeSpan.FromSeconds(10))[^1]);

    [Theory]
    [InlineData("ssh://-oProxyCommand=reboot")]
    [InlineData("ssh://-l@lab")]
    [InlineData("ssh://root:secret@lab")]
    [InlineData("ssh://ro%20ot@lab")]
    [InlineData("ssh://")]
    [InlineData("ssh://lab#x")]
    [InlineData("ssh://lab/a%0Ab")]
    [InlineData("tcp://lab")]
    public void What_ssh_could_mistake_is_no_address(string text) => Assert.Null(SshTarget.Parse(text));

    [Theory]
    [InlineData(255, "ssh: Could not resolve hostname lab: Name or service not known\r\n", "ssh: Could not resolve hostname lab: Name or service not known", "Is the name right?")]
    [InlineData(255, "ssh: connect to host lab port 22: Connection refused\r\n", "ssh: connect to host lab port 22: Connection refused", "Does this work? ssh root@lab")]
    [InlineData(255, "Warning: something\nHost key verification failed.\n", "Host key verification failed", "Connect once by hand and compare its key: ssh root@lab")]
    [InlineData(255, "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n", "its host key is another one than before (Host key verification failed)", "ssh-keygen -R lab")]
    [InlineData(255, "root@lab: Permission denied (publickey,password).\n", "root@lab: Permission denied (publickey,password)", "it needs a key that opens without a password")]
    [InlineData(127, "bash: line 1: docker: command not found\n", "over there is no command 'docker' (bash: line 1: docker: command not found)", "install docker there")]
    [InlineData(127, "bash: Zeile 1: docker: Kommando nicht gefunden.\n", "over there is no command 'docker' (bash: Zeile 1: docker: Kommando nicht gefunden)", "install docker there")]
    [InlineData(127, "/no/ssh: 1: exec: ssh: not found\n", "there is no ssh in PATH", "Install an ssh client")]
    [InlineData(1, "unknown command: docker system dial-stdio\n", "unknown command: docker system dial-stdio", "is too old: Docker 18.09")]
    [InlineData(1, "error: permission denied while trying to connect to the Docker daemon socket\n", "error: permission denied while trying to connect to the Docker daemon socket", "add root to the docker group on lab")]
    [InlineData(1, "error during connect: Is the docker daemon running?\n", "error during connect: Is the docker daemon running?", "Does the engine run on lab?")]
    [InlineData(255, "** WARNING: not post-quantum\n", "ssh ended without a word", "Does this work? ssh root@lab")]
    [InlineData(null, "", "ssh ended without a word", "Does this work? ssh root@lab")]
    public void What_ssh_says_is_told_with_what_to_do(int? exitCode, string said, string reason, string advice)
    {
        var fault = SshFault.Of(exitCode, said, SshTarget.Parse("ssh://root@lab")!);

        Assert.Equal((EngineFaultKind.Ssh, reason), (fault.Kind, fault.Reason));
        Assert.Contains(advice, fault.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_answers_through_it_and_one_connection_serves_several_requests()
    {
        await using var connection = Open($"echo called >> {folder["calls"]}\n{Greeter}");

        var (greeting, fault) = await connection.Greet(Cancel);
        var containers = await connection.AskContainers(EngineRequest.Get("/containers/json"), EngineWords.Container, Cancel);

        Assert.Equal((new Version(1, 41), "20.10.24"), (greeting?.ApiVersion, greeting?.EngineVersion));
        Assert.Null(fault);
        Assert.Empty(containers);
        Assert.Equal(["called"], await File.ReadAllLinesAsync(folder["calls"], Cancel));
    }

    [Fact]
    public async Task One_that_fails_is_started_once_and_its_last_words_are_told()
    {
        await using var connection = Open($"echo called >> {folder["calls"]}\necho 'Warning: x' >&2\necho 'root@lab: Permission denied (publickey).' >&2\nexit 255");

        var (_, fault) = await connection.Greet(Cancel);

        Assert.Equal((EngineFaultKind.Ssh, "root@lab: Permission denied (publickey)"), (fault!.Kind, fault.Reason));
        Assert.Equal(["called"], await File.ReadAllLinesAsync(folder["calls"], Cancel));
    }

    [Fact]
    public async Task One_that_dies_before_it_has_read_is_told_so_too()
    {
        await using var connection = Open("exec <&-\necho 'Host key verification failed.' >&2\nexit 255");

        Assert.Equal("Host key verification failed", (await connection.Greet(Cancel)).Fault!.Reason);
    }

    [Fact]
    public async Task One_that_hangs_is_given_up_in_time_and_ended()
    {
        await using (var connection = Open($"echo $$ > {folder["pid"]}\nexec sleep 1000"))
        {
            Assert.Equal("no answer within 1 s", (await connection.Greet(Cancel)).Fault!.Reason);
        }

        await Ended(await File.ReadAllTextAsync(folder["pid"], Cancel));
    }

    [Fact]
    public async Task It_ends_with_the_connection_and_not_by_Ctrl_C_at_our_terminal()
    {
        await using (var connection = Open($"echo $$ > {folder["pid"]}\nkill -INT $$\n{Greeter}"))
        {
            Assert.NotNull((await connection.Greet(Cancel)).Greeting);
        }

        await Ended(await File.ReadAllTextAsync(folder["pid"], Cancel));
    }

    [Fact]
    public async Task A_greeting_of_the_far_sides_shell_is_no_engines()
    {
        await using var connection = Open("echo Welcome to lab; cat > /dev/null");

        Assert.Equal("not an engine: Received an invalid status line: 'Welcome to lab'", (await connection.Greet(Cancel)).Fault!.Reason);
    }

    [Fact]
    public async Task A_process_hears_the_end_of_its_input_and_its_output_goes_on()
    {
        await using var connection = Open("""
            while IFS= read -r line && [ "$line" != "$(printf '\r')" ]; do :; done
            printf 'HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'
            cat
            printf ' and the end'
            """);
        var taken = await connection.Hijack(EngineRequest.Post("/containers/x/attach"), Cancel);
        await using var io = taken.AsIo(terminal: true, input: true);

        await io.Input!.WriteAsync("typed"u8.ToArray(), Cancel);
        io.CompleteInput();

        var output = new MemoryStream();
        await foreach (var chunk in io.Output.WithCancellation(Cancel))
        {
            output.Write(chunk.Bytes.Span);
        }

        Assert.Equal("typed and the end"u8.ToArray(), output.ToArray());
    }

    private static async Task Ended(string pid)
    {
        for (var attempt = 0; Directory.Exists($"/proc/{pid.Trim()}") && attempt < 100; attempt++)
        {
            await Task.Delay(50, Cancel);
        }

        Assert.False(Directory.Exists($"/proc/{pid.Trim()}"));
    }

    private EngineConnection Open(string script)
    {
        File.WriteAllText(folder["ssh"], $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(folder["ssh"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var endpoint = EngineEndpoint.Parse("ssh://root@lab", "DOCKER_HOST");
        return new EngineConnection(endpoint with { Ssh = endpoint.Ssh! with { Client = folder["ssh"] } }, TimeSpan.FromSeconds(script.Contains("sleep", StringComparison.Ordinal) ? 1 : 20));
    }
}
