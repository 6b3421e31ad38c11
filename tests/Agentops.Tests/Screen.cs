using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Agentops.Cleaning;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Status;
using Agentops.Terminal;
using Agentops.Tests.Fakes;

namespace Agentops.Tests;

/// <summary>What a user sees: command lines typed one after another into the real <see cref="Agent"/>, in-process, on a stopped clock and a <see cref="FakeRuntime"/>.</summary>
/// <remarks>The golden files are in <c>Transcripts/</c>, see <see cref="Transcript"/>.</remarks>
internal sealed class Screen : IDisposable
{
    private readonly TempFolder folder;
    private readonly StringBuilder seen = new();
    private int ids;

    /// <summary>An empty one.</summary>
    /// <param name="endpoint">Where its runtime answers.</param>
    /// <param name="inMemory">As of <see cref="TempFolder"/>.</param>
    public Screen(string endpoint = Given.Endpoint, bool inMemory = false)
    {
        folder = new TempFolder(inMemory);
        Directory.CreateDirectory(Home);
        Workspace("project");
        Runtime = new FakeRuntime(Clock) { Identity = new RuntimeIdentity("docker", "20.10.24", endpoint) };
    }

    public StoppedClock Clock { get; } = new();

    public FakeRuntime Runtime { get; }

    /// <summary>Other runtimes that answer.</summary>
    public List<FakeRuntime> Others { get; } = [];

    /// <summary>All places there may be; by default that of <see cref="Runtime"/>.</summary>
    public List<Place>? AllPlaces { get; set; }

    /// <summary>Who types; nobody is the owner of what a test makes but the user who runs it.</summary>
    public uint UserId { get; set; } = 1000;

    /// <summary>Room on each disk.</summary>
    public ByteSize? FreeSpace { get; set; } = new(38_000_000_000);

    /// <summary>A place that answers.</summary>
    public static Place Answering(string name, FakeRuntime runtime, PlaceOrigin origin = PlaceOrigin.Socket) => new(name, origin, runtime.Identity.Endpoint, _ => Task.FromResult<IContainerRuntime>(runtime));

    /// <summary>A place that does not.</summary>
    public static Place Silent(string name, string? endpoint, string problem, PlaceOrigin origin = PlaceOrigin.Context) => new(name, origin, endpoint, _ => throw new RuntimeUnavailableException(problem));

    /// <summary>Runtimes that are found only where a run's record says, or by the name of their context.</summary>
    public List<FakeRuntime> Places { get; } = [];

    public Dictionary<string, string> Environment { get; } = [];

    public List<string> StartedAgents { get; } = [];

    public RuntimeUnavailableException? NoRuntime { get; set; }

    public string Home => folder["home"];

    public string StateFolder => Path.Combine(Home, ".agentops");

    public RunStore Store => new(StateFolder);

    /// <summary>The folder that commands are typed in.</summary>
    public string Folder { get; private set; } = "";

    /// <summary>What the last command printed.</summary>
    public string Printed { get; private set; } = "";

    /// <summary>The last command line that was typed.</summary>
    public string LastLine { get; private set; } = "";

    /// <summary>The same, as it was printed.</summary>
    public byte[] PrintedBytes { get; private set; } = [];

    /// <summary>Ids of the runs to come, in order.</summary>
    public IReadOnlyList<string> Ids { get; set; } = ["a1b2c3d4", "e5f6g7h8", "i9j0k1l2", "m3n4o5p6"];

    /// <summary>Makes the state folder, with the id that <see cref="Given"/> and <see cref="Population"/> sign with.</summary>
    public void Settle()
    {
        Directory.CreateDirectory(StateFolder);
        File.WriteAllText(Path.Combine(StateFolder, "installation"), Given.Installation + "\n");
    }

    public string Workspace(string name, string? agentYaml = null)
    {
        Folder = Path.Combine(Home, name);
        Directory.CreateDirectory(Folder);
        if (agentYaml is not null)
        {
            File.WriteAllText(Path.Combine(Folder, "agent.yaml"), agentYaml);
        }

        return Folder;
    }

    /// <summary>Types one command line; words are split at spaces, quotes keep them together.</summary>
    public Task<ExitCode> Type(string line, string input = "") => Type(line, Encoding.UTF8.GetBytes(input));

    /// <summary>Types one command line and pipes something into it.</summary>
    public Task<ExitCode> Type(string line, byte[] input) => Type(line, _ => new MemoryStream(input));

    /// <summary>Types one command line, and an answer to what it asks: it is seen after the question, as in a terminal.</summary>
    public Task<ExitCode> Type(string line, char answer) => Type(line, output => new EchoingStream([(byte)answer, (byte)'\n'], output));

    /// <summary>Given the signals of each command before it starts, so that a test can press Ctrl+C when it likes.</summary>
    public Action<Signals>? OnStart { get; set; }

    private async Task<ExitCode> Type(string line, Func<Stream, Stream> input)
    {
        LastLine = line;
        var output = new MemoryStream();
        var streams = new Streams(input(output), output, output, tty: null);
        using var signals = new Signals();
        OnStart?.Invoke(signals);
        Clock.Now += TimeSpan.FromMinutes(1);
        var code = await Agent.Run(WorldOf(streams, signals), [.. Words(line).Skip(1)]);
        PrintedBytes = output.ToArray();
        Printed = Encoding.UTF8.GetString(PrintedBytes).Replace(Home, "/home/user", StringComparison.Ordinal).Replace(Given.Endpoint, "unix:///run/fake.sock", StringComparison.Ordinal);
        See(line, Printed);
        if (Printed.Length > 0 && !Printed.EndsWith('\n'))
        {
            seen.Append("⏎\n");
        }

        if (code != ExitCode.Done)
        {
            seen.Append("[exit ").Append(code.Value).Append("]\n");
        }

        seen.Append('\n');
        return code;
    }

