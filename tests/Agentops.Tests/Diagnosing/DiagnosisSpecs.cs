using Agentops.Diagnosing;
using Agentops.Recipes;
using Agentops.Runtimes;
using Agentops.Runtimes.Engine;
using Agentops.Terminal;

namespace Agentops.Tests.Diagnosing;

/// <summary>What <c>agent doctor</c> makes of what it found.</summary>
public sealed class DiagnosisSpecs
{
    private const string Home = "/home/u/.agentops";

    private static readonly RuntimeIdentity Docker = new("docker", "26.1.5", "unix:///var/run/docker.sock");
    private static readonly RuntimeFacts Told = new() { OldestApi = new(1, 24), NewestApi = new(1, 45), IsRootless = false, StorageDriver = "overlay2", DataRoot = "/d", LackingLimits = [] };
    private static readonly FileStatus Private = new(FileKind.Folder, (UnixFileMode)0b111_000_000, 0) { Owner = 7 };

    [Fact]
    public void A_run_can_start_when_its_runtime_answers_and_the_state_folder_can_be_written()
    {
        var diagnosis = Diagnosis.Of(Facts());

        Assert.True(diagnosis.CanRun);
        Assert.Equal(ExitCode.Done, diagnosis.ExitCode);
        Assert.All([.. diagnosis.Runtimes, diagnosis.Run, .. diagnosis.State], finding => Assert.Equal(FindingLevel.Fine, finding.Level));
    }

    [Fact]
    public void One_that_does_not_answer_is_no_obstacle_while_the_chosen_one_does()
    {
        var diagnosis = Diagnosis.Of(Facts(places: [Answering(), Silent()]));

        Assert.Equal([FindingLevel.Fine, FindingLevel.Error], diagnosis.Runtimes.Select(finding => finding.Level));
        Assert.Equal(ExitCode.Done, diagnosis.ExitCode);
    }

    [Fact]
    public void Without_the_chosen_runtime_no_run_can_start_though_others_answer()
    {
        var diagnosis = Diagnosis.Of(Facts(choice: new ChoiceFacts("DOCKER_HOST names it", null, null, "No container engine answers at tcp://x.\nStart it.")));

        Assert.Equal(ExitCode.RuntimeUnavailable, diagnosis.ExitCode);
        Assert.Equal(("No container engine answers at tcp://x", "Start it."), (diagnosis.Run.Message, Assert.Single(diagnosis.Run.Advice)));
    }

    [Fact]
    public void A_mistake_in_config_yaml_stops_all_and_comes_before_what_it_leaves_open()
    {
        var diagnosis = Diagnosis.Of(Facts(choice: new ChoiceFacts("not known", null, null, null), config: new ConfigFacts("/c", true, Problem: "config.yaml:1:1: unknown key")));

        Assert.Equal((ExitCode.Failed, "config.yaml has a mistake", "not known"), (diagnosis.ExitCode, diagnosis.Obstacle, diagnosis.Run.Message));
    }

    [Fact]
    public void A_state_folder_that_cannot_be_written_is_an_obstacle()
    {
        var diagnosis = Diagnosis.Of(Facts(state: new StateFacts(Home, Private, IsWritable: false, null) { User = 7 }));

        Assert.Equal((ExitCode.Failed, "the state folder cannot be used"), (diagnosis.ExitCode, diagnosis.Obstacle));
    }

    [Fact]
    public void Records_that_cannot_be_looked_at_are_one_and_single_ones_that_cannot_be_read_are_not()
    {
        Assert.Equal(ExitCode.Failed, Diagnosis.Of(Facts(state: Folder() with { RecordsFault = "no" })).ExitCode);
        var some = Diagnosis.Of(Facts(state: Folder() with { Records = 2, Unreadable = ["/a: incomplete"] }));
        Assert.Equal((ExitCode.Done, FindingLevel.Warning, "2 recorded, and 1 that cannot be read"), (some.ExitCode, some.State[1].Level, some.State[1].Message));
    }

