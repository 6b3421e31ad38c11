using System.Diagnostics;
using Agentops.Launching;

namespace Agentops.Tests.Launching;

/// <summary>The script that a run with secrets starts with, in this machine's own <c>/bin/sh</c>.</summary>
public sealed class SecretValuesSpecs : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("plain")]
    [InlineData("it's $HOME, `id`, \"quoted\" and \\ more")]
    [InlineData("two\nlines\n")]
    [InlineData("")]
    [InlineData("-----BEGIN KEY-----\nZm9vÄ==\n-----END KEY-----")]
    public async Task The_command_has_the_value_as_it_is(string value)
    {
        using var run = Start("60", "/bin/sh", "-c", "printf '%s.' \"$KEY\"");
        await File.WriteAllBytesAsync(await Pipe(), Values(value).Script(), TestContext.Current.CancellationToken);

        Assert.Equal((value + ".", 0), (await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), await Exit(run)));
        Assert.False(File.Exists(folder["secrets"]));
    }

    [Fact]
    public async Task A_run_that_nobody_hands_its_secrets_to_ends_by_itself()
    {
        using var run = Start("0", "echo", "never");

        Assert.Equal(("", 125), (await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), await Exit(run)));
        Assert.Equal("agentops: the secrets of this run did not come\n", await run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Neither_the_pipe_nor_the_waiting_is_left_to_the_command()
    {
        using var run = Start("60", "/bin/sh", "-c", "echo \"[$p]\"; exit 7");
        await File.WriteAllBytesAsync(await Pipe(), Values("x").Script(), TestContext.Current.CancellationToken);

        Assert.Equal(("[]\n", 7), (await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), await Exit(run)));
    }

    private static SecretValues Values(string value) => SecretValues.From([new("KEY")], new Dictionary<string, string> { ["KEY"] = value });

    private static async Task<int> Exit(Process run)
    {
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        return run.ExitCode;
    }

    private Process Start(string patience, params string[] command)
    {
        var entry = SecretValues.Entrypoint.Select(word => word
            .Replace("/run/agentops/secrets", folder["secrets"], StringComparison.Ordinal)
            .Replace("sleep 60", $"sleep {patience}", StringComparison.Ordinal)).ToList();
        return Process.Start(new ProcessStartInfo(entry[0], [.. entry.Skip(1), .. command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private async Task<string> Pipe()
    {
        while (!File.Exists(folder["secrets"]))
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        return folder["secrets"];
    }
}
