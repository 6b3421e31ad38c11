using System.Globalization;
using System.Text;
using System.Text.Json;
using Agentops.Containers;
using Agentops.Runs;
using Agentops.Runtimes.Engine;

namespace Agentops.RuntimeTests;

/// <summary>What <c>agent clean</c> shows before, says it freed, and what the engine's disk really lost: three times the same number.</summary>
/// <param name="engine">The engine under test.</param>
/// <param name="populations">How many to make and clean.</param>
public abstract class CleanContract(TestEngine engine, int populations) : Contract(engine)
{
    private static readonly Dictionary<string, string> Classic = new() { ["DOCKER_BUILDKIT"] = "0" };

    // The same populations each time, so that a red build is a change of ours; AGENTOPS_TEST_SEED=N takes others.
    private readonly int seed = int.TryParse(Environment.GetEnvironmentVariable("AGENTOPS_TEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
    private readonly StringBuilder story = new();
    private int exact;
    private int estimates;
    private long freedInAll;

    [Fact]
    public async Task The_total_shown_what_is_said_to_be_freed_and_what_the_disk_lost_are_the_same()
    {
        for (var population = 0; population < populations; population++)
        {
            story.Clear().Append(CultureInfo.InvariantCulture, $"AGENTOPS_TEST_SEED={seed + population} makes this one first:\n");
            using var home = new Installation(engine);
            var strangers = await Populate(home, new Random(seed + population));
            await Check(home, new Random(seed + population).Next(6) switch
            {
                0 => ["--images"],
                1 => ["--runs"],
                2 => ["--keep-last", "1"],
                _ => [],
            });
            await AssertThereAre(strangers);
            await Tidy(strangers);
            // With the strangers gone, what they held can go, and nothing is left of it all.
            await Check(home, []);
            for (var more = engine.Has(Limit.NoOrder) ? 5 : 0; more > 0; more--)
            {
                // Steps that the engine left come to light with the images that were built on them.
                await home.Give("clean", "--force");
            }

            Assert.Equal("Nothing to clean.\n", (await home.Give("clean", "--force")).Split("Kept:")[0]);
        }

        var counts = $"{exact} exact totals and {estimates} estimates, {freedInAll} bytes freed";
        Assert.True(freedInAll > populations * 1_000L, counts);
        Assert.True(engine.Has(Limit.NoSizesOfLayers) || exact > 4 * estimates, counts);
    }

    private async Task Check(Installation home, string[] options)
    {
        story.Append(CultureInfo.InvariantCulture, $"agent clean {string.Join(' ', options)}\n");
        await home.Give("status", "--exact");
        var shown = Figure(await home.Give(["clean", "--dry-run", "--json", .. options]), "frees");
        var before = await DiskUse(home);
        var report = await home.Give(["clean", "--force", "--json", .. options]);
        var after = await DiskUse(home);

        var (freed, isExact) = Figure(report, "freed");
        var lost = before.Sum(part => part.Value) - after.Sum(part => part.Value);
        var figures = $"shown {shown.Bytes}, said to be freed {freed}, lost {lost}; before: {string.Join(", ", before)}; after: {string.Join(", ", after)}\n{story}\n{report}";
        var root = JsonDocument.Parse(report).RootElement;
        Assert.True(root.GetProperty("items").EnumerateArray().All(IsAsItShouldBe), figures);
        Assert.True(root.GetProperty("unknownSizes").GetInt32() == 0, figures);
        if (isExact && shown.IsExact)
        {
            Assert.True(shown.Bytes == freed && freed == lost, figures);
            exact++;
        }
        else
        {
            Assert.True(lost >= 0, figures);
            estimates++;
        }

        freedInAll += lost;
    }

    private bool IsAsItShouldBe(JsonElement item) => item.GetProperty("outcome").GetString() switch
    {
        "removed" => true,
        "gone" => engine.Has(Limit.NoOrder),
        // By a step that came to light when the image above it went.
        "skipped" => engine.Has(Limit.NoOrder) && item.GetProperty("reason").GetString()!.EndsWith(", which is built on it, stays", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>All that the engine and the state folder keep on disk, by kind.</summary>
    private async Task<IReadOnlyDictionary<string, long>> DiskUse(Installation home)
    {
        using var df = JsonDocument.Parse(await engine.Get("/system/df"));
        using var containers = JsonDocument.Parse(await engine.Get("/containers/json?all=1&size=1"));
        return new Dictionary<string, long>
        {
            ["layers"] = df.RootElement.GetProperty("LayersSize").GetInt64(),
            // What it shares with images is in the layers already.
            ["build cache"] = List(df, "BuildCache").Where(record => !record.GetProperty("Shared").GetBoolean()).Sum(record => record.GetProperty("Size").GetInt64()),
            ["volumes"] = List(df, "Volumes").Sum(volume => volume.GetProperty("UsageData").GetProperty("Size").GetInt64()),
            ["containers"] = containers.RootElement.EnumerateArray().Sum(container => container.TryGetProperty("SizeRw", out var size) ? size.GetInt64() : 0),
            ["folders of runs"] = home.FolderBytes(),
        };

        static IEnumerable<JsonElement> List(JsonDocument document, string name) =>
            document.RootElement.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
    }

    /// <summary>Agents with images of both builders, their runs, ended and running, what crashed commands left, and strangers that use some of it.</summary>
    private async Task<List<string>> Populate(Installation home, Random chance)
    {
        // It went with the population before: nothing was built on it any more.
        await MakeBase();
        var agents = Enumerable.Range(0, chance.Next(1, 4)).Select(number => $"agent{number}-{chance.Next(1_000_000)}").ToList();
        var strangers = new List<string>();
        foreach (var agent in agents)
        {
            for (var version = chance.Next(1, 3); version > 0; version--)
            {
                Recipe(home, agent, chance, on: agents[0] == agent || chance.Next(3) > 0 ? Base : $"agentops/{agents[0]}:latest");
                for (var run = chance.Next(1, 3); run > 0; run--)
                {
                    await Run(home, agent, chance);
                }
            }

            if (chance.Next(4) == 0)
            {
                await Tell(home, "run", "--rebuild", "--rm", agent, "./" + agent, "--", "true");
            }

            if (chance.Next(3) == 0)
            {
                strangers.Add(await Stranger($"agentops/{agent}:latest", runs: chance.Next(2) == 0));
            }

            if (chance.Next(4) == 0)
            {
                await Post($"/images/agentops/{agent}:latest/tag?repo=mine/{agent}&tag=kept");
            }

            if (chance.Next(5) == 0)
            {
                story.AppendLine(CultureInfo.InvariantCulture, $"somebody builds mine/{agent}:built on it");
                await Runtime.BuildImage(BuildOf($"mine/{agent}:built", $"FROM agentops/{agent}:latest\nENV MINE={chance.Next()}\n", labels: []), _ => { }, Cancel);
            }
        }

        await Crash(home, chance);
        return strangers;
    }

    private void Recipe(Installation home, string agent, Random chance, string on)
    {
        var recipe = new StringBuilder($"FROM {on}\n");
        for (var step = chance.Next(1, 4); step > 0; step--)
        {
            recipe.AppendLine(chance.Next(5) switch
            {
                0 => $"ENV A={chance.Next(3)}",
                1 => "VOLUME /data",
                2 => "COPY shared /shared",
                3 => "COPY own /own",
                _ => $"RUN head -c {chance.Next(1, 20_000)} /dev/urandom > /made{step}",
            });
        }

        home.Workspace(
            agent,
            ("agent.yaml", $"name: {agent}\ndockerfile: Dockerfile\n"),
            ("Dockerfile", recipe.ToString()),
            ("shared", new string('s', 3_000)),
            ("own", agent + new string('o', chance.Next(5_000))));
        story.Append(CultureInfo.InvariantCulture, $"{agent}: {recipe.ToString().ReplaceLineEndings("; ")}\n");
    }

    private async Task Run(Installation home, string agent, Random chance)
    {
        // The builder that comes first makes the image; the next run finds it.
        IReadOnlyDictionary<string, string> environment = chance.Next(3) == 0 ? Classic : new Dictionary<string, string>();
        var script = $"head -c {chance.Next(1, 50_000)} /dev/zero > /tmp/wrote; [ ! -d /data ] || head -c {chance.Next(1, 9_000)} /dev/zero > /data/kept; echo {new string('x', chance.Next(200))}";
        string[] command = chance.Next(5) switch
        {
            0 => ["-d", "./" + agent, "--", "sh", "-c", "sleep 1000"],
            1 => ["--rm", "./" + agent, "--", "sh", "-c", script],
            _ => ["./" + agent, "--", "sh", "-c", script],
        };
        story.Append(environment.Count > 0 ? "DOCKER_BUILDKIT=0 " : "");
        await Tell(home, environment, ["run", .. command]);
    }

    // A record without its container, a container without its record, folders of commands that were killed.
    private async Task Crash(Installation home, Random chance)
    {
        var runs = home.Store.ReadAll().Where(_ => chance.Next(4) == 0).ToList();
        foreach (var run in runs)
        {
            if (await Runtime.FindContainer(run.Id.ContainerName, Cancel) is not { Container: { HasEnded: true } container })
            {
                continue;
            }

            if (chance.Next(2) == 0)
            {
                story.AppendLine(CultureInfo.InvariantCulture, $"the container of {run.Id} is removed by hand");
                await Runtime.RemoveContainer(container.Id, Cancel);
            }
            else
            {
                story.AppendLine(CultureInfo.InvariantCulture, $"the record of {run.Id} is lost");
                Directory.Delete(home.Store.FolderOf(run.Id), recursive: true);
            }
        }

        if (chance.Next(4) == 0)
        {
            var leftover = Directory.CreateDirectory(Path.Combine(home.Store.StateFolder, "runs", $".removed-{RunId.New()}"));
            await File.WriteAllTextAsync(Path.Combine(leftover.FullName, "output.log"), new string('l', chance.Next(9_000)), Cancel);
            story.AppendLine("a removal was cut short");
        }
    }

    private async Task<string> Stranger(string image, bool runs)
    {
        story.AppendLine(CultureInfo.InvariantCulture, $"a stranger's container on {image}, {(runs ? "running" : "stopped")}");
        var spec = new ContainerSpec("stranger-" + RunId.New(), image, new Dictionary<string, string>()) { Command = ["sleep", "1000"], Init = false, Network = false };
        var id = await Create(spec);
        if (runs)
        {
            await Runtime.StartContainer(id, Cancel);
        }

        return id;
    }

    private async Task AssertThereAre(IEnumerable<string> strangers)
    {
        foreach (var stranger in strangers)
        {
            Assert.NotNull(await Runtime.FindContainer(stranger, Cancel));
        }
    }

    private async Task Tidy(IEnumerable<string> strangers)
    {
        story.AppendLine("all is stopped, and what strangers have is removed");
        foreach (var container in (await Runtime.ListContainers(Cancel)).Where(container => container.State == ContainerState.Running))
        {
            await Runtime.StopContainer(container.Id, TimeSpan.Zero, Cancel);
        }

        foreach (var stranger in strangers)
        {
            await Runtime.RemoveContainer(stranger, Cancel);
        }

        foreach (var tag in (await Runtime.ListImages(Cancel)).SelectMany(image => image.Tags).Where(tag => tag.StartsWith("mine/", StringComparison.Ordinal)))
        {
            await Runtime.RemoveImage(tag, Cancel);
        }
    }

    private Task Tell(Installation home, params string[] arguments) => Tell(home, new Dictionary<string, string>(), arguments);

    private async Task Tell(Installation home, IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        story.Append(CultureInfo.InvariantCulture, $"agent {string.Join(' ', arguments)}\n");
        await home.Give(environment, arguments);
    }

    private async Task Post(string path)
    {
        story.AppendLine(CultureInfo.InvariantCulture, $"POST {path}");
        await using var connection = engine.Open();
        await connection.Tell(EngineRequest.Post(path), Cancel);
    }

    private static (long Bytes, bool IsExact) Figure(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        var figure = document.RootElement.GetProperty(name);
        return (figure.GetProperty("bytes").GetInt64(), figure.GetProperty("isExact").GetBoolean());
    }
}
