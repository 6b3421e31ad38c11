using System.Diagnostics;
using System.Threading.Channels;
using Agentops.Containers;
using Agentops.Terminal;

namespace Agentops.Runtimes.Apple;

/// <summary>A command inside a running container: a <c>container exec</c> of ours.</summary>
/// <param name="container">Its name.</param>
/// <param name="spec">The command.</param>
internal sealed class AppleExec(string container, ExecSpec spec) : IAsyncDisposable
{
    private readonly Channel<OutputChunk> pieces = Channel.CreateBounded<OutputChunk>(16);
    private Process? process;
    private PseudoTerminal? terminal;
    private Task passing = Task.CompletedTask;

    /// <summary>Its exit code; null while it runs.</summary>
    public int? ExitCode => process is { HasExited: true } ? process.ExitCode : null;

    /// <summary>Starts it.</summary>
    /// <param name="commandLine">Runs <c>container</c>.</param>
    /// <returns>Its streams; the output ends when it has ended.</returns>
    public ContainerIo Start(AppleCommandLine commandLine)
    {
        terminal = spec is { Terminal: true, Input: true } ? PseudoTerminal.Open() : null;
        process = commandLine.Start(Arguments(), terminal);
        var stdin = terminal?.Stream ?? process.StandardInput.BaseStream;
        if (!spec.Input)
        {
            process.StandardInput.Close();
        }

        passing = Task.Run(Pass);
        return new ContainerIo(
            pieces.Reader.ReadAllAsync(),
            spec.Input ? stdin : null,
            () =>
            {
                if (terminal is null)
                {
                    process.StandardInput.Close();
                }
            },
            Leave);
    }

    /// <summary>Tells its terminal its size.</summary>
    /// <param name="size">Columns and rows.</param>
    /// <returns>When told.</returns>
    public Task Resize(TerminalSize size) => terminal is not null && process is { HasExited: false } ? terminal.Resize(size, process) : Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Leave();
        // Its terminal is read until it has let go.
        await Task.WhenAny(passing, Task.Delay(TimeSpan.FromSeconds(1)));
        process?.Dispose();
        terminal?.Dispose();
    }

    private List<string> Arguments()
    {
        List<string> arguments = ["exec"];
        arguments.AddRange(spec.Input ? ["--interactive"] : []);
        arguments.AddRange(spec.Terminal ? ["--tty"] : []);
        arguments.AddRange(spec.User is { } user ? ["--user", user] : []);
        arguments.AddRange(spec.WorkingDirectory is { } folder ? ["--workdir", folder] : []);
        arguments.AddRange((spec.Environment ?? []).SelectMany(variable => (string[])["--env", variable]));
        return [.. arguments, container, .. spec.Command];
    }

    private async Task Pass()
    {
        var output = Task.Run(() => Pump(terminal?.Stream ?? process!.StandardOutput.BaseStream, OutputChannel.Out));
        var error = Task.Run(() => Pump(process!.StandardError.BaseStream, OutputChannel.Error));
        await process!.WaitForExitAsync();
        terminal?.Leave();
        await Task.WhenAll(output, error);
        pieces.Writer.TryComplete();
    }

    private async Task Pump(Stream from, OutputChannel channel)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (from.Read(buffer) is > 0 and var length)
            {
                await pieces.Writer.WriteAsync(new OutputChunk(channel, buffer.AsSpan(0, length).ToArray()));
            }
        }
        catch (Exception over) when (over is IOException or ChannelClosedException or ObjectDisposedException)
        {
            // How a terminal ends, or nobody reads any more.
        }
    }

    private ValueTask Leave()
    {
        pieces.Writer.TryComplete();
        if (process is not null)
        {
            AppleCommandLine.End(process);
        }

        return ValueTask.CompletedTask;
    }
}
