using System.Text;
using System.Text.Json;
using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Images;
using CsCheck;

namespace Agentops.Tests.Cleaning;

public sealed class PlanFileSpecs : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_plan_is_read_as_it_was_written_and_applies_whole()
    {
        var now = World.Take();
        var plan = CleanPlan.For(now, new CleanOptions());
        PlanFile.Write(folder["plan.json"], CleanPlanJson.Of(now, plan));
        var (applied, drift) = PlanFile.Check(PlanFile.Read(folder["plan.json"]), now, plan);

        Assert.Equal(["plan.json"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
        Assert.Equal(plan.Items.Select(item => (item.Key, item.Frees)), applied.Items.Select(item => (item.Key, item.Frees)));
        Assert.Equal(6, applied.Items.Count);
        Assert.Empty(drift);
    }

    [Fact]
    public void A_file_that_is_cut_short_at_any_byte_is_told()
    {
        var whole = Encoding.UTF8.GetBytes(Text(World));
        for (var length = 0; length < whole.Length - 1; length++)
        {
            var failure = Assert.Throws<UsageException>(() => Read(whole[..length]));
            Assert.Matches("is cut short or not JSON|is no plan", failure.Message);
        }

        // The end of the last line is no part of it.
        Assert.Equal(6, Read(whole[..^1]).Items.Count);
    }

    [Theory]
    [InlineData("", "is cut short or not JSON (line 1)")]
    [InlineData("null", "is no plan of agent clean")]
    [InlineData("[]", "is cut short or not JSON")]
    [InlineData("{}", "is no plan of agent clean")]
    [InlineData("7", "is cut short or not JSON")]
    [InlineData("Stopped runs (2):", "is cut short or not JSON (line 1)")]
    [InlineData("""{"schemaVersion": 1, "runtime": "docker", "endpoint": "x", "items": [null]}""", "is not whole")]
    [InlineData("""{"schemaVersion": 1, "runtime": "docker", "endpoint": "x", "items": [{"key": "run:a1b2c3d4"}]}""", "is not whole")]
    [InlineData("""{"schemaVersion": 1, "runtime": "docker", "endpoint": "x", "items": [{"conditions": {}}]}""", "is not whole")]
    [InlineData("""{"schemaVersion": 1, "runtime": "docker", "endpoint": "x", "items": {}}""", "is cut short or not JSON")]
    [InlineData("""{"schemaVersion": "1"}""", "is cut short or not JSON")]
    [InlineData("""{"schemaVersion": 99999999999}""", "is cut short or not JSON")]
    [InlineData("""{"schemaVersion": 2, "runtime": "docker", "endpoint": "x", "items": [], "somethingNew": {}}""", "was written by a newer agent (schema 2, this one reads 1)")]
    [InlineData("""{"schemaVersion": 0, "runtime": "docker", "endpoint": "x", "items": []}""", "is no plan of agent clean")]
    public void What_is_no_plan_is_told(string content, string fault) =>
        Assert.Contains(fault, Assert.Throws<UsageException>(() => Read(Encoding.UTF8.GetBytes(content))).Message, StringComparison.Ordinal);

    [Fact]
    public void Fields_that_are_not_known_are_passed_over()
    {
        var text = Text(World).Replace("\"key\":", "\"color\": \"red\", \"key\":", StringComparison.Ordinal).Replace("\"items\":", "\"mood\": [1, {}], \"items\":", StringComparison.Ordinal);

        Assert.Equal(6, Check(Read(Encoding.UTF8.GetBytes(text)), World).Plan.Items.Count);
    }

    [Fact]
    public void A_file_of_50_MB_is_read_and_a_larger_one_or_one_without_an_end_is_refused()
    {
        var text = Encoding.UTF8.GetBytes(Text(World));
        var large = new byte[50_000_000];
        Array.Fill(large, (byte)' ');
        text.CopyTo(large, 0);
        Assert.Equal(6, Read(large).Items.Count);

        Array.Resize(ref large, 70_000_000);
        Assert.Contains("is no plan", Assert.Throws<UsageException>(() => Read(large)).Message, StringComparison.Ordinal);
        Array.Fill(large, (byte)'[');
        Assert.Throws<UsageException>(() => Read(large[..50_000_000]));
        Assert.Contains("is no plan", Assert.Throws<UsageException>(() => PlanFile.Read("/dev/zero")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_opened_is_told()
    {
        Assert.StartsWith($"Cannot read the plan {folder["none.json"]}", Assert.Throws<UsageException>(() => PlanFile.Read(folder["none.json"])).Message, StringComparison.Ordinal);
        Assert.StartsWith($"Cannot read the plan {folder.Path}", Assert.Throws<UsageException>(() => PlanFile.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RandomWorlds.Another, "docker", Given.Endpoint)]
    [InlineData(null, "docker", Given.Endpoint)]
    [InlineData(Given.Installation, "podman", Given.Endpoint)]
    [InlineData(Given.Installation, "docker", "ssh://build-host")]
    public void A_plan_for_another_place_is_refused(string? installation, string runtime, string endpoint)
    {
        var file = Read(Encoding.UTF8.GetBytes(Text(World))) with { Installation = installation, Runtime = runtime, Endpoint = endpoint };

        Assert.Throws<RefusedException>(() => Check(file, World));
    }

    [Fact]
    public void Only_what_is_left_in_the_file_goes_and_each_once()
    {
        var file = Read(Encoding.UTF8.GetBytes(Text(World)));
        var (plan, drift) = Check(file with { Items = [file.Items[1], file.Items[1]] }, World);

        Assert.Equal([file.Items[1].Key], plan.Items.Select(item => item.Key));
        Assert.Empty(drift);
    }

    [Fact]
    public void What_was_not_in_the_file_stays_and_what_needs_it_too()
    {
        var file = Read(Encoding.UTF8.GetBytes(Text(World)));
        var (plan, drift) = Check(file with { Items = [.. file.Items.Where(item => item.Kind is "image" or "baseImage")] }, World);

        Assert.Empty(plan.Items);
        Assert.Equal(["image agentops/a:latest: something that stays uses it or is built on it", "image agentops/base-x:1: something that stays uses it or is built on it"], drift);
    }

    [Fact]
    public void A_key_that_was_written_into_the_file_removes_nothing_that_is_kept()
    {
        var file = Read(Encoding.UTF8.GetBytes(Text(World)));
        var world = World with { Containers = [.. World.Containers.Select(container => container with { Listed = container.Listed with { State = ContainerState.Running } })] };
        var image = file.Items.Single(item => item.Kind == "image");
        var (plan, drift) = Check(file with { Items = [file.Items[0], image, image with { Key = "image:mine:1", Name = "image mine:1" }, image with { Key = "run:../../etc", Name = null! }] }, world);

        Assert.Empty(plan.Items);
        Assert.Equal(["run a-run (run00000): it is running", "image agentops/a:latest: run a-run (run00000) uses it", "image mine:1: run a-run (run00000) uses it", ": run a-run (run00000) uses it"], drift);
    }

    [Fact]
    public void Each_thing_that_is_not_as_it_was_is_told_and_stays()
    {
        var text = Text(World);
        AssertDrift(Changed(Run, container => container with { FinishedAt = Given.Now }), "run a-run (run00000): it is not what it was when the plan was made");
        AssertDrift(Changed(Run, container => container with { Listed = container.Listed with { State = ContainerState.Dead } }), "run a-run (run00000): it is not what it was when the plan was made");
        AssertDrift(Changed(Run, container => container with { Listed = container.Listed with { State = ContainerState.Paused } }), "run a-run (run00000): it is paused");
        AssertDrift(Changed(Run, container => container with { Listed = container.Listed with { Id = new string('9', 64) } }), "run a-run (run00000): it is not what it was when the plan was made");
        AssertDrift(Changed(Orphan, container => container with { FinishedAt = Given.Now }), "container agentops-orphan00: it is not what it was when the plan was made");
        AssertDrift(World with { Containers = [Run] }, "container agentops-orphan00: it is not there any more");
        AssertDrift(World with { Records = [] }, "run a-run (run00000): it is not there any more");
        AssertDrift(World with { Leftovers = [] }, $"leftover {World.Leftovers[0].Listed.Name}: it is not there any more");
        AssertDrift(World with { Images = [.. World.Images.Select(image => image.Tags.Count == 0 ? Tagged(image, "mine:1") : image)] }, "dangling image sha256:333333333333: only tags of yours hold it");
        AssertDrift(World with { Images = [.. World.Images, Tagged(Image(4, World.Images[0], "b"), "mine:1")] }, "image agentops/base-x:1: mine:1 is built on it");
        AssertDrift(World with { Images = [.. World.Images.Select(image => image.Id == World.Images[1].Id ? Tagged(Image(4, World.Images[0], "a"), "agentops/a:latest") : image)] }, "image agentops/a:latest: it is not what it was when the plan was made");
        AssertDrift(World with { ContainersFault = "database is locked" }, "run a-run (run00000): the containers could not be listed: database is locked");

        void AssertDrift(RandomWorld later, string line)
        {
            var file = Read(Encoding.UTF8.GetBytes(text));
            var (plan, drift) = Check(file, later);
            Assert.Contains(line, drift);
            // Each is in the plan or told.
            Assert.Equal(file.Items.Count, plan.Items.Count + drift.Count);
            var named = file.Items.Single(item => line.StartsWith($"{item.Name}: ", StringComparison.Ordinal));
            Assert.DoesNotContain(plan.Items, item => item.Key == named.Key);
        }
    }

    [Fact]
    public void However_a_file_is_damaged_nothing_goes_that_the_plan_of_now_would_keep() => Gen.Select(RandomWorlds.Any, RandomWorlds.Any, RandomWorlds.Options, Gen.Int[0, int.MaxValue], Gen.Byte).Sample(
        (before, after, options, at, letter) =>
        {
            // Of an unchanged world, of a part of it, or of another one altogether.
            var later = (at % 3) switch { 0 => before, 1 => before with { Images = [.. before.Images.Skip(1)], Containers = after.Containers }, _ => after };
            var inventory = before.Take();
            var bytes = JsonSerializer.SerializeToUtf8Bytes(CleanPlanJson.Of(inventory, CleanPlan.For(inventory, options)), OutputJson.Default.CleanPlanJson);
            if (at % 2 == 0)
            {
                bytes[at % bytes.Length] = letter;
            }

            var now = later.Take();
            var allowed = CleanPlan.For(now, new CleanOptions());
            try
            {
                var (plan, _) = PlanFile.Check(PlanFile.Parse("plan.json", bytes), now, allowed);
                Assert.Subset(allowed.Items.Select(item => item.Key).ToHashSet(), plan.Items.Select(item => item.Key).ToHashSet());
                var left = plan.Items.Select(item => item.Key).ToHashSet();
                Assert.All(plan.Items, item => Assert.All(allowed.Needs(item), needed => Assert.Contains(needed.Key, left)));
            }
            catch (AgentopsException failure)
            {
                Assert.True(failure is UsageException or RefusedException, failure.Message);
            }
        },
        iter: 10_000);

    private static KnownContainer Run { get; } = Container(1, "agentops-run00000", "run00000", Given.Now.AddHours(-3));

    private static KnownContainer Orphan { get; } = Container(2, "agentops-orphan00", "orphan00", Given.Now.AddHours(-4));

    // One of each: a run, an orphan, an image that they use, one without a tag, their base, and a leftover.
    private static RandomWorld World { get; } = new()
    {
        Records = [new KnownRecord(new(Given.Id("run00000"), Given.Record("run00000", name: "a-run", agent: "a", started: Given.Now.AddDays(-1)), null), 500, IsCounted: true)],
        Containers = [Run, Orphan],
        Images = [Base(), Tagged(Image(2, Base(), "a"), "agentops/a:latest"), Image(3, Base(), "a")],
        Leftovers = [new KnownLeftover(new($".removed-run00001-{RandomWorlds.Another}", new(7)), 7)],
    };

    private static KnownImage Base() => Tagged(Image(1, null, null), "agentops/base-x:1");

    private static KnownContainer Container(int number, string name, string run, DateTimeOffset finished) => new(
        new Container(new string((char)('0' + number), 64), name, ContainerState.Exited, 0, Id(2), "agentops/a:latest", Given.Now.AddDays(-1), Population.Labels("a", (Labels.Run, run))),
        Id(2), 1_000 * number, 10 * number, finished, IsMeasured: true, AreVolumesTold: true, IsProven: true);

    private static KnownImage Image(int number, KnownImage? on, string? agent) => new(
        new StoredImage(new Image(Id(number), [], null, Given.Now.AddDays(-number), Population.Labels(agent, (Labels.Base, agent is null ? "true" : "false"))), [], null),
        [.. on?.Layers ?? [], ($"sha256:layer{number}", number * 1_000_000)],
        Told.Everything);

    private static KnownImage Tagged(KnownImage image, string tag) => image with { Stored = image.Stored with { Image = image.Stored.Image with { Tags = [tag] } } };

    private static RandomWorld Changed(KnownContainer which, Func<KnownContainer, KnownContainer> change) =>
        World with { Containers = [.. World.Containers.Select(container => container == which ? change(container) : container)] };

    private static string Id(int number) => "sha256:" + new string((char)('0' + number), 64);

    private static string Text(RandomWorld world)
    {
        var inventory = world.Take();
        return JsonSerializer.Serialize(CleanPlanJson.Of(inventory, CleanPlan.For(inventory, new CleanOptions())), OutputJson.Default.CleanPlanJson) + "\n";
    }

    private static (CleanPlan Plan, IReadOnlyList<string> Drift) Check(CleanPlanJson file, RandomWorld world)
    {
        var inventory = world.Take();
        return PlanFile.Check(file, inventory, CleanPlan.For(inventory, new CleanOptions()));
    }

    private CleanPlanJson Read(byte[] content)
    {
        File.WriteAllBytes(folder["plan.json"], content);
        return PlanFile.Read(folder["plan.json"]);
    }
}