    /// <summary>Shows a text as what a command printed that was not typed here.</summary>
    public void See(string line, string printed) => seen.Append("$ ").Append(line).Append('\n').Append(printed);

    /// <summary>The world that commands see, for what is tested without one.</summary>
    public World WorldOf(Streams streams, Signals signals) => new(
        streams,
        Clock,
        new Surroundings(Environment, Folder, Home, UserId, 1000) { HostName = "laptop" },
        signals,
        Store,
        (request, _) => Task.FromResult<IContainerRuntime>(
            request.Place is { } place && place.Endpoint != Runtime.Identity.Endpoint ? At(place)
            : request.Context is { } context ? Places.First(there => there.Identity.Context == context)
            : NoRuntime is null ? Runtime : throw NoRuntime),
        _ => [.. Others.Select(other => (Func<CancellationToken, Task<IContainerRuntime>>)(_ => Task.FromResult<IContainerRuntime>(other)))],
        () => AllPlaces ?? [Answering("docker", Runtime)],
        folder => Path.IsPathRooted(folder) ? FreeSpace : null,
        () => Given.Id(Ids[ids++ % Ids.Count]),
        arguments => StartedAgents.Add(string.Join(' ', arguments)));

    private FakeRuntime At(RuntimePlace place) => Places.FirstOrDefault(there => there.Identity.Endpoint == place.Endpoint)
        ?? throw new RuntimeUnavailableException($"No container engine answers at {place.Endpoint} (where {place.Inhabitant} lives): missing.\nStart the engine there, or say with --runtime or --context where else to look.") { IsGone = true };

    /// <summary>What <c>agent status</c> would show on a terminal of some width and height.</summary>
    public async Task<string> Describe(int? columns, int? rows = null)
    {
        var inventory = await Take();
        return StatusText.Describe(inventory, Health.Of(inventory, CleanPlan.For(inventory, new CleanOptions())), columns, rows);
    }

    /// <summary>What <c>agent status --all</c> would show on a terminal of some width.</summary>
    public async Task<string> DescribeAll(int? columns)
    {
        using var signals = new Signals();
        var world = WorldOf(new Streams(Stream.Null, Stream.Null, Stream.Null, tty: null), signals);
        return OverviewText.Describe(await OverviewTaking.Take(world, new CleanOptions(), OverviewTaking.Deadline, TestContext.Current.CancellationToken), columns);
    }

    /// <summary>Takes an inventory without a command.</summary>
    public async Task<Inventory> Take(InventoryDepth? depth = null, CancellationToken? cancellationToken = null)
    {
        using var signals = new Signals();
        return await InventoryTaking.Take(WorldOf(new Streams(Stream.Null, Stream.Null, Stream.Null, tty: null), signals), Runtime, depth ?? InventoryDepth.Quick, cancellationToken ?? TestContext.Current.CancellationToken);
    }

    /// <summary>Compares all that was seen with the golden file.</summary>
    /// <param name="situation">Its name; by default that of the test.</param>
    public void Matches([CallerMemberName] string situation = "") => Transcript.Matches(situation, seen.ToString());

    /// <summary>Writes something that differs from time to time in one way.</summary>
    /// <param name="differs">A regular expression.</param>
    /// <param name="same">What stands there instead.</param>
    public void Even(string differs, string same)
    {
        var evened = Regex.Replace(seen.ToString(), differs, same);
        seen.Clear().Append(evened);
    }

    public void Dispose() => folder.Dispose();

    private static List<string> Words(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quoted, open) = (false, false);
        foreach (var letter in line)
        {
            if (letter == '\'')
            {
                (quoted, open) = (!quoted, true);
            }
            else if (letter == ' ' && !quoted)
            {
                if (open)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                open = false;
            }
            else
            {
                word.Append(letter);
                open = true;
            }
        }

        if (open)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}

/// <summary>A terminal's echo: what is read from it is seen in the output, but for the end of the line, which ours ends itself when there is no terminal.</summary>
internal sealed class EchoingStream(byte[] typed, Stream output) : MemoryStream(typed)
{
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = base.Read(buffer, offset, count);
        output.Write(buffer.AsSpan(offset, read).TrimEnd((byte)'\n'));
        return read;
    }
}

/// <summary>A clock that stands at <see cref="Given.Now"/> until it is moved.</summary>
internal sealed class StoppedClock : TimeProvider
{
    private readonly List<StoppedTimer> timers = [];

    public DateTimeOffset Now { get; set; } = Given.Now;

    /// <summary>Timers go off, in real time; without it no time is ever up, however busy the machine is, until <see cref="TimeIsUp"/>.</summary>
    public bool HasTimers { get; set; } = true;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (HasTimers)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var timer = new StoppedTimer(() => callback(state));
        lock (timers)
        {
            timers.Add(timer);
        }

        return timer;
    }

    /// <summary>All timers that were made while they did not go off go off now.</summary>
    public void TimeIsUp()
    {
        StoppedTimer[] pending;
        lock (timers)
        {
            pending = [.. timers];
        }

        foreach (var timer in pending)
        {
            timer.GoOff();
        }
    }

    private sealed class StoppedTimer(Action goOff) : ITimer
    {
        private bool isDisposed;

        public void GoOff()
        {
            if (!isDisposed)
            {
                goOff();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => !isDisposed;

        public void Dispose() => isDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
