using Agentops.Containers;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

public sealed class EngineWordsSpecs
{
    [Theory]
    [InlineData("Exited (7) 2 seconds ago", 7)]
    [InlineData("Exited (137) About a minute ago", 137)]
    [InlineData("Exited (0) 3 months ago", 0)]
    [InlineData("Exited (-1) 2 days ago", -1)]
    [InlineData("Up 2 hours", null)]
    [InlineData("Created", null)]
    [InlineData("Exited (99999999999) x", null)]
    [InlineData("Exited (", null)]
    [InlineData("Exited )(", null)]
    [InlineData(null, null)]
    public void The_exit_code_is_read_out_of_the_status(string? status, int? code) => Assert.Equal(code, EngineWords.ExitCode(status));

    [Theory]
    [InlineData("agentops/x:1", "agentops/x:1")]
    [InlineData("docker.io/agentops/x:1", "agentops/x:1")]
    [InlineData("localhost/agentops/x:1", "agentops/x:1")]
    [InlineData("docker.io/library/node:22", "node:22")]
    [InlineData("ghcr.io/docker.io/x:1", "ghcr.io/docker.io/x:1")]
    public void A_tag_reads_as_the_user_knows_it(string told, string shown) => Assert.Equal(shown, EngineWords.Tag(told));

    [Fact]
    public void An_image_without_tags_has_none_however_that_is_said()
    {
        Assert.Empty(EngineWords.Tags(null));
        Assert.Empty(EngineWords.Tags([]));
        Assert.Empty(EngineWords.Tags(["<none>:<none>"]));
        Assert.Equal(["agentops/x:1"], EngineWords.Tags(["docker.io/agentops/x:1", "localhost/agentops/x:1"]));
    }

