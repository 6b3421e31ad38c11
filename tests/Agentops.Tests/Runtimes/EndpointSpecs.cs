using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
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
    public void An_address_is_read(string text, string endpoint) => Assert.Equal(endpoint, EngineEndpoint.Parse(text, "DOCKER_HOST").Text);

    [Theory]
    [InlineData("ssh://root@lab", "connections over ssh:// are not supported yet")]
    [InlineData("npipe:////./pipe/docker_engine", "connections over npipe:// are not supported yet")]
    [InlineData("unix://", "not an address")]
    [InlineData("unix://relative", "not an address")]
    [InlineData("tcp://", "not an address")]
    [InlineData("nonsense", "not an address")]
    public void An_address_that_cannot_be_reached_yet_is_refused_with_what_can(string text, string reason)
    {
        var failure = Assert.Throws<RuntimeUnavailableException>(() => EngineEndpoint.Parse(text, "DOCKER_HOST"));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Supported now: unix:///", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DOCKER_HOST_comes_before_the_context_and_the_context_before_the_usual_sockets()
    {
        Assert.Equal(["unix:///a"], Look(null, ("lab", "unix:///b"), ("DOCKER_HOST", "unix:///a")));
        Assert.Equal(["unix:///b"], Look(null, ("lab", "unix:///b")));
        Assert.Equal("unix:///var/run/docker.sock", Look(null, null)[0]);
    }

    [Fact]
    public void The_usual_sockets_are_tried_in_their_order() =>
        Assert.Equal(
            [
                "unix:///var/run/docker.sock", "unix:///run/user/7/docker.sock", "unix:///home/u/.docker/run/docker.sock", "unix:///home/u/.colima/default/docker.sock",
                "unix:///home/u/.orbstack/run/docker.sock", "unix:///home/u/.rd/docker.sock", "unix:///c.sock", "unix:///run/user/7/podman/podman.sock", "unix:///run/podman/podman.sock",
            ],
            Look(null, null, ("XDG_RUNTIME_DIR", "/run/user/7"), ("CONTAINER_HOST", "unix:///c.sock")));

    [Fact]
    public void Podman_is_looked_for_at_its_own_sockets_first_and_DOCKER_HOST_is_not_its()
    {
        Assert.Equal("unix:///run/podman/podman.sock", Look("podman", null, ("DOCKER_HOST", "unix:///a"))[0]);
        Assert.Equal(["unix:///c.sock"], Look("podman", null, ("CONTAINER_HOST", "unix:///c.sock")));
        Assert.Equal("unix:///var/run/docker.sock", Look("docker", null)[0]);
    }

    [Fact]
    public void TLS_is_refused_rather_than_left_out() =>
        Assert.Contains(
            "TLS is not supported yet",
            Assert.Throws<RuntimeUnavailableException>(() => Look(null, null, ("DOCKER_HOST", "tcp://lab:2376"), ("DOCKER_TLS_VERIFY", "1"))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_current_context_is_read_from_Dockers_own_files()
    {
        using var home = new TemporaryFolder();
        home.Write(".docker/config.json", """{"auths":{},"currentContext":"lab"}""");
        home.Write($".docker/contexts/meta/{Sha256("lab")}/meta.json", """{"Name":"lab","Metadata":{},"Endpoints":{"docker":{"Host":"unix:///lab.sock","SkipTLSVerify":false}}}""");
        home.Write($".docker/contexts/meta/{Sha256("other")}/meta.json", """{"Name":"other","Endpoints":{"docker":{"Host":"unix:///other.sock"}}}""");

        Assert.Equal(("lab", "unix:///lab.sock"), DockerContext.Read(Surroundings(home.Path)));
        Assert.Equal(("other", "unix:///other.sock"), DockerContext.Read(Surroundings(home.Path, ("DOCKER_CONTEXT", "other"))));
        Assert.Null(DockerContext.Read(Surroundings(home.Path, ("DOCKER_CONTEXT", "default"))));
        Assert.Null(DockerContext.Read(Surroundings(home.Path, ("DOCKER_CONFIG", "/no/such/folder"))));
        Assert.Contains("'gone'", Assert.Throws<RuntimeUnavailableException>(() => DockerContext.Read(Surroundings(home.Path, ("DOCKER_CONTEXT", "gone")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_that_is_broken_is_no_context()
    {
        using var home = new TemporaryFolder();
        home.Write(".docker/config.json", "{ broken");

        Assert.Null(DockerContext.Read(Surroundings(home.Path)));
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

    [Fact]
    public async Task A_place_named_by_the_user_is_the_only_one_tried()
    {
        var failure = await Assert.ThrowsAsync<RuntimeUnavailableException>(() => Connect(null, ("DOCKER_HOST", "unix:///no/such.sock")));

        Assert.Equal("No container engine answers at unix:///no/such.sock (from DOCKER_HOST): missing.\nStart the engine there, or change DOCKER_HOST.", failure.Message);
    }

    [Fact]
    public async Task Apple_is_not_supported_yet_and_other_names_are_no_runtimes()
    {
        Assert.Contains("'apple' is not supported yet", (await Assert.ThrowsAsync<RuntimeUnavailableException>(() => Connect("apple"))).Message, StringComparison.Ordinal);
        Assert.Contains("one of docker, podman, apple", (await Assert.ThrowsAsync<UsageException>(() => Connect("dokcer"))).Message, StringComparison.Ordinal);
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

    private static List<string> Look(string? wanted, (string, string)? context, params (string, string)[] variables) =>
        [.. EndpointCandidates.For(Surroundings("/home/u", variables), wanted, context).Endpoints.Select(endpoint => endpoint.Text)];

    private static Surroundings Surroundings(string home, params (string Name, string Value)[] variables) =>
        new(variables.ToDictionary(variable => variable.Name, variable => variable.Value), "/", home, 1000, 1000);

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("agentops-").FullName;

        public void Write(string name, string text)
        {
            var file = System.IO.Path.Combine(Path, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
