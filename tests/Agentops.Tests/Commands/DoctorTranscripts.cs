using Agentops.Recipes;
using Agentops.Runtimes;
using Agentops.Tests.Fakes;

namespace Agentops.Tests.Commands;

/// <summary>What people see in <c>agent doctor</c>, one situation a file.</summary>
public sealed class DoctorTranscripts : IDisposable
{
    private const string Mend = "Start the engine there, or choose another context: docker context ls";

    private readonly Screen screen = new();
    private readonly FakeRuntime podman;

    public DoctorTranscripts()
    {
        screen.Clock.HasTimers = false;
        screen.UserId = FileStatus.Of(screen.Home, followLink: true)!.Value.Owner;
        screen.Runtime.Facts = screen.Runtime.Facts with { OldestApi = new(1, 12), NewestApi = new(1, 41) };
        podman = new FakeRuntime(screen.Clock)
        {
            Identity = new RuntimeIdentity("podman", "4.3.1", "unix:///run/user/1000/podman/podman.sock"),
            Facts = new RuntimeFacts
            {
                OldestApi = new(1, 24),
                NewestApi = new(1, 41),
                IsRootless = true,
                StorageDriver = "overlay",
                DataRoot = "/home/user/.local/share/containers/storage",
                HostName = "laptop",
                LackingLimits = [RunLimit.Cpus, RunLimit.Memory, RunLimit.Processes],
                LackingWhy = "Podman without root needs cgroup v2 for that",
            },
        };
    }

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task All_is_well()
    {
        Population.OfTheDesign(screen);
        Private();
        Assert.Equal(ExitCode.Done, await screen.Type("agent doctor"));
        await screen.Type("agent doctor --json");
        Schema.Check("doctor", screen.Printed);
        screen.Even("\"owner\": [0-9]+", "\"owner\": 1000");
        screen.Matches("doctor");
    }

    [Fact]
    public async Task Nothing_is_installed()
    {
        screen.AllPlaces = [];
        screen.NoRuntime = new RuntimeUnavailableException(
            "No container engine answers. Tried /var/run/docker.sock, /home/user/.docker/run/docker.sock, /run/podman/podman.sock: missing.\nInstall and start Docker or Podman, or name its address in DOCKER_HOST.");
        Assert.Equal(ExitCode.RuntimeUnavailable, await screen.Type("agent doctor"));
        Assert.Equal(ExitCode.RuntimeUnavailable, await screen.Type("agent doctor --json"));
        Schema.Check("doctor", screen.Printed);
        screen.Matches("doctor-nothing");
    }

    [Fact]
    public async Task A_socket_is_there_and_closed_to_us()
    {
        const string Advice = "Add yourself to the docker group (sudo usermod -aG docker $USER, then log in again) or use rootless Docker or Podman.";
        screen.AllPlaces = [Screen.Silent("docker", "unix:///var/run/docker.sock", $"permission denied\n{Advice}", PlaceOrigin.Socket)];
        screen.NoRuntime = new RuntimeUnavailableException($"No container engine answers. Tried /var/run/docker.sock: permission denied; /run/podman/podman.sock: missing.\n{Advice}");
        Assert.Equal(ExitCode.RuntimeUnavailable, await screen.Type("agent doctor"));
        screen.Matches("doctor-permission-denied");
    }

    [Fact]
    public async Task Podman_without_root_and_without_limits_beside_contexts_that_are_down_hang_or_are_too_old()
    {
        screen.AllPlaces =
        [
            Screen.Silent("lab", "ssh://root@lab", "no answer within 2 s\nIs the engine overloaded? AGENTOPS_TIMEOUT=60 waits longer."),
            Screen.Silent("museum", "tcp://10.0.0.9:2375", "it is too old: it speaks API 1.40, and the oldest that works is 1.41 (Docker 20.10, Podman 4)\nUpdate the engine."),
            Screen.Silent("old-lab", "tcp://10.0.0.3:2375", $"nobody listens\n{Mend}"),
            Screen.Silent("attic", null, "it has no address in /home/user/.docker/contexts/meta/0123/meta.json\nMake the context anew: docker context rm attic, then docker context create"),
            Screen.Answering("docker", screen.Runtime),
            Screen.Answering("podman", podman),
        ];
        Assert.Equal(ExitCode.Done, await screen.Type("agent doctor"));
        screen.Matches("doctor-several");
    }

