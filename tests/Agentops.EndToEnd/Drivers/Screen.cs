using System.Globalization;
using System.Security.Cryptography;

namespace Agentops.EndToEnd.Drivers;

/// <summary>A real terminal: a shell (bash, since dash insists on a prompt of its own) in a tmux server of its own, seen and typed into from outside.</summary>
internal sealed class Screen : IAsyncDisposable
{
    private readonly string server = "agentops-e2e-" + RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly IReadOnlyDictionary<string, string?> environment;

    private Screen(IReadOnlyDictionary<string, string?> environment) => this.environment = environment;

    public static async Task<Screen> Open(Desk desk, int columns = 100, int rows = 30)
    {
        var environment = new Dictionary<string, string?>(desk.ShellEnvironment) { ["TMUX"] = null, ["LC_ALL"] = "C.UTF-8", ["ENV"] = null };
        var screen = new Screen(environment);
        await screen.Tmux("-f", "/dev/null", "new-session", "-d", "-x", Text(columns), "-y", Text(rows), "-c", desk.Workspace, "env PS1='% ' /bin/bash --norc --noprofile --noediting");
        await screen.WaitFor("% ");
        return screen;
    }

    /// <summary>Types a line and presses Enter.</summary>
    public async Task Type(string line)
    {
        await Write(line);
        await Press("Enter");
    }

    /// <summary>Types without Enter.</summary>
    public Task Write(string text) => Tmux("send-keys", "-l", text);

    /// <summary>Presses a key as tmux names it: <c>C-c</c>, <c>Enter</c>.</summary>
    public Task Press(string key) => Tmux("send-keys", key);

    public Task Resize(int columns, int rows) => Tmux("resize-window", "-x", Text(columns), "-y", Text(rows));

    /// <summary>What it shows now, with what scrolled away.</summary>
    public async Task<string> Look() => (await Tmux("capture-pane", "-p", "-J", "-S", "-2000")).Out;

    /// <summary>What its window shows now, line by line as they stand there.</summary>
    public async Task<string> LookAtWindow() => (await Tmux("capture-pane", "-p")).Out;

    public async Task WaitFor(string text)
    {
        var seen = "";
        await Until.True(async () => (seen = await Look()).Contains(text, StringComparison.Ordinal), () => $"'{text}' on the screen, which shows:\n{seen.TrimEnd()}");
    }

    /// <summary>Closes the window as a user does: the programs in it get SIGHUP, and their terminal is gone.</summary>
    public Task Close() => Tmux("kill-window");

    public async ValueTask DisposeAsync() => await RunningProgram.Run("tmux", ["-L", server, "kill-server"], environment: environment);

    private async Task<Outcome> Tmux(params string[] arguments) =>
        (await RunningProgram.Run("tmux", ["-u", "-L", server, .. arguments], environment: environment)).Expect(0);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
