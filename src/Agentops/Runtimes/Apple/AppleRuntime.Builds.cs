using Agentops.Building;

namespace Agentops.Runtimes.Apple;

// Builds and pulls.
internal sealed partial class AppleRuntime
{
    /// <inheritdoc/>
    public async Task<string> BuildImage(ImageBuild build, Action<BuildEvent> progress, CancellationToken cancellationToken)
    {
        // It takes a context as a folder.
        using var context = await ContextFolder.Unpack(build.WriteContext, cancellationToken);
        var told = new PlainProgress(progress);
        using var process = commandLine.Start(Arguments(build, context.Path));
        try
        {
            process.StandardInput.Close();
            // Results go to standard output, and what goes on to standard error; before 1.0.0 both say more.
            var output = AppleCommandLine.ReadStart(process.StandardOutput.BaseStream, cancellationToken);
            await ReadLines(process.StandardError, told.Take, cancellationToken);
            await output;
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            AppleCommandLine.End(process);
        }

        if (process.ExitCode != 0)
        {
            throw AppleRefusal.IsDown(told.Rest) ? AppleRefusal.Of(new AppleAnswer("container build", process.ExitCode, default, told.Rest)) : told.Failure();
        }

        return (await Locate(build.Tag, cancellationToken))?.Id ?? throw told.Failure("the builder ended without an image");
    }

    /// <inheritdoc/>
    public async Task PullImage(string reference, Action<BuildEvent> progress, CancellationToken cancellationToken)
    {
        // Without a platform it unpacks all there are. What earlier releases print is for terminals only.
        using var process = commandLine.Start(["image", "pull", "--progress", release.Since(0, 12) ? "plain" : "none", "--platform", "linux/arm64", reference]);
        var lines = new Queue<string>();
        try
        {
            process.StandardInput.Close();
            var output = AppleCommandLine.ReadStart(process.StandardOutput.BaseStream, cancellationToken);
            await ReadLines(
                process.StandardError,
                line =>
                {
                    lines.Enqueue(line);
                    _ = lines.Count > 20 ? lines.Dequeue() : "";
                    // [1/2] Fetching image 13% (15 of 31 blobs, 2.5/18.2 MB, 4 KB/s) [4s]
                    if (line.StartsWith('['))
                    {
                        progress(new BuildEvent.Output(null, line));
                    }
                },
                cancellationToken);
            await output;
            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            AppleCommandLine.End(process);
        }

        if (process.ExitCode != 0)
        {
            throw AppleRefusal.ForPull(new AppleAnswer("container image pull", process.ExitCode, default, string.Join('\n', lines)), reference);
        }
    }

    private static List<string> Arguments(ImageBuild build, string context)
    {
        List<string> arguments = ["build", "--progress", "plain", "--tag", build.Tag, "--file", Path.Combine(context, build.Dockerfile)];
        arguments.AddRange(build.UseCache ? [] : ["--no-cache"]);
        arguments.AddRange(build.Target is { } target ? ["--target", target] : []);
        arguments.AddRange(build.Arguments.SelectMany(argument => (string[])["--build-arg", $"{argument.Key}={argument.Value}"]));
        arguments.AddRange(build.Labels.SelectMany(label => (string[])["--label", $"{label.Key}={label.Value}"]));
        return [.. arguments, context];
    }

    private static async Task ReadLines(StreamReader reader, Action<string> take, CancellationToken cancellationToken)
    {
        var lines = new Engine.OutputLines();
        var buffer = new byte[8192];
        while (await reader.BaseStream.ReadAsync(buffer, cancellationToken) is > 0 and var length)
        {
            foreach (var line in lines.Add(buffer.AsSpan(0, length)))
            {
                take(line);
            }
        }

        if (lines.End() is { } rest)
        {
            take(rest);
        }
    }
}
