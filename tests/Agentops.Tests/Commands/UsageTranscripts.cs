namespace Agentops.Tests.Commands;

/// <summary>What is wrong with a command line is said before anything is touched.</summary>
public sealed class UsageTranscripts : IDisposable
{
    private readonly Screen screen = new();

    public void Dispose() => screen.Dispose();

    [Theory]
    [InlineData("agent lsit")]
    [InlineData("agent --verison")]
    [InlineData("agent list extra")]
    [InlineData("agent list --all --running")]
    [InlineData("agent list -- true")]
    [InlineData("agent logs")]
    [InlineData("agent logs my-agent --tail many")]
    [InlineData("agent stop my-agent --time -1")]
    [InlineData("agent exec my-agent")]
    [InlineData("agent run --evn A=1")]
    [InlineData("agent run my-agent . --tiemout 3")]
    [InlineData("agent run my-agent . extra")]
    [InlineData("agent run My-Agent")]
    [InlineData("agent run my/agent .")]
    [InlineData("agent run base-node")]
    [InlineData("agent run . -e =value -- true")]
    [InlineData("agent run . -e")]
    [InlineData("agent run . --secret 1ST -- true")]
    [InlineData("agent run . --env-file missing.env -- true")]
    [InlineData("agent run . --mount /nowhere:/data -- true")]
    [InlineData("agent run . --mount /tmp -- true")]
    [InlineData("agent run . --memory lots -- true")]
    [InlineData("agent run . --cpus none -- true")]
    [InlineData("agent run . --network host -- true")]
    [InlineData("agent run . --name 'two words' -- true")]
    [InlineData("agent run ./missing -- true")]
    [InlineData("agent run ./file -- true")]
    [InlineData("agent run . --secret NOT_SET -- true")]
    [InlineData("agent run nobody-knows .")]
    public async Task Is_refused_with_what_is_wrong_and_touches_nothing(string line)
    {
        File.WriteAllText(Path.Combine(screen.Folder, "file"), "");

        var code = await screen.Type(line);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Empty(screen.Runtime.Calls);
        Assert.False(Directory.Exists(screen.StateFolder));
        screen.Matches("usage/" + string.Concat(line["agent ".Length..].Select(letter => char.IsLetterOrDigit(letter) || letter is '-' or '=' ? letter : '_')));
    }

    [Fact]
    public async Task Help()
    {
        await screen.Type("agent --help");
        await screen.Type("agent run --help");
        screen.Matches("help");
    }
}
