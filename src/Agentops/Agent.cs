using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using System.Text.Json;
using Agentops.Commands;
using Agentops.Terminal;

namespace Agentops;

/// <summary>One command line in, one <see cref="ExitCode"/> out.</summary>
public static class Agent
{
    /// <summary>The version that <c>agent --version</c> prints.</summary>
    public static string Version { get; } = typeof(Agent).Assembly.GetName().Version is { } version ? $"{version.Major}.{version.Minor}.{version.Build}" : "0.0.0";

    /// <summary>Runs one command line.</summary>
    /// <param name="world">The world it acts on.</param>
    /// <param name="arguments">Without the program's name.</param>
    /// <returns>What the process returns; every failure has been told by then.</returns>
    public static async Task<ExitCode> Run(World world, IReadOnlyList<string> arguments)
    {
        // The parser goes on filling positionals after "--": cut the command for the container off first.
        var end = arguments.ToList().IndexOf("--");
        var command = end < 0 ? null : arguments.Skip(end + 1).ToList();
        var options = end < 0 ? arguments : [.. arguments.Take(end)];

        var root = Root(world, command);
        var parse = root.Parse(options, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var asJson = parse.GetValue(GlobalOptions.Json);
        try
        {
            if (Refusal(parse, command) is { } refusal)
            {
                throw new UsageException($"{refusal}\nSee '{PathOf(parse.CommandResult.Command)} --help'.");
            }

            var configuration = new InvocationConfiguration
            {
                Output = world.Streams.Out,
                Error = world.Streams.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return new ExitCode(await parse.InvokeAsync(configuration, world.Signals.Interrupted));
        }
        catch (OperationCanceledException) when (world.Signals.Interrupted.IsCancellationRequested)
        {
            return OfSignal(world.Signals.Cause);
        }
        catch (AgentopsException failure)
        {
            var isRun = parse.CommandResult.Command.Name == "run" && failure is not UsageException;
            return await Tell(world, failure, isRun ? ExitCode.RunFailed : failure.ExitCode, asJson);
        }
        catch (IOException failure) when (failure.HResult == BrokenPipe || failure.InnerException is { HResult: BrokenPipe })
        {
            // Nobody reads our output any more (agent list | head -1): nothing can be told, and nothing is wrong.
            return new ExitCode(141);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            var report = new AgentopsException($"Unexpected: {failure.Message}. Run it again with AGENTOPS_DEBUG=1 for a report.", ExitCode.Failed, "unexpected", failure);
            return await Tell(world, report, parse.CommandResult.Command.Name == "run" ? ExitCode.RunFailed : ExitCode.Failed, asJson);
        }
    }

    private const int BrokenPipe = 32;

    private static RootCommand Root(World world, IReadOnlyList<string>? command)
    {
        var root = new RootCommand("Runs AI coding agents in isolated containers, and looks after what they leave behind.")
        {
            RunCommand.Create(world, command),
            StatusCommand.Create(world),
            CleanCommand.Create(world),
            ListCommand.Create(world),
            LogsCommand.Create(world),
            StopCommand.Create(world),
            AttachCommand.Create(world),
            ExecCommand.Create(world, command),
            CpCommand.Create(world),
            WhyCommand.Create(world),
            SystemCommand.Create(world),
            DoctorCommand.Create(world),
            CompletionCommand.Create(world),
            CompleteCommand.Create(world, command),
            MeasureCommand.Create(world),
            FinishCommand.Create(world),
            KeepCommand.Create(world),
        };
        root.HelpName = "agent";
        GlobalOptions.AddTo(root);
        root.SetAction(parse => new HelpAction().Invoke(parse));
        Tidy(root);
        return root;
    }

    // Help is --help and -h everywhere: /h and -? are paths and patterns here. A token that looks like an option is none of the arguments.
    private static void Tidy(Command command)
    {
        foreach (var help in command.Options.OfType<HelpOption>())
        {
            help.Aliases.Remove("/h");
            help.Aliases.Remove("/?");
            help.Aliases.Remove("-?");
        }

        foreach (var argument in command.Arguments)
        {
            argument.Validators.Add(RefuseOptions);
        }

        foreach (var child in command.Subcommands)
        {
            Tidy(child);
        }
    }

    private static void RefuseOptions(ArgumentResult result)
    {
        if (result.Tokens.FirstOrDefault(token => token.Value.Length > 1 && token.Value.StartsWith('-')) is { } option)
        {
            result.AddError($"unknown option {option.Value}");
        }
    }

    private static string? Refusal(ParseResult parse, IReadOnlyList<string>? command)
    {
        var name = parse.CommandResult.Command.Name;
        if (parse.UnmatchedTokens is [var unknown, ..])
        {
            return parse.CommandResult.Command is RootCommand root
                ? Unknown(unknown, [.. root.Subcommands.Where(child => !child.Hidden).Select(child => child.Name)])
                : unknown.StartsWith('-') ? $"unknown option {unknown}" : $"one argument too many: '{unknown}'";
        }

        return parse.Errors is [var error, ..] ? error.Message.TrimEnd('.')
            : command is not null && name is not ("run" or "exec" or CompleteCommand.Name) ? "only 'agent run' and 'agent exec' take a command after --"
            : null;
    }

    private static string PathOf(Command command) => command is RootCommand ? "agent" : $"{PathOf((Command)command.Parents.First())} {command.Name}";

    private static string Unknown(string word, IReadOnlyList<string> known) =>
        word.StartsWith('-') ? $"unknown option {word}"
        : known.MinBy(name => Distance(name, word)) is { } near && Distance(near, word) <= 2 ? $"unknown command '{word}'; did you mean '{near}'?"
        : $"unknown command '{word}'";

    // Levenshtein's edit distance.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var (diagonal, _) = (row[0], row[0] = i);
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                (diagonal, row[j]) = (row[j], cost);
            }
        }

        return row[b.Length];
    }

    private static async Task<ExitCode> Tell(World world, AgentopsException failure, ExitCode exitCode, bool asJson)
    {
        if (asJson)
        {
            var document = new ErrorJson(1, new ErrorJson.Detail(failure.Code, failure.Message));
            await world.Streams.Out.WriteLineAsync(JsonSerializer.Serialize(document, OutputJson.Default.ErrorJson));
        }
        else
        {
            await world.Streams.Error.WriteLineAsync($"agent: {SafeText.EscapeLines(failure.Message)}");
        }

        if (world.Surroundings.Variable("AGENTOPS_DEBUG") == "1")
        {
            await world.Streams.Error.WriteLineAsync(SafeText.EscapeLines(failure.ToString()));
        }

        return exitCode;
    }

    private static ExitCode OfSignal(PosixSignal? cause) => cause switch
    {
        PosixSignal.SIGTERM => new ExitCode(143),
        PosixSignal.SIGHUP => new ExitCode(129),
        PosixSignal.SIGQUIT => new ExitCode(131),
        _ => ExitCode.Interrupted,
    };
}
