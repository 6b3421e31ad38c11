using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;

namespace Agentops.EndToEnd;

/// <summary><c>agent status --all</c> over real engines, one that is down and one that hangs.</summary>
public sealed class StatusAllSpecs
{
    [Fact]
    public async Task Four_endpoints_of_which_one_is_down_and_one_hangs_are_one_view()
    {
        await using var desk = Desk.Plain();
        using var silent = new SilentSocket(desk);
        var dead = Path.Combine(desk.Folder, "dead.sock");
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stale.Bind(new UnixDomainSocketEndPoint(dead));
        }

        desk.Context("other", Engine.Other.Host);
        desk.Context("down", "unix://" + dead);
        desk.Context("silent", silent.Host);
        // Those that answer have the time that a busy machine takes.
        desk.Set("AGENTOPS_TIMEOUT", "8");
        var run = await desk.Detach("--name", "busy", ".", "--", "sleep", "1000");

        var watch = Stopwatch.StartNew();
        var text = (await desk.Run("status", "--all")).Expect(0);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"took {watch.Elapsed}");

        string Line(string start) => Assert.Single(text.Out.Split('\n'), line => line.StartsWith("  " + start, StringComparison.Ordinal));
        Assert.Contains("Runtimes (4 total, 2 answer)\n", text.Out, StringComparison.Ordinal);
        Assert.Matches(@"^  DOCKER_HOST \* +docker 20\.10\.\S+ +1 +0 ", Line("DOCKER_HOST"));
        Assert.Matches(@"^  other +docker 26\.1\.\S+ +0 +0 ", Line("other"));
        Assert.Matches("^  down .* ✗ (nobody listens|missing) ", Line("down"));
        Assert.Contains("✗ no answer within 8 s", Line("silent"), StringComparison.Ordinal);
        Assert.Matches($"^  busy +{run} +running .* DOCKER_HOST$", Line("busy"));
        Assert.Contains("⚠ 2 runtimes do not answer: agent doctor\n", text.Out, StringComparison.Ordinal);

        var all = JsonDocument.Parse((await desk.Run("status", "--all", "--json")).Expect(0).Out).RootElement.GetProperty("runtimes");
        Assert.Equal(["down", "other", "silent", "DOCKER_HOST"], all.EnumerateArray().Select(runtime => runtime.GetProperty("name").GetString()));
        Assert.Equal([false, true, false, true], all.EnumerateArray().Select(runtime => runtime.GetProperty("isReachable").GetBoolean()));
        Assert.Equal(run, Assert.Single(all[3].GetProperty("runs").EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Runs_of_two_engines_are_shown_once_each_where_they_live()
    {
        await using var desk = Desk.Plain();
        await using var far = Desk.WithOwnAgent(engine: Engine.Other);
        far.Set("AGENTOPS_HOME", desk.State);
        desk.Context("other", Engine.Other.Host);
        desk.Set("AGENTOPS_TIMEOUT", "60");
        (await desk.Run("run", "--name", "here", ".", "--", "true")).Expect(0);
        (await far.Run("run", "--name", "there", "--rm", ".", "--", "true")).Expect(0);
        var there = await far.Detach("--name", "there", ".", "--", "sleep", "1000");

        try
        {
            var text = (await desk.Run("status", "--all")).Expect(0).Out;

            Assert.Equal(
                ["here DOCKER_HOST", "there other", "there other"],
                text.Split('\n').Where(line => line.StartsWith("  here ", StringComparison.Ordinal) || line.StartsWith("  there ", StringComparison.Ordinal))
                    .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(words => $"{words[0]} {words[^1]}").Order(StringComparer.Ordinal));
            Assert.Matches(@"\n  other +docker 26\S+ +1 +1 ", text);
            Assert.Matches(@"\n  DOCKER_HOST \* +docker 20\S+ +0 +1 ", text);
            Assert.Contains("⚠ other: 1 stopped run can be cleaned", text, StringComparison.Ordinal);
            Assert.Contains(" agent clean --context other\n", text.Replace(": agent", " agent", StringComparison.Ordinal), StringComparison.Ordinal);
        }
        finally
        {
            // Its record is in the other desk's folder.
            await Engine.Other.RemoveContainer($"agentops-{there}");
        }
    }

    [Fact]
    public async Task Looking_at_all_sends_nothing_but_reads()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);
        // However busy the machine is.
        desk.Set("AGENTOPS_TIMEOUT", "60");

        (await desk.Run("status", "--all")).Expect(0);

        Assert.NotEmpty(engine.Requests);
        Assert.All(engine.Requests, line => Assert.Matches("^(GET|HEAD) ", line));
    }
}
