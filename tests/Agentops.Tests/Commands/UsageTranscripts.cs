namespace Agentops.Tests.Commands;

/// <summary>What is wrong with a command line is said before anything is touched.</summary>
public sealed class UsageTranscripts : IDisposable
{
    private readonly Screen screen = new();

    public void Dispose() => screen.Dispose();

    private static readonly string[] Lines =
    [
        "agent lsit",
        "agent --verison",
        "agent list extra",
        "agent list --all --running",
        "agent list -- true",
        "agent logs",
        "agent logs my-agent --tail many",
        "agent stop my-agent --time -1",
        "agent exec my-agent",
        "agent run --evn A=1",
        "agent run my-agent . --tiemout 3",
        "agent run my-agent . extra",
        "agent run My-Agent",
        "agent run my/agent .",
        "agent run base-node",
        "agent run . -e =value -- true",
        "agent run . -e",
        "agent run . --secret 1ST -- true",
        "agent run . --env-file missing.env -- true",
        "agent run . --mount /nowhere:/data -- true",
        "agent run . --mount /tmp -- true",
        "agent run . --memory lots -- true",
        "agent run . --cpus none -- true",
        "agent run . --network host -- true",
        "agent run . --name 'two words' -- true",
        "agent run ./missing -- true",
        "agent run ./file -- true",
        "agent run . --secret NOT_SET -- true",
        "agent run nobody-knows .",
    ];

    [Fact]
    public async Task A_wrong_command_line_is_refused_with_what_is_wrong_and_touches_nothing()
    {
        File.WriteAllText(Path.Combine(screen.Folder, "file"), "");
        foreach (var line in Lines)
        {
            Assert.Equal(ExitCode.Usage, await screen.Type(line));
        }

        Assert.Empty(screen.Runtime.Calls);
        Assert.False(Directory.Exists(screen.StateFolder));
        screen.Matches("usage");
    }

    [Fact]
    public async Task Help()
    {
        await screen.Type("agent --help");
        await screen.Type("agent run --help");
        screen.Matches("help");
    }
}
