using System.Security.Cryptography;
using System.Text;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

public sealed class DockerContextSpecs : IDisposable
{
    private readonly TempFolder home = new();

    public void Dispose() => home.Dispose();

    [Fact]
    public void All_that_Docker_notes_of_a_context_is_read()
    {
        var ca = Write($".docker/contexts/tls/{Sha256("lab")}/docker/ca.pem", "");
        Meta("lab", """{"Name":"lab","Metadata":{"Description":"x"},"Endpoints":{"docker":{"Host":"tcp://lab:2376","SkipTLSVerify":true},"kubernetes":{}}}""");
        Meta("here", """{"Name":"here","Endpoints":{"docker":{"Host":"unix:///here.sock"}}}""");

        Assert.Equal([new DockerContext("here", "unix:///here.sock", null), new DockerContext("lab", "tcp://lab:2376", new EngineTls(ca, null, null, SkipVerify: true))], DockerContext.All(Surroundings()));
    }

    [Fact]
    public void A_context_that_speaks_TLS_has_Dockers_port_for_it_and_one_over_a_socket_has_none_of_it()
    {
        var tls = new EngineTls("/ca.pem", null, null, SkipVerify: false);

        Assert.Equal(("tcp://lab:2376", tls, "lab"), Way(new DockerContext("lab", "tcp://lab", tls)));
        Assert.Equal(("tcp://lab:2375", null, "lab"), Way(new DockerContext("lab", "tcp://lab", null)));
        Assert.Equal(("unix:///x", null, "lab"), Way(new DockerContext("lab", "unix:///x", tls)));

        static (string, EngineTls?, string?) Way(DockerContext context) => EngineEndpoint.Of(context) is var way ? (way.Text, way.Tls, way.Context) : default;
    }

    [Fact]
    public void The_current_one_is_what_docker_context_use_noted()
    {
        Assert.Null(DockerContext.Current(Surroundings()));
        Write(".docker/config.json", """{"auths":{},"currentContext":"lab"}""");
        Assert.Equal("lab", DockerContext.Current(Surroundings()));
        Assert.Null(DockerContext.Current(Surroundings(("DOCKER_CONFIG", "/no/such/folder"))));
        Write(".docker/config.json", "{ broken");
        Assert.Null(DockerContext.Current(Surroundings()));
    }

    [Fact]
    public void One_that_does_not_exist_is_told_along_with_those_that_do()
    {
        Meta("lab", """{"Name":"lab","Endpoints":{"docker":{"Host":"unix:///lab.sock"}}}""");
        Meta("useless", """{"Name":"useless","Endpoints":{}}""");

        Assert.Equal(
            "There is no Docker context 'lba' (from --context).\nThere are: default, lab. See them: docker context ls",
            Assert.Throws<RuntimeUnavailableException>(() => DockerContext.Find(Surroundings(), "lba", "--context")).Message);
        Assert.Equal("unix:///lab.sock", DockerContext.Find(Surroundings(), "lab", "--context").Host);
    }

    [Theory]
    [InlineData("{\"Name\":\"lab\",", "meta.json is not JSON, or was cut short")]
    [InlineData("[]", "meta.json is not JSON, or was cut short")]
    [InlineData("null", "it has no address in ")]
    [InlineData("{}", "it has no address in ")]
    [InlineData("""{"Name":"lab","Endpoints":null}""", "it has no address in ")]
    [InlineData("""{"Name":"lab","Endpoints":{"docker":null}}""", "it has no address in ")]
    [InlineData("""{"Name":null,"Endpoints":{"docker":{"Host":""}}}""", "it has no address in ")]
    public void One_that_is_broken_is_told_by_the_name_it_was_asked_for_and_disturbs_no_other(string text, string reason)
    {
        Meta("lab", text);
        Meta("whole", """{"Name":"whole","Endpoints":{"docker":{"Host":"unix:///whole.sock","New":{}}},"Newer":[1]}""");

        var message = Assert.Throws<RuntimeUnavailableException>(() => DockerContext.Find(Surroundings(), "lab", "DOCKER_CONTEXT")).Message;
        Assert.StartsWith("The Docker context 'lab' (from DOCKER_CONTEXT) cannot be used: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Equal("unix:///whole.sock", DockerContext.Find(Surroundings(), "whole", "DOCKER_CONTEXT").Host);
    }

    [Fact]
    public void The_environment_says_whether_TLS_is_spoken_as_for_Dockers_own_client()
    {
        var ca = Write("certs/ca.pem", "");
        var own = Write(".docker/cert.pem", "");

        Assert.Null(EngineTls.Of(Surroundings(("DOCKER_CERT_PATH", home["certs"])), isWanted: false));
        Assert.Equal(new EngineTls(ca, null, null, SkipVerify: false), EngineTls.Of(Surroundings(("DOCKER_TLS_VERIFY", "1"), ("DOCKER_TLS", "1"), ("DOCKER_CERT_PATH", "certs")), isWanted: false));
        Assert.Equal(new EngineTls(null, own, null, SkipVerify: true), EngineTls.Of(Surroundings(("DOCKER_TLS", "1")), isWanted: false));
        Assert.Equal(new EngineTls(null, own, null, SkipVerify: false), EngineTls.Of(Surroundings(), isWanted: true));
        Assert.StartsWith(
            "DOCKER_CERT_PATH is 'nowhere', and there is no ca.pem, cert.pem or key.pem.",
            Assert.Throws<RuntimeUnavailableException>(() => EngineTls.Of(Surroundings(("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "nowhere")), isWanted: false)).Message,
            StringComparison.Ordinal);
    }

    private void Meta(string name, string text) => Write($".docker/contexts/meta/{Sha256(name)}/meta.json", text);

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(home[name])!);
        File.WriteAllText(home[name], text);
        return home[name];
    }

    private Surroundings Surroundings(params (string Name, string Value)[] variables) =>
        new(variables.ToDictionary(variable => variable.Name, variable => variable.Value), home.Path, home.Path, 1000, 1000);

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
