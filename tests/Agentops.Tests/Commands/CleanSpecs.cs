using System.Runtime.InteropServices;
using Agentops.Terminal;

namespace Agentops.Tests.Commands;

/// <summary>What <c>agent clean</c> does when those it talks to go away.</summary>
public sealed class CleanSpecs : IDisposable
{
    private readonly Screen screen = new();

    public CleanSpecs()
    {
        screen.Clock.HasTimers = false;
        screen.Settle();
    }

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task A_reader_who_goes_away_before_all_was_shown_leaves_all_and_after_that_nothing()
    {
        var (code, writes) = (141, 0);
        for (; code != ExitCode.Done.Value; writes++)
        {
            using var other = new Screen(inMemory: true);
            other.Clock.HasTimers = false;
            Population.OfTheDesign(other);
            code = await Clean(other, new ClosingStream(writes), Stream.Null);
            var gone = other.Runtime.Removals.Count;

            Assert.Contains(code, new[] { 141, ExitCode.Done.Value });
            // All that was begun has ended, and a container that went took its record along.
            Assert.Equal(other.Runtime.Containers.Where(container => container.Container.Name != "agentops-a1b2c3d4").Select(container => container.Container.Name["agentops-".Length..]).Order(),
                other.Store.ReadAll().Select(run => run.Id.ToString()).Where(id => id != "a1b2c3d4").Order());
            await other.Type("agent clean --force");
            Assert.Equal(gone == 4 ? "Nothing to clean." : "", other.Printed.Split('\n').FirstOrDefault(line => line == "Nothing to clean.") ?? "");
            Assert.Equal(4, other.Runtime.Removals.Count);
            Assert.Contains(gone, new[] { 0, 4 });
            Assert.True(gone == 4 || code == 141);
        }

        Assert.InRange(writes, 3, 40);
    }

    [Fact]
    public async Task A_terminal_that_closes_at_the_question_removes_nothing()
    {
        Population.OfTheDesign(screen);

        Assert.Equal(ExitCode.Refused.Value, await Clean(screen, Stream.Null, new ClosingStream(0), force: false));
        Assert.Empty(screen.Runtime.Removals);
    }

    [Fact]
    public async Task A_hang_up_at_the_question_removes_nothing()
    {
        Population.OfTheDesign(screen);
        using var signals = new Signals();
        using var asked = new AskedStream(() => signals.Raise(PosixSignal.SIGHUP));

        Assert.Equal(129, await Clean(screen, Stream.Null, asked, force: false, signals));
        Assert.Empty(screen.Runtime.Removals);
    }

    private static async Task<int> Clean(Screen screen, Stream output, Stream input, bool force = true, Signals? signals = null)
    {
        using var own = new Signals();
        var world = screen.WorldOf(new Streams(input, output, Stream.Null, tty: null), signals ?? own);
        return (await Agent.Run(world, force ? ["clean", "--force"] : ["clean"])).Value;
    }

    /// <summary>The other end goes away after so many writes or reads.</summary>
    private sealed class ClosingStream(int left) : MemoryStream
    {
        private const int BrokenPipe = 32;

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => Use();

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Use();
            return ValueTask.CompletedTask;
        }

        public override int Read(Span<byte> buffer)
        {
            Use();
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        private void Use()
        {
            if (--left < 0)
            {
                throw new IOException("Broken pipe", BrokenPipe);
            }
        }
    }

    /// <summary>Nobody answers; that it is read is told.</summary>
    private sealed class AskedStream(Action asked) : MemoryStream
    {
        private readonly ManualResetEventSlim answered = new();

        public override int Read(byte[] buffer, int offset, int count)
        {
            asked();
            answered.Wait(TimeSpan.FromSeconds(30));
            return 0;
        }

        public override int Read(Span<byte> buffer) => Read([], 0, 0);

        protected override void Dispose(bool disposing)
        {
            answered.Set();
            base.Dispose(disposing);
        }
    }
}
