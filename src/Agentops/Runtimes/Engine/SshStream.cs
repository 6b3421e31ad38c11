using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Agentops.Runtimes.Engine;

/// <summary>The standard streams of an ssh that passes on what is said to the engine on its far side. One process a connection, ended with it.</summary>
internal sealed class SshStream : Stream
{
    private const int ErrorKept = 16_000;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly SshTarget target;
    private readonly Process process;
    private readonly Stream input;
    private readonly Stream output;
    private readonly StringBuilder error = new();
    private readonly Task listening;
    private readonly CancellationTokenRegistration ending;
    private bool heard;

    private SshStream(SshTarget target, Process process, CancellationToken closing)
    {
        this.target = target;
        this.process = process;
        (input, output) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        listening = Listen(process.StandardError.BaseStream);
        ending = closing.Register(End);
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Calls. Whether somebody answers shows at the first read.</summary>
    /// <param name="target">Whom.</param>
    /// <param name="patience">How long an answer may take.</param>
    /// <param name="closing">Ends it, at the latest.</param>
    /// <returns>The stream.</returns>
    /// <exception cref="EngineFaultException">There is no ssh.</exception>
    public static SshStream Start(SshTarget target, TimeSpan patience, CancellationToken closing)
    {
        // Ctrl+C at a terminal goes to all of its foreground processes; whether the connection ends is ours to say. Ignored here, it is ignored by ssh.
        IReadOnlyList<string> words = OperatingSystem.IsWindows() ? [target.Client] : ["/bin/sh", "-c", "trap '' INT QUIT HUP; exec \"$0\" \"$@\"", target.Client];
        var start = new ProcessStartInfo(words[0], [.. words.Skip(1), .. target.Arguments(patience)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new SshStream(target, Process.Start(start)!, closing);
        }
        catch (Win32Exception failure)
        {
            throw new EngineFaultException(new EngineFault(EngineFaultKind.Ssh, "ssh cannot be started") { Advice = "Install an ssh client (openssh-client)." }, failure);
        }
    }

    /// <summary>Tells the far side that we have said all; it may go on.</summary>
    public void CompleteSending()
    {
        try
        {
            input.Close();
        }
        catch (IOException)
        {
            // The far side was faster.
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = await output.ReadAsync(buffer, cancellationToken);
        if (length == 0 && buffer.Length > 0 && !heard)
        {
            // HttpClient takes an end without an answer for bad luck and would try three times more.
            throw new EngineFaultException(await Fault());
        }

        heard |= length > 0;
        return length;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await input.WriteAsync(buffer, cancellationToken);
            await input.FlushAsync(cancellationToken);
        }
        catch (IOException) when (!heard)
        {
            throw new EngineFaultException(await Fault());
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ending.Dispose();
            End();
            input.Dispose();
            output.Dispose();
            process.Dispose();
        }

        base.Dispose(disposing);
    }

    private void End()
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }

    private async Task<EngineFault> Fault()
    {
        using var limit = new CancellationTokenSource(LastWords);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            await listening.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // It closed its output and stays, or one that it left behind keeps its standard error.
        }

        lock (error)
        {
            return SshFault.Of(process.HasExited ? process.ExitCode : null, error.ToString(), target);
        }
    }

    // All the time, or ssh would wait for somebody to take it.
    private async Task Listen(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var buffer = new char[1024];
        try
        {
            while (await reader.ReadAsync(buffer) is > 0 and var length)
            {
                lock (error)
                {
                    error.Append(buffer, 0, length);
                    error.Remove(0, Math.Max(0, error.Length - ErrorKept));
                }
            }
        }
        catch (IOException)
        {
            // It was ended.
        }
    }
}