    [Fact]
    public void Of_many_unreadable_records_five_are_named()
    {
        var details = Diagnosis.Of(Facts(state: Folder() with { Unreadable = [.. Enumerable.Range(0, 9).Select(at => $"r{at}")] })).State[1].Details;

        Assert.Equal(["r0", "r1", "r2", "r3", "r4", "… and 4 more"], details);
    }

    [Theory]
    [InlineData("1.41", "1.41", FindingLevel.Fine)]
    [InlineData("1.24", "1.99", FindingLevel.Fine)]
    [InlineData("1.52", "1.60", FindingLevel.Error)]
    internal void A_runtime_that_speaks_none_of_our_versions_is_of_no_use(string oldest, string newest, FindingLevel level) =>
        Assert.Equal(level, RuntimeFindings.Of(Answering() with { Facts = Told with { OldestApi = Version.Parse(oldest), NewestApi = Version.Parse(newest) } }).Level);

    [Fact]
    public void The_newest_version_that_is_ours_is_the_one_these_tests_know() => Assert.Equal(new Version(1, 51), EngineGreeting.Newest);

    [Fact]
    public void A_chosen_runtime_that_refuses_to_tell_of_itself_will_refuse_runs_too_and_a_slow_one_will_not()
    {
        var refused = Answering() with { Facts = null, Problem = "client version is too old", IsRefused = true };
        var slow = Answering() with { Facts = null, Problem = "no answer within 2 s\nWait." };

        Assert.Equal((ExitCode.Failed, FindingLevel.Error), (Diagnosis.Of(Facts(places: [refused])).ExitCode, RuntimeFindings.Of(refused).Level));
        Assert.Equal((ExitCode.Done, FindingLevel.Warning), (Diagnosis.Of(Facts(places: [slow])).ExitCode, RuntimeFindings.Of(slow).Level));
        Assert.Equal(ExitCode.Done, Diagnosis.Of(Facts(places: [Answering(), refused with { IsChosen = false }])).ExitCode);
    }

    [Theory]
    [InlineData(null, FindingLevel.Fine)]
    [InlineData(5_000_000_000L, FindingLevel.Fine)]
    [InlineData(999_999_999L, FindingLevel.Warning)]
    internal void A_disk_that_is_nearly_full_is_warned_of(long? free, FindingLevel level) =>
        Assert.Equal(level, RuntimeFindings.Of(Answering() with { Free = free is { } bytes ? new ByteSize(bytes) : null }).Level);

    [Fact]
    public void Limits_that_do_not_hold_are_named_and_where_nobody_knows_nothing_is_said()
    {
        var lacking = RuntimeFindings.Of(Answering() with { Facts = Told with { LackingLimits = [RunLimit.Memory], LackingWhy = "why" } });

        Assert.Equal((FindingLevel.Warning, "runs are not limited in memory: why"), (lacking.Level, lacking.Details[^1]));
        Assert.Equal([], RuntimeFindings.Of(Answering() with { Facts = new RuntimeFacts() }).Details);
    }

    [Theory]
    [InlineData(0b111_000_000, 7u, true, FindingLevel.Fine, "is yours alone (0700)")]
    [InlineData(0b111_101_101, 7u, true, FindingLevel.Warning, "is open to others (0755)")]
    [InlineData(0b111_000_100, 7u, true, FindingLevel.Warning, "is open to others (0704)")]
    [InlineData(0b111_000_000, 8u, true, FindingLevel.Warning, "belongs to user 8, and you are user 7")]
    [InlineData(0b111_000_000, 8u, false, FindingLevel.Error, "cannot be written: it belongs to user 8")]
    [InlineData(0b101_000_000, 7u, false, FindingLevel.Error, "cannot be written")]
    internal void The_state_folder_is_to_be_ours_alone_and_writable(int mode, uint owner, bool isWritable, FindingLevel level, string message)
    {
        var finding = StateFindings.OfFolder(Folder() with { Status = Private with { Mode = (UnixFileMode)mode, Owner = owner }, IsWritable = isWritable });

        Assert.Equal((level, $"{Home} {message}"), (finding.Level, finding.Message));
        Assert.Equal(level is FindingLevel.Fine, finding.Advice.Count == 0);
    }

