using System.Text.Json;
using Agentops.Containers;
using Agentops.Runtimes.Apple;

namespace Agentops.Tests.Runtimes;

public sealed class AppleWordsSpecs
{
    // container list --all --format json, 1.0 to 1.3, but for what is not read.
    private const string New = """
        [{"configuration":{"creationDate":"2026-08-07T22:17:54Z","id":"web",
           "image":{"descriptor":{"digest":"sha256:28bd5fe8","mediaType":"application\/vnd.oci.image.index.v1+json","size":10229},"reference":"docker.io\/library\/nginx:1.27"},
           "initProcess":{"arguments":["nginx"],"environment":["A=1"],"executable":"\/docker-entrypoint.sh","terminal":false,"user":{"id":{"gid":0,"uid":0}}},
           "labels":{"com.example.owner":"ci","agentops.input":"once"},
           "mounts":[{"destination":"\/src","options":["ro"],"source":"\/Users\/me\/src","type":{"virtiofs":{}}}],
           "resources":{"cpuOverhead":1,"cpus":2,"memoryInBytes":2147483648}},
          "id":"web",
          "status":{"networks":[{"hostname":"web","variant":"reserved"}],"startedDate":"2026-08-07T22:17:56Z","state":"running"}}]
        """;

    // The same, 0.8 to 0.12.
    private const string Old = """
        [{"status":"running","networks":[{"network":"default"}],"startedDate":792281876.123,
          "configuration":{"id":"web","image":{"reference":"docker.io\/library\/nginx:1.27","descriptor":{"digest":"sha256:28bd5fe8"}},
            "initProcess":{"terminal":true},"labels":{"agentops.created":"2026-02-08T22:17:50Z"},"resources":{"cpus":2,"memoryInBytes":2147483648}}}]
        """;

    private const string NewImages = """
        [{"configuration":{"creationDate":"2026-06-16T00:01:20Z","descriptor":{"digest":"sha256:28bd","size":9218},"name":"docker.io\/library\/alpine:3.20"},"id":"28bd",
          "variants":[
            {"config":{"architecture":"arm64","config":{"Cmd":["\/bin\/sh"],"Env":["PATH=\/bin"],"Labels":{"team":"a"},"WorkingDir":"\/"},
              "created":"2026-06-16T00:01:20.474100947Z","rootfs":{"diff_ids":["sha256:one","sha256:two"],"type":"layers"}},
             "digest":"sha256:e7a1","platform":{"architecture":"arm64","os":"linux","variant":"v8"},"size":4192839},
            {"config":{"rootfs":{"diff_ids":["sha256:signature"]}},"platform":{"architecture":"unknown","os":"unknown"},"size":555}]},
         {"configuration":{"descriptor":{"digest":"sha256:28bd"},"name":"my-app:latest"},"id":"28bd","variants":[]},
         {"configuration":{"descriptor":{"digest":"sha256:77aa"},"name":"docker.io\/library\/node@sha256:77aa"},"id":"77aa","variants":[{"platform":{"architecture":"amd64","os":"linux"}}]}]
        """;

    // container image inspect, 0.9 to 0.12.
    private const string OldImages = """
        [{"name":"docker.io\/agentops\/base-node:22","index":{"digest":"sha256:28bd","size":9218},
          "variants":[{"platform":{"architecture":"arm64","os":"linux"},"config":{"created":"2026-06-16T00:01:20Z","config":{"Entrypoint":["\/init"]},"rootfs":{"diff_ids":["sha256:one"]}},"size":4192839}]}]
        """;

    private static readonly DateTimeOffset Started = new(2026, 8, 7, 22, 17, 56, TimeSpan.Zero);

    [Fact]
    public void A_container_of_1_0_and_later_has_its_state_in_an_object()
    {
        var details = Containers(New).Single();

        Assert.Equal(("web", "web", ContainerState.Running, "sha256:28bd5fe8", "nginx:1.27"), (details.Container.Id, details.Container.Name, details.Container.State, details.Container.ImageId, details.Container.Image));
        Assert.Equal((Started.AddSeconds(-2), Started, null), (details.Container.CreatedAt, details.StartedAt, details.FinishedAt));
        Assert.Equal((2_147_483_648, false, true), (details.MemoryLimit, details.HasTerminal, details.TakesInput));
        Assert.Equal("ci", details.Container.Labels["com.example.owner"]);
    }

