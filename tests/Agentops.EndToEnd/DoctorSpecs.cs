using System.Diagnostics;
using System.Text.Json;

namespace Agentops.EndToEnd;

/// <summary><c>agent doctor</c> on real engines, on one that hangs and on none.</summary>
public sealed class DoctorSpecs
{
    [Fact]
    public async Task On_a_real_engine_a_run_can_start_and_what_is_told_is_so()
    {
        await using var desk = Desk.Plain();

        var text = (await desk.Run("doctor")).Expect(0);
        Assert.Contains($"✓ DOCKER_HOST  Docker 20.10.", text.Out, StringComparison.Ordinal);
        Assert.EndsWith("\nA run can start.\n", text.Out, StringComparison.Ordinal);

        var told = JsonDocument.Parse((await desk.Run("doctor", "--json")).Expect(0).Out).RootElement;
        var engine = told.GetProperty("runtimes")[0];
        var info = (await desk.Engine.Get("info"))!.Value;
        Assert.Equal(info.GetProperty("Driver").GetString(), engine.GetProperty("storageDriver").GetString());
        Assert.Equal(info.GetProperty("DockerRootDir").GetString(), engine.GetProperty("dataRoot").GetString());
        Assert.True(engine.GetProperty("freeBytes").GetInt64() > 0);
        Assert.True(engine.GetProperty("isChosen").GetBoolean());
        Assert.False(Directory.Exists(desk.State), "it was only looked at");
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        Assert.Contains(" is yours alone (0700), ", (await desk.Run("doctor")).Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_sends_nothing_but_reads()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);

        (await desk.Run("doctor")).Expect(0);

        Assert.Equal(["/_ping", "/info", "/version"], engine.Requests.Select(line => line.Split(' ')[1]).Select(path => path[path.LastIndexOf('/')..]).Distinct().Order(StringComparer.Ordinal));
        Assert.All(engine.Requests, line => Assert.StartsWith("GET ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_engine_no_run_can_start()
    {
        await using var desk = Desk.Plain();
        var socket = Path.Combine(desk.Folder, "nobody.sock");
        desk.Set("DOCKER_HOST", "unix://" + socket);

        var text = (await desk.Run("doctor")).Expect(3);

        Assert.Contains($"✗ DOCKER_HOST  missing (unix://{socket})", text.Out, StringComparison.Ordinal);
        Assert.EndsWith("\nNo run can start: no runtime that it could use answers.\n", text.Out, StringComparison.Ordinal);
        Assert.Equal("", text.Error);
        Assert.False(JsonDocument.Parse((await desk.Run("doctor", "--json")).Expect(3).Out).RootElement.GetProperty("canRun").GetBoolean());
    }

    [Fact]
    public async Task A_context_that_hangs_takes_a_line_and_little_time()
    {
        await using var desk = Desk.Plain();
        using var silent = new SilentSocket(desk);
        desk.Context("silent", silent.Host);

        var watch = Stopwatch.StartNew();
        var text = (await desk.Run("doctor")).Expect(0);

        Assert.Contains($"✗ silent       no answer within 2 s ({silent.Host})", text.Out, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_made_is_an_obstacle()
    {
        await using var desk = Desk.Plain();
        desk.Set("AGENTOPS_HOME", Path.Combine(desk.Folder, "missing", "state"));

        var text = (await desk.Run("doctor")).Expect(1);

        Assert.Contains($"there is no folder {desk.Folder}/missing\n", text.Out, StringComparison.Ordinal);
        Assert.EndsWith("\nNo run can start: the state folder cannot be used.\n", text.Out, StringComparison.Ordinal);
    }
}