    [Theory]
    [InlineData(true, true, FindingLevel.Fine, "is not there yet: the first run makes it")]
    [InlineData(false, true, FindingLevel.Error, "cannot be made: you may not write in /home/u")]
    [InlineData(false, false, FindingLevel.Error, "cannot be made: there is no folder /home/u")]
    internal void A_state_folder_that_is_not_there_is_made_where_it_can_be(bool isWritable, bool hasParent, FindingLevel level, string message)
    {
        var finding = StateFindings.OfFolder(new StateFacts(Home, null, isWritable, null) { HasParent = hasParent });

        Assert.Equal((level, $"{Home} {message}"), (finding.Level, finding.Message));
    }

    [Fact]
    public void What_is_in_its_place_and_no_folder_is_told()
    {
        Assert.Equal((FindingLevel.Error, $"{Home} is not a folder"), StateFindings.OfFolder(Folder() with { Status = new FileStatus(FileKind.File, 0, 0) }) is var finding ? (finding.Level, finding.Message) : default);
        Assert.Equal(FindingLevel.Warning, StateFindings.OfFolder(Folder() with { Free = new ByteSize(5) }).Level);
    }

    [Fact]
    public void A_Podman_that_is_installed_and_silent_is_named_with_what_starts_it()
    {
        var finding = Diagnosis.Of(Facts() with { PodmanStart = "systemctl --user start podman.socket" }).Runtimes[^1];

        Assert.Equal((FindingLevel.Warning, "podman", "Start it: systemctl --user start podman.socket"), (finding.Level, finding.Subject, Assert.Single(finding.Advice)));
    }

    [Fact]
    public void Why_a_runtime_is_the_one_that_is_used_is_said_in_words()
    {
        Assert.Equal("DOCKER_HOST names it", ChoiceText.Describe(new RuntimeChoice.Address("tcp://x", EndpointOrigin.Variable("DOCKER_HOST"))));
        Assert.Equal("the Docker context 'lab' is chosen (config.yaml)", ChoiceText.Describe(new RuntimeChoice.Context("lab", "config.yaml")));
        Assert.Equal("the first that answers in the usual places", ChoiceText.Describe(new RuntimeChoice.Usual()));
        Assert.Equal("the first Podman that answers in the usual places", ChoiceText.Describe(new RuntimeChoice.Usual { Kind = "podman" }));
        Assert.Equal("Apple's container is asked for by name", ChoiceText.Describe(new RuntimeChoice.Apple()));
        Assert.StartsWith("Apple's container comes first", ChoiceText.Describe(new RuntimeChoice.AppleFirst(new RuntimeChoice.Usual())), StringComparison.Ordinal);
    }

    private static DoctorFacts Facts(IReadOnlyList<PlaceFacts>? places = null, ChoiceFacts? choice = null, StateFacts? state = null, ConfigFacts? config = null) =>
        new(places ?? [Answering()], choice ?? new ChoiceFacts("why", Docker, "docker", null), state ?? Folder(), config ?? new ConfigFacts("/c", false));

    private static StateFacts Folder() => new(Home, Private, IsWritable: true, null) { User = 7 };

    private static PlaceFacts Answering() => new(new Place("docker", PlaceOrigin.Socket, Docker.Endpoint, _ => throw new InvalidOperationException()), Docker, Told, null) { IsChosen = true };

    private static PlaceFacts Silent() => new(new Place("lab", PlaceOrigin.Context, "ssh://lab", _ => throw new InvalidOperationException()), null, null, "nobody listens\nStart it.");
}