    [Fact]
    public void A_container_before_1_0_has_it_in_a_word_and_counts_seconds_since_2001()
    {
        var details = Containers(Old).Single();

        Assert.Equal(("web", ContainerState.Running, "sha256:28bd5fe8"), (details.Container.Id, details.Container.State, details.Container.ImageId));
        Assert.Equal(new DateTimeOffset(2026, 2, 8, 22, 17, 56, 123, TimeSpan.Zero), details.StartedAt!.Value, TimeSpan.FromMilliseconds(1));
        // It does not tell when it was created: our label does.
        Assert.Equal(new DateTimeOffset(2026, 2, 8, 22, 17, 50, TimeSpan.Zero), details.Container.CreatedAt);
        Assert.Equal((true, false), (details.HasTerminal, details.TakesInput));
    }

    [Theory]
    [InlineData("""{"id":"x","status":{"state":"stopped"}}""", ContainerState.Created)]
    [InlineData("""{"id":"x","status":{"state":"stopped","startedDate":"2026-08-07T22:17:56Z"}}""", ContainerState.Exited)]
    [InlineData("""{"id":"x","status":{"state":"stopping"}}""", ContainerState.Running)]
    [InlineData("""{"id":"x","status":{"state":"unknown"}}""", ContainerState.Unknown)]
    [InlineData("""{"id":"x","status":{"state":null}}""", ContainerState.Unknown)]
    [InlineData("""{"id":"x","status":{}}""", ContainerState.Unknown)]
    [InlineData("""{"id":"x","status":null}""", ContainerState.Unknown)]
    [InlineData("""{"id":"x","status":7}""", ContainerState.Unknown)]
    [InlineData("""{"id":"x"}""", ContainerState.Unknown)]
    [InlineData("""{"configuration":{"id":"x"},"status":"stopped"}""", ContainerState.Created)]
    [InlineData("""{"configuration":{"id":"x"},"status":"stopped","startedDate":792281876.1}""", ContainerState.Exited)]
    [InlineData("""{"configuration":{"id":"x","labels":null,"image":null,"resources":null,"initProcess":null,"new":[{}]},"status":"running","newer":{"a":null}}""", ContainerState.Running)]
    public void A_state_is_read_from_what_is_there_and_what_is_not_known_is_not_guessed(string container, ContainerState state)
    {
        var details = Containers($"[{container}]").Single();

        Assert.Equal((state, "x", null), (details.Container.State, details.Container.Id, details.Container.ExitCode));
    }

    [Fact]
    public void What_we_saw_end_has_ended_even_if_it_is_still_called_running_but_not_in_another_life()
    {
        var end = new KeptEnd(3, Started, Started.AddMinutes(5));

        var ended = Containers(New, end).Single();
        var again = Containers(New, end with { StartedAt = Started.AddDays(-1) }).Single();
        var forgotten = Containers("""[{"id":"x","status":{"state":"stopped"}}]""", end).Single();

        Assert.Equal((ContainerState.Exited, 3, end.FinishedAt), (ended.Container.State, ended.Container.ExitCode, ended.FinishedAt));
        Assert.Equal((ContainerState.Running, null, null), (again.Container.State, again.Container.ExitCode, again.FinishedAt));
        // Its services were started anew, and know no start of it any more.
        Assert.Equal((ContainerState.Exited, 3, Started), (forgotten.Container.State, forgotten.Container.ExitCode, forgotten.StartedAt));
    }

    [Fact]
    public void A_killed_one_may_have_been_killed_by_lack_of_memory() =>
        Assert.Equal([null, false], new[] { 137, 1 }.Select(code => Containers(New, new KeptEnd(code, Started, Started)).Single().KilledByMemory));

