using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Agentops.Containers;

namespace Agentops.Tests.Fakes;

/// <summary>The few programs that are in every image of the fake runtime: <c>echo cat true false sleep env sh -c</c>, the last with <c>;</c>, <c>&gt;&amp;2</c> and <c>exit</c>.</summary>
internal sealed class FakeRuntimeProgram(TimeProvider clock, IReadOnlyList<string> environment, PipeReader input, Action<OutputChannel, string> print)
{
    private static readonly HashSet<string> Names = ["echo", "cat", "true", "false", "sleep", "env", "sh", "exit", ":"];

    /// <summary>There is such a program.</summary>
    public static bool Exists(string path) => Names.Contains(Path.GetFileName(path));

    /// <summary>What a RUN step prints and returns.</summary>
    public static (IReadOnlyList<string> Lines, int Code) Rehearse(string script)
    {
        var text = new StringBuilder();
        if (script.StartsWith('['))
        {
            return ([], 0);
        }

        // No program of a step waits for anything but sleep, which a build need not do.
        var program = new FakeRuntimeProgram(TimeProvider.System, [], PipeReader.Create(Stream.Null), (_, printed) => text.Append(printed));
        var code = program.Script(script, skipSleep: true, CancellationToken.None).GetAwaiter().GetResult();
        return (text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), code);
    }

    /// <summary>Runs a program to its end.</summary>
    public Task<int> Run(IReadOnlyList<string> words, CancellationToken killed) =>
        Path.GetFileName(words[0]) == "sh" && words is [_, "-c", var script, ..] ? Script(script, skipSleep: false, killed) : Simple(words, OutputChannel.Out, false, killed);

    private async Task<int> Script(string script, bool skipSleep, CancellationToken killed)
    {
        var code = 0;
        foreach (var part in script.Split([";", "&&"], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var channel = part.EndsWith(">&2", StringComparison.Ordinal) ? OutputChannel.Error : OutputChannel.Out;
            var words = part.Replace(">&2", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('\'', '"')).ToList();
            if (words[0] == "exit")
            {
                return words.Count > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : code;
            }

            code = await Simple(words, channel, skipSleep, killed);
        }

        return code;
    }

    private async Task<int> Simple(IReadOnlyList<string> words, OutputChannel channel, bool skipSleep, CancellationToken killed)
    {
        killed.ThrowIfCancellationRequested();
        switch (Path.GetFileName(words[0]))
        {
            case "echo":
                print(channel, string.Join(' ', words.Skip(1)) + "\n");
                return 0;
            case "env":
                print(channel, string.Concat(environment.Select(variable => variable + "\n")));
                return 0;
            case "false":
                return 1;
            case "sleep" when !skipSleep:
                await Task.Delay(TimeSpan.FromSeconds(double.Parse(words[1], CultureInfo.InvariantCulture)), clock, killed);
                return 0;
            case "cat":
                return await Cat(channel, killed);
            default:
                return 0;
        }
    }

    private async Task<int> Cat(OutputChannel channel, CancellationToken killed)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        while (await input.ReadAsync(killed) is { Buffer: var buffer, IsCompleted: var ended })
        {
            foreach (var segment in buffer)
            {
                var characters = new char[decoder.GetCharCount(segment.Span, flush: false)];
                decoder.GetChars(segment.Span, characters, flush: false);
                print(channel, new string(characters));
            }

            input.AdvanceTo(buffer.End);
            if (ended)
            {
                break;
            }
        }

        return 0;
    }
}
