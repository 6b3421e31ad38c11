using Agentops.Runtimes;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

public sealed class RuntimeChoiceSpecs
{
    /// <summary>What was said, in the order of <see cref="Hints"/>, and where is looked.</summary>
    [Theory]
    // Nothing was said.
    [InlineData("", "usual sockets")]
    [InlineData("apple installed", "apple, else usual sockets")]
    [InlineData("current lab", "context lab (docker context use)")]
    [InlineData("apple installed, current lab", "apple, else context lab (docker context use)")]
    [InlineData("current default", "usual sockets")]
    // Docker's and Podman's own variables.
    [InlineData("DOCKER_HOST unix:///a", "unix:///a (DOCKER_HOST)")]
    [InlineData("DOCKER_HOST unix:///a, DOCKER_CONTEXT lab, CONTAINER_HOST unix:///c", "unix:///a (DOCKER_HOST)")]
    [InlineData("DOCKER_CONTEXT lab, current other, CONTAINER_HOST unix:///c", "context lab (DOCKER_CONTEXT)")]
    [InlineData("DOCKER_CONTEXT default, current other", "usual sockets")]
    [InlineData("CONTAINER_HOST unix:///c, current other", "unix:///c (CONTAINER_HOST)")]
    [InlineData("apple installed, CONTAINER_HOST unix:///c", "unix:///c (CONTAINER_HOST)")]
    [InlineData("apple installed, DOCKER_CONTEXT lab", "context lab (DOCKER_CONTEXT)")]
    // --runtime and AGENTOPS_RUNTIME.
    [InlineData("--runtime docker, DOCKER_HOST unix:///a", "unix:///a (DOCKER_HOST), docker")]
    [InlineData("--runtime docker, CONTAINER_HOST unix:///c", "usual sockets, docker")]
    [InlineData("--runtime docker, apple installed, current lab", "context lab (docker context use), docker")]
    [InlineData("--runtime podman, DOCKER_HOST unix:///a, current lab", "usual sockets, podman")]
    [InlineData("--runtime podman, CONTAINER_HOST ssh://c", "ssh://c (CONTAINER_HOST), podman")]
    [InlineData("--runtime apple, DOCKER_HOST unix:///a", "apple")]
    [InlineData("--runtime docker, AGENTOPS_RUNTIME podman", "usual sockets, docker")]
    [InlineData("--runtime docker, AGENTOPS_RUNTIME nonsense", "usual sockets, docker")]
    [InlineData("AGENTOPS_RUNTIME podman, DOCKER_HOST unix:///a", "usual sockets, podman")]
    [InlineData("AGENTOPS_RUNTIME apple, context: lab", "apple")]
    // --context.
    [InlineData("--context lab, DOCKER_HOST unix:///a, DOCKER_CONTEXT other, AGENTOPS_RUNTIME podman", "context lab (--context)")]
    [InlineData("--context lab, --runtime docker", "context lab (--context), docker")]
    [InlineData("--context default, current lab, context: other, apple installed", "usual sockets")]
    [InlineData("--context default, DOCKER_HOST unix:///a", "unix:///a (DOCKER_HOST)")]
    // config.yaml.
    [InlineData("context: lab, current other, apple installed", "context lab (config.yaml)")]
    [InlineData("runtime: docker, context: lab", "context lab (config.yaml), docker")]
    [InlineData("runtime: docker, apple installed", "usual sockets, docker")]
    [InlineData("runtime: podman, current lab", "usual sockets, podman")]
    [InlineData("runtime: apple, current lab", "apple")]
    [InlineData("runtime: apple, DOCKER_HOST unix:///a", "unix:///a (DOCKER_HOST)")]
    [InlineData("runtime: docker, CONTAINER_HOST unix:///c", "unix:///c (CONTAINER_HOST)")]
    [InlineData("context: lab, DOCKER_CONTEXT other", "context other (DOCKER_CONTEXT)")]
    [InlineData("runtime: podman, AGENTOPS_RUNTIME docker, current lab", "context lab (docker context use), docker")]
    [InlineData("runtime: podman, --runtime docker", "usual sockets, docker")]
    public void The_command_line_comes_before_the_environment_that_before_the_configuration_and_that_before_what_is_found(string said, string looked) =>
        Assert.Equal(looked, Describe(RuntimeChoice.Of(Hints(said))));