    [Theory]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("[]")]
    public void What_has_no_id_is_no_container(string list) => Assert.Empty(Containers(list));

    [Fact]
    public void References_with_one_digest_are_one_image()
    {
        var images = AppleWords.Images(JsonSerializer.Deserialize(NewImages, AppleJson.Default.AppleImageArray)!);

        Assert.Equal(2, images.Count);
        var image = images[0].Details.Image;
        Assert.Equal(("sha256:28bd", "a", 4_192_839), (image.Id, image.Labels["team"], image.Size!.Value.Bytes));
        Assert.Equal(["alpine:3.20", "my-app:latest"], image.Tags);
        Assert.Equal(["docker.io/library/alpine:3.20", "my-app:latest"], images[0].Names);
        Assert.Equal(["sha256:one", "sha256:two"], images[0].Details.Layers);
        Assert.Equal(2026, image.CreatedAt!.Value.Year);
        Assert.Equal("docker.io/library/alpine:3.20", images[0].NameFor("alpine:3.20"));
        // By digest, and of an unknown size.
        Assert.Equal(["node@sha256:77aa"], images[1].Stored.Digests);
        Assert.Empty(images[1].Details.Image.Tags);
        Assert.Null(images[1].Details.Image.Size);
    }

    [Fact]
    public void Images_before_1_0_are_read_as_well()
    {
        var image = AppleWords.Images(JsonSerializer.Deserialize(OldImages, AppleJson.Default.AppleImageArray)!).Single();

        Assert.Equal(("sha256:28bd", 4_192_839), (image.Id, image.Details.Image.Size!.Value.Bytes));
        Assert.Equal(["agentops/base-node:22"], image.Details.Image.Tags);
        Assert.Equal(["/init"], image.Details.Entrypoint);
        Assert.True(image.Details.Image.IsOurs);
    }

    [Theory]
    [InlineData("""[{"id":"28bd","configuration":{"name":"x:1"}}]""")]
    [InlineData("""[{"id":"28bd","configuration":{"name":"x:1"},"variants":null}]""")]
    [InlineData("""[{"id":"28bd","configuration":{"name":"x:1"},"variants":[null,{},{"size":-1,"config":null}]}]""")]
    [InlineData("""[{"reference":"x:1","descriptor":{"digest":"28bd"},"fullSize":"4,2 MB"}]""")]
    public void An_image_with_little_to_say_of_itself_has_no_size_and_no_layers(string list)
    {
        var image = AppleWords.Images(JsonSerializer.Deserialize(list, AppleJson.Default.AppleImageArray)!).Single();

        Assert.Equal(("sha256:28bd", null, null), (image.Id, image.Details.Image.Size, image.Details.Image.CreatedAt));
        Assert.Empty(image.Details.Layers);
    }

    [Theory]
    [InlineData("\"2026-08-07T22:17:54Z\"", 2026)]
    [InlineData("\"2026-06-16T00:01:20.474100947Z\"", 2026)]
    [InlineData("792281876.123", 2026)]
    [InlineData("\"1970-01-01T00:00:00Z\"", null)]
    [InlineData("0", null)]
    [InlineData("-5", null)]
    [InlineData("1e300", null)]
    [InlineData("\"yesterday\"", null)]
    [InlineData("true", null)]
    [InlineData("{}", null)]
    public void An_instant_is_text_or_a_number_or_none(string json, int? year) =>
        Assert.Equal(year, AppleWords.Instant(JsonDocument.Parse(json).RootElement)?.Year);

    [Theory]
    [InlineData("container CLI version 1.2.2 (build: release, commit: abcdef1)\n", 1, 2, "1.2.2")]
    [InlineData("container CLI version 0.6.0 (build: release, commit: unspeci)\n", 0, 6, "0.6.0")]
    [InlineData("container CLI version 0.2.0-12-ga7799d0 (build: debug, commit: a7799d0)\n", 0, 2, "0.2.0-12-ga7799d0")]
    [InlineData("container CLI version 17.3 (build: release)\n", 17, 3, "17.3")]
    public void A_release_is_read_from_its_sentence(string sentence, int major, int minor, string text) =>
        Assert.Equal(new AppleRelease(major, minor, text), AppleRelease.Parse(sentence));

    [Theory]
    [InlineData("")]
    [InlineData("container 3.1: a box for things")]
    [InlineData("container CLI version unknown")]
    public void Another_program_of_that_name_has_no_release(string sentence) => Assert.Null(AppleRelease.Parse(sentence));

    private static IEnumerable<ContainerDetails> Containers(string list, KeptEnd? end = null) =>
        JsonSerializer.Deserialize(list, AppleJson.Default.AppleContainerArray)!.OfType<AppleContainer>().Select(wire => AppleWords.Details(wire, end)).OfType<ContainerDetails>();
}