    [Fact]
    public async Task The_services_of_Apples_container_do_not_run()
    {
        screen.AllPlaces = [Screen.Silent("apple", "xpc:com.apple.container.apiserver", "Apple's container is installed, and its services do not run.\nStart them: container system start", PlaceOrigin.Apple)];
        screen.NoRuntime = new RuntimeUnavailableException("Apple's container is installed, and its services do not run.\nStart them: container system start");
        Assert.Equal(ExitCode.RuntimeUnavailable, await screen.Type("agent doctor --runtime apple"));
        screen.Matches("doctor-apple-down");
    }

    [Fact]
    public async Task The_state_folder_cannot_be_made_is_no_folder_or_is_open_to_others()
    {
        Population.OfTheDesign(screen);
        File.SetUnixFileMode(screen.StateFolder, (UnixFileMode)0b111_101_101);
        Assert.Equal(ExitCode.Done, await screen.Type("agent doctor"));
        Directory.Delete(screen.StateFolder, recursive: true);
        File.WriteAllText(screen.StateFolder, "");
        Assert.Equal(ExitCode.Failed, await screen.Type("agent doctor"));
        screen.Matches("doctor-state-folder");
    }

    [Fact]
    public async Task Records_cannot_be_read()
    {
        Population.OfTheDesign(screen);
        Private();
        screen.Store.TryCreate(Given.Id("broken00"), Given.Record("another0"));
        Assert.Equal(ExitCode.Done, await screen.Type("agent doctor"));
        Directory.Delete(Path.Combine(screen.StateFolder, "runs"), recursive: true);
        File.WriteAllText(Path.Combine(screen.StateFolder, "runs"), "");
        Assert.Equal(ExitCode.Failed, await screen.Type("agent doctor"));
        screen.Matches("doctor-records");
    }

    [Fact]
    public async Task Config_yaml_says_what_is_used_or_has_a_mistake()
    {
        screen.Settle();
        Private();
        screen.AllPlaces = [Screen.Answering("lab", screen.Runtime, PlaceOrigin.Context)];
        File.WriteAllText(Path.Combine(screen.StateFolder, "config.yaml"), "context: lab\n");
        Assert.Equal(ExitCode.Done, await screen.Type("agent doctor"));
        File.WriteAllText(Path.Combine(screen.StateFolder, "config.yaml"), "clean:\n  keeplast: 3\n");
        Assert.Equal(ExitCode.Failed, await screen.Type("agent doctor"));
        await screen.Type("agent doctor --json");
        Schema.Check("doctor", screen.Printed);
        screen.Even("\"owner\": [0-9]+", "\"owner\": 1000");
        screen.Matches("doctor-config");
    }

    [Fact]
    public async Task One_that_answers_and_does_not_tell_of_itself_and_one_whose_disk_is_full()
    {
        screen.AllPlaces = [Screen.Answering("docker", screen.Runtime), Screen.Answering("podman", podman)];
        screen.Runtime.Fail("Describe", new RuntimeRefusalException(RuntimeRefusal.Other, "client version 1.51 is too old. Minimum supported API version is 1.60, please upgrade your client to a newer version"));
        screen.FreeSpace = new(40_000_000);
        Assert.Equal(ExitCode.Failed, await screen.Type("agent doctor"));
        screen.Matches("doctor-refused");
    }

    [Fact]
    public async Task What_makes_no_sense_is_a_usage_error()
    {
        await screen.Type("agent doctor --runtime containerd");
        screen.Environment["AGENTOPS_TIMEOUT"] = "soon";
        await screen.Type("agent doctor");
        screen.Matches("doctor-usage");
    }

    [Fact]
    public async Task Nothing_is_written_by_looking()
    {
        Assert.Equal(ExitCode.Done, await screen.Type("agent doctor"));

        Assert.False(Path.Exists(screen.StateFolder));
        Assert.Equal(["Describe"], screen.Runtime.Calls);
    }

    private void Private() => File.SetUnixFileMode(screen.StateFolder, (UnixFileMode)0b111_000_000);
}