    [Theory]
    [InlineData("--context lab, --runtime podman", "--context names a context of Docker's, and --runtime podman is another runtime. Leave one of them out.")]
    [InlineData("--context lab, --runtime apple", "--context names a context of Docker's, and --runtime apple is another runtime. Leave one of them out.")]
    [InlineData("--context lab, --runtime dokcer", "There is no runtime 'dokcer': it is one of docker, podman, apple.")]
    [InlineData("AGENTOPS_RUNTIME dokcer", "There is no runtime 'dokcer' (AGENTOPS_RUNTIME): it is one of docker, podman, apple.")]
    public void What_makes_no_sense_is_refused(string said, string why) => Assert.Equal(why, Assert.Throws<UsageException>(() => RuntimeChoice.Of(Hints(said))).Message);

    [Fact]
    public void Where_something_lives_is_reached_through_its_context_while_that_leads_there()
    {
        var place = new RuntimePlace("docker", "tcp://lab:2376", "lab", "run a1b2c3d4");
        var tls = new EngineTls("/ca.pem", null, null, SkipVerify: false);

        Assert.Equal("context lab (run a1b2c3d4)", Describe(RuntimeChoice.Of(place, new DockerContext("lab", "tcp://lab", tls))));
        Assert.Equal("tcp://lab:2376 (The place of run a1b2c3d4)", Describe(RuntimeChoice.Of(place, new DockerContext("lab", "tcp://elsewhere", tls))));
        Assert.Equal("tcp://lab:2376 (The place of run a1b2c3d4)", Describe(RuntimeChoice.Of(place, new DockerContext("lab", "nonsense", null))));
        Assert.Equal("tcp://lab:2376 (The place of run a1b2c3d4)", Describe(RuntimeChoice.Of(place, null)));
        Assert.Equal("apple", Describe(RuntimeChoice.Of(new RuntimePlace("apple", "container", null, "run a1b2c3d4"), null)));
    }

    private static RuntimeHints Hints(string said)
    {
        var hints = new RuntimeHints();
        foreach (var hint in said.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (hint.Split(' ')[0], hint.Split(' ')[1]);
            hints = name switch
            {
                "--runtime" => hints with { RuntimeOption = value },
                "--context" => hints with { ContextOption = value },
                "AGENTOPS_RUNTIME" => hints with { RuntimeVariable = value },
                "DOCKER_HOST" => hints with { DockerHost = value },
                "DOCKER_CONTEXT" => hints with { DockerContext = value },
                "CONTAINER_HOST" => hints with { ContainerHost = value },
                "runtime:" => hints with { RuntimeSetting = value },
                "context:" => hints with { ContextSetting = value },
                "current" => hints with { CurrentContext = value },
                "apple" => hints with { HasApple = true },
                _ => throw new ArgumentException(hint),
            };
        }

        return hints;
    }

    private static string Describe(RuntimeChoice choice) => choice switch
    {
        RuntimeChoice.Apple => "apple",
        RuntimeChoice.AppleFirst(var otherwise) => $"apple, else {Describe(otherwise)}",
        RuntimeChoice.Address address => $"{address.Host} ({address.Origin.Name}){Kind(choice)}",
        RuntimeChoice.Context context => $"context {context.Name} ({context.Origin}){Kind(choice)}",
        _ => $"usual sockets{Kind(choice)}",
    };

    private static string Kind(RuntimeChoice choice) => choice.Kind is { } kind ? $", {kind}" : "";
}
