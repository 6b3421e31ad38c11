using System.Net.Sockets;
using Agentops.Runtimes;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

public sealed class EndpointSpecs
{
    [Theory]
    [InlineData("unix:///run/x.sock", "unix:///run/x.sock")]
    [InlineData("tcp://127.0.0.1:2375", "tcp://127.0.0.1:2375")]
    [InlineData("tcp://lab", "tcp://lab:2375")]
    [InlineData("http://lab:8080", "tcp://lab:8080")]
    [InlineData("tcp://[::1]:99", "tcp://[::1]:99")]
    [InlineData("https://lab", "tcp://lab:2376")]
    [InlineData("ssh://root@lab", "ssh://root@lab")]
    [InlineData("ssh://lab:2222/run/docker.sock", "ssh://lab:2222/run/docker.sock")]
    public void An_address_is_read(string text, string endpoint) => Assert.Equal(endpoint, EngineEndpoint.Parse(text, "DOCKER_HOST").Text);

    [Theory]
    [InlineData("npipe:////./pipe/docker_engine", "named pipes are there on Windows only.\nIt takes unix:///")]
    [InlineData("npipe://docker_engine", "not an address of an engine.\nIt takes unix:///")]
    [InlineData("ssh://-oProxyCommand=x", "not an address ssh could be given")]
    [InlineData("ssh://root:secret@lab", "not an address ssh could be given; passwords in it are not taken")]
    [InlineData("unix://", "not an address of an engine.\nIt takes unix:///")]
    [InlineData("unix://relative", "not an address of an engine.\nIt takes unix:///")]
    [InlineData("tcp://", "not an address of an engine.\nIt takes unix:///")]
    [InlineData("nonsense", "not an address of an engine.\nIt takes unix:///")]
    public void An_address_that_leads_nowhere_is_refused_with_what_does(string text, string reason)
    {
        var failure = Assert.Throws<RuntimeUnavailableException>(() => EngineEndpoint.Parse(text, "DOCKER_HOST"));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.StartsWith($"DOCKER_HOST is '{text}': ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_usual_sockets_are_tried_in_their_order() =>
        Assert.Equal(
            [
                "unix:///var/run/docker.sock", "unix:///run/user/7/docker.sock", "unix:///home/u/.docker/run/docker.sock", "unix:///home/u/.colima/default/docker.sock",
                "unix:///home/u/.orbstack/run/docker.sock", "unix:///home/u/.rd/docker.sock", "unix:///c.sock", "unix:///run/user/7/podman/podman.sock", "unix:///run/podman/podman.sock",
            ],
            Look(null, ("XDG_RUNTIME_DIR", "/run/user/7"), ("CONTAINER_HOST", "unix:///c.sock")));

    [Fact]
    public void Podman_is_looked_for_at_its_own_sockets_first()
    {
        // Without XDG_RUNTIME_DIR, as after su, it is where that would be.
        Assert.Equal(["unix:///run/user/1000/podman/podman.sock", "unix:///run/podman/podman.sock", "unix:///var/run/docker.sock"], Look("podman").Take(3));
        Assert.Equal("unix:///x/podman/podman.sock", Look("podman", ("XDG_RUNTIME_DIR", "/x"))[0]);
        Assert.Equal("unix:///var/run/docker.sock", Look("docker")[0]);
    }

    [Fact]
    public void When_none_answers_each_place_is_told_with_its_reason_and_what_to_do()
    {
        var text = FailedEndpoint.Describe(
            [
                new(EngineEndpoint.Unix("/var/run/docker.sock"), EngineFault.Of(SocketError.AccessDenied, "Permission denied")),
                new(EngineEndpoint.Unix("/a"), new(EngineFaultKind.Missing, "missing")),
                new(EngineEndpoint.Unix("/b"), new(EngineFaultKind.Missing, "missing")),
            ],
            null);

        Assert.Equal(
            "No container engine answers. Tried /var/run/docker.sock: permission denied; /a, /b: missing.\n"
            + "Add yourself to the docker group (sudo usermod -aG docker $USER, then log in again) or use rootless Docker or Podman.",
            text);
    }

    [Theory]
    [InlineData(EngineFaultKind.Missing, EngineFaultKind.Missing, "Podman is installed and does not listen. Start it: START")]
    [InlineData(EngineFaultKind.Missing, EngineFaultKind.NobodyListens, "Podman is installed and does not listen. Start it: START")]
    [InlineData(EngineFaultKind.Missing, EngineFaultKind.PermissionDenied, "Podman is installed and does not listen. Start it: START")]
    [InlineData(EngineFaultKind.NobodyListens, EngineFaultKind.Missing, "Start Docker (sudo systemctl start docker) or Podman (START), or name its address in DOCKER_HOST.")]
    [InlineData(EngineFaultKind.PermissionDenied, EngineFaultKind.Missing, "Add yourself to the docker group (sudo usermod -aG docker $USER, then log in again) or use rootless Docker or Podman.")]
    [InlineData(EngineFaultKind.Missing, EngineFaultKind.NoAnswer, "Is the engine overloaded? AGENTOPS_TIMEOUT=60 waits longer.")]
    internal void Where_Podman_is_all_there_is_the_command_that_starts_it_is_told(EngineFaultKind docker, EngineFaultKind podman, string advice)
    {
        IReadOnlyList<FailedEndpoint> tried = [new(EngineEndpoint.Unix("/var/run/docker.sock"), new(docker, "x")), new(EngineEndpoint.Unix("/run/user/7/podman/podman.sock"), new(podman, "y"))];

        Assert.EndsWith($"\n{advice}", FailedEndpoint.Describe(tried, null, "START"), StringComparison.Ordinal);
        Assert.DoesNotContain("START", FailedEndpoint.Describe(tried, null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_Podman_that_was_named_and_does_not_listen_is_told_how_to_start()
    {
        Assert.EndsWith(
            "\nPodman is installed and does not listen. Start it: START",
            FailedEndpoint.Describe([new(EngineEndpoint.Unix("/p.sock"), new(EngineFaultKind.Missing, "missing"))], EndpointOrigin.Variable("CONTAINER_HOST"), "START"),
            StringComparison.Ordinal);
        Assert.EndsWith(
            "\nStart the engine there, or change DOCKER_HOST.",
            FailedEndpoint.Describe([new(EngineEndpoint.Unix("/d.sock"), new(EngineFaultKind.Missing, "missing"))], EndpointOrigin.Variable("DOCKER_HOST"), "START"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, true, 1000u, "/run/user/1000", "systemctl --user start podman.socket")]
    [InlineData(false, true, 0u, null, "systemctl start podman.socket")]
    [InlineData(false, false, 0u, null, "podman system service --time=0 &")]
    [InlineData(false, false, 1000u, "/run/user/1000", "podman system service --time=0 &")]
    [InlineData(false, false, 1000u, null, "podman system service --time=0 unix:///tmp/podman-1000.sock & export CONTAINER_HOST=unix:///tmp/podman-1000.sock")]
    [InlineData(false, true, 1000u, null, "podman system service --time=0 unix:///tmp/podman-1000.sock & export CONTAINER_HOST=unix:///tmp/podman-1000.sock")]
    [InlineData(true, false, 501u, null, "podman machine start")]
    public void What_starts_Podman_depends_on_the_machine_and_the_user(bool isMac, bool hasSystemd, uint user, string? runtimeFolder, string command) =>
        Assert.Equal(command, PodmanStart.Command(isMac, hasSystemd, user, runtimeFolder));

    [Fact]
    public async Task A_Podman_is_found_in_the_path_and_not_in_the_working_folder()
    {
        using var home = new TempFolder();
        Directory.CreateDirectory(home["bin"]);
        await File.WriteAllTextAsync(home["bin/podman"], "", TestContext.Current.CancellationToken);

        Assert.Contains("podman", PodmanStart.Find(Surroundings(home.Path, ("PATH", $"/no/such/folder:{home.Path}/bin"))), StringComparison.Ordinal);
        Assert.Null(PodmanStart.Find(Surroundings(home.Path, ("PATH", "bin:.:"))));
        var failure = await Assert.ThrowsAsync<RuntimeUnavailableException>(() => Connect("podman", ("CONTAINER_HOST", "unix:///no/such.sock"), ("PATH", $"{home.Path}/bin")));
        Assert.Contains("No container engine answers at unix:///no/such.sock (from CONTAINER_HOST): missing.\nPodman is installed and does not listen. Start it: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_named_by_the_user_is_the_only_one_tried()
    {
        var failure = await Assert.ThrowsAsync<RuntimeUnavailableException>(() => Connect(null, ("DOCKER_HOST", "unix:///no/such.sock")));

        Assert.Equal("No container engine answers at unix:///no/such.sock (from DOCKER_HOST): missing.\nStart the engine there, or change DOCKER_HOST.", failure.Message);
    }

    [Fact]
    public async Task Names_are_docker_podman_and_apple_on_the_command_line_and_in_AGENTOPS_RUNTIME()
    {
        Assert.Contains("Apple's container is not installed", (await Assert.ThrowsAsync<RuntimeUnavailableException>(() => Connect("apple"))).Message, StringComparison.Ordinal);
        Assert.Contains("Apple's container is not installed", (await Assert.ThrowsAsync<RuntimeUnavailableException>(() => Connect(null, ("AGENTOPS_RUNTIME", "apple")))).Message, StringComparison.Ordinal);
        Assert.Equal("There is no runtime 'dokcer': it is one of docker, podman, apple.", (await Assert.ThrowsAsync<UsageException>(() => Connect("dokcer"))).Message);
        Assert.Equal(
            "There is no runtime 'dokcer' (AGENTOPS_RUNTIME): it is one of docker, podman, apple.",
            (await Assert.ThrowsAsync<UsageException>(() => Connect(null, ("AGENTOPS_RUNTIME", "dokcer")))).Message);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("0")]
    [InlineData("-1")]
    public async Task A_timeout_is_a_number_of_seconds(string text) =>
        Assert.Contains($"'{text}'", (await Assert.ThrowsAsync<UsageException>(() => Connect(null, ("AGENTOPS_TIMEOUT", text)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("1.41", null, "Docker/20.10.24+dfsg1 (linux)", "1.41", "20.10.24+dfsg1", false)]
    [InlineData("1.51", null, "Docker/28.5.2 (linux)", "1.51", "28.5.2", false)]
    [InlineData("1.99", null, null, "1.51", null, false)]
    [InlineData("1.41", "4.3.1", "Libpod/4.3.1 (linux)", "1.41", "4.3.1", true)]
    public void The_newest_version_both_sides_speak_is_taken(string offered, string? libpod, string? server, string taken, string? engine, bool podman) =>
        Assert.Equal(new EngineGreeting(Version.Parse(taken), engine, podman), EngineGreeting.Of(offered, libpod, server));

    [Fact]
    public void An_engine_that_is_too_old_is_told_the_oldest_that_works() =>
        Assert.Contains("the oldest that works is 1.41 (Docker 20.10", Assert.Throws<EngineFaultException>(() => EngineGreeting.Of("1.40", null, null)).Fault.Reason, StringComparison.Ordinal);

    private static Task<IContainerRuntime> Connect(string? name, params (string, string)[] variables) =>
        RuntimeFinder.Connect(Surroundings("/no/such/home", variables), new RuntimeRequest(name), TestContext.Current.CancellationToken);

    private static List<string> Look(string? kind, params (string, string)[] variables) =>
        [.. EndpointCandidates.For(Surroundings("/home/u", variables), new RuntimeChoice.Usual { Kind = kind }).Endpoints.Select(endpoint => endpoint.Text)];

    private static Surroundings Surroundings(string home, params (string Name, string Value)[] variables) =>
        new(variables.ToDictionary(variable => variable.Name, variable => variable.Value), "/", home, 1000, 1000);
}