    [Fact]
    public void An_instant_is_in_UTC_and_the_year_one_is_none()
    {
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).AddTicks(1_234_567), EngineWords.Instant("2026-11-23T14:00:00.123456789+02:00")!.Value, TimeSpan.FromTicks(1));
        Assert.Equal(TimeSpan.Zero, EngineWords.Instant("2026-11-23T14:00:00+02:00")!.Value.Offset);
        Assert.Null(EngineWords.Instant("0001-01-01T00:00:00Z"));
        Assert.Null(EngineWords.Instant("soon"));
        Assert.Null(EngineWords.Instant((string?)null));
        Assert.Null(EngineWords.Instant(0L));
        Assert.Null(EngineWords.Instant(long.MaxValue));
    }

    [Theory]
    [InlineData("running", ContainerState.Running)]
    [InlineData("exited", ContainerState.Exited)]
    [InlineData("stopped", ContainerState.Exited)]
    [InlineData("new word", ContainerState.Unknown)]
    [InlineData(null, ContainerState.Unknown)]
    public void A_state_we_do_not_know_is_unknown(string? word, ContainerState state) => Assert.Equal(state, EngineWords.State(word));

    [Theory]
    [InlineData("Exited (0) Less than a second ago", 0)]
    [InlineData("Exited (0) 1 second ago", 1)]
    [InlineData("Exited (137) 59 seconds ago", 59)]
    [InlineData("Exited (0) About a minute ago", 60)]
    [InlineData("Exited (0) 59 minutes ago", 59 * 60)]
    [InlineData("Exited (0) About an hour ago", 3600)]
    // 1 hour 30 minutes and more are told as 2 hours.
    [InlineData("Exited (0) 2 hours ago", 5400)]
    [InlineData("Exited (-1) 3 days ago", (3 * 86_400) - 1800)]
    [InlineData("Exited (0) 5 weeks ago", (35 * 86_400) - 1800)]
    [InlineData("Exited (0) 2 months ago", (60 * 86_400) - 1800)]
    [InlineData("Exited (0) 3 years ago", (3 * 365 * 86_400) - 1800)]
    [InlineData("Exited (0) 99999999999 years ago", -1800)]
    [InlineData("Exited (0) a while ago", null)]
    [InlineData("Exited (0) 2 fortnights ago", null)]
    [InlineData("Exited (0) 2 hourss ago", null)]
    [InlineData("Exited (0) -2 hours ago", null)]
    [InlineData("Exited (0) 2 hours", null)]
    [InlineData("Exited (0) ago", null)]
    [InlineData("Exited (0)  ago", null)]
    [InlineData("Exited (x) 2 hours ago", null)]
    [InlineData("Up 2 hours", null)]
    [InlineData("Created", null)]
    [InlineData(null, null)]
    public void A_listing_tells_how_long_ago_a_process_ended_at_the_least(string? status, int? seconds) =>
        Assert.Equal(seconds is { } known ? TimeSpan.FromSeconds(known) : (TimeSpan?)null, EngineWords.EndedAtLeast(status));

    [Fact]
    public void Only_volumes_that_nobody_named_go_with_a_container()
    {
        var anonymous = new string('a', 64);
        var wire = new WireContainer("abc", null, null, null, null, null, null, null) { Mounts = [new("volume", anonymous), new("volume", "cache"), new("bind", null), new("volume", null)] };

        Assert.Equal([anonymous], EngineWords.Container(wire)!.AnonymousVolumes);
    }

    [Fact]
    public void A_volume_that_was_not_counted_has_no_size()
    {
        var volumes = EngineWords.Volumes(new WireUsage([new("a", new(12, 1)), new("b", new(-1, -1)), new("c", null), new(null, null)]));

        Assert.Equal((new Agentops.Terminal.ByteSize(12), 1), (volumes["a"].Size!.Value, volumes["a"].Users));
        Assert.Equal((null, null), (volumes["b"].Size, volumes["b"].Users));
        Assert.Equal((null, null), (volumes["c"].Size, volumes["c"].Users));
    }

    [Fact]
    public void A_listing_with_nothing_but_an_id_is_a_container()
    {
        var container = EngineWords.Container(new WireContainer("abc", null, null, null, null, null, null, null));

        Assert.Equal(("abc", "", ContainerState.Unknown, null, null), (container!.Id, container.Name, container.State, container.ImageId, container.CreatedAt));
        Assert.False(container.IsOurs);
        Assert.Null(EngineWords.Container(new WireContainer(null, null, null, null, null, null, null, null)));
    }

    [Theory]
    // Docker
    [InlineData(404, "No such container: x", "Look", RuntimeRefusal.NotFound)]
    [InlineData(409, "Conflict. The container name \"/x\" is already in use by container \"y\".", "Create", RuntimeRefusal.NameTaken)]
    [InlineData(404, "No such image: x:latest", "Create", RuntimeRefusal.NotFound)]
    [InlineData(400, "OCI runtime create failed: exec: \"x\": executable file not found in $PATH: unknown", "Start", RuntimeRefusal.CannotStart)]
    [InlineData(400, "OCI runtime create failed: exec: \"/x\": permission denied: unknown", "Start", RuntimeRefusal.CannotStart)]
    [InlineData(409, "Container x is not running", "Running", RuntimeRefusal.NotRunning)]
    [InlineData(409, "You cannot remove a running container x.", "Remove", RuntimeRefusal.InUse)]
    [InlineData(409, "conflict: unable to remove repository reference \"x\" (must force) - container y is using its referenced image z", "Remove", RuntimeRefusal.InUse)]
    [InlineData(500, "something else", "Start", RuntimeRefusal.Other)]
    // Podman
    [InlineData(500, "creating container storage: the container name \"x\" is already in use by y. You have to remove that container to be able to reuse that name: that name is already in use", "Create", RuntimeRefusal.NameTaken)]
    [InlineData(500, "cannot remove container x as it is running - running or paused containers cannot be removed without force: container state improper", "Remove", RuntimeRefusal.InUse)]
    [InlineData(500, "can only kill running containers. x is in state exited: container state improper", "Running", RuntimeRefusal.NotRunning)]
    [InlineData(500, "runc: exec: \"x\": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found", "Start", RuntimeRefusal.CannotStart)]
    // Registries
    [InlineData(404, "pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", "Pull", RuntimeRefusal.LoginRequired)]
    [InlineData(500, "Head \"https://r/v2/x\": unauthorized: authentication required", "Pull", RuntimeRefusal.LoginRequired)]
    [InlineData(404, "manifest for node:nope not found: manifest unknown: manifest unknown", "Pull", RuntimeRefusal.NotFound)]
    [InlineData(500, "Get \"https://registry.example/v2/\": dial tcp: lookup registry.example: no such host", "Pull", RuntimeRefusal.Other)]
    public void A_no_is_read_by_its_code_or_its_words(int status, string message, string operation, RuntimeRefusal refusal) =>
        Assert.Equal(refusal, EngineRefusal.Of(status, message, Enum.Parse<EngineOperation>(operation)));

    [Fact]
    public void A_name_can_never_be_another_path()
    {
        Assert.Equal("agentops/base-node:22", EngineRequest.Name("agentops/base-node:22"));
        Assert.Equal("a%3Fforce%3D1%23", EngineRequest.Name("a?force=1#"));
        Assert.Throws<RuntimeRefusalException>(() => EngineRequest.Name("../../containers/x"));
        Assert.Throws<RuntimeRefusalException>(() => EngineRequest.Name(""));
    }

    [Theory]
    [InlineData("node", "/images/create?fromImage=node&tag=latest")]
    [InlineData("node:22", "/images/create?fromImage=node&tag=22")]
    [InlineData("localhost:5000/x", "/images/create?fromImage=localhost%3A5000%2Fx&tag=latest")]
    [InlineData("x@sha256:ab", "/images/create?fromImage=x%40sha256%3Aab")]
    public void A_pull_never_takes_all_tags(string reference, string path) => Assert.Equal(path, PullProgress.Path(reference));

    [Fact]
    public void A_pull_tells_what_moves_once_a_second()
    {
        var pull = new PullProgress();
        WireProgress Message(string id, string status, long current, long total) => new(id, null, status, new WireProgressDetail(current, total), null, null, null);

        Assert.Equal("Pulling from library/node:22", pull.Line(Message("22", "Pulling from library/node", 0, 0), TimeSpan.Zero));
        Assert.Equal("Downloading 1.0 MB of 10 MB", pull.Line(Message("a", "Downloading", 1_000_000, 10_000_000), TimeSpan.Zero));
        Assert.Null(pull.Line(Message("a", "Downloading", 2_000_000, 10_000_000), TimeSpan.FromSeconds(0.9)));
        Assert.Null(pull.Line(Message("b", "Extracting", 1, 2), TimeSpan.FromSeconds(1)));
        Assert.Equal("Downloading 15 MB of 30 MB", pull.Line(Message("b", "Downloading", 13_000_000, 20_000_000), TimeSpan.FromSeconds(1.1)));
    }
}
