using Agentops.Runtimes;

namespace Agentops.Tests.Runtimes;

/// <summary>Which runtimes and contexts are looked at by <c>agent status --all</c> and <c>agent doctor</c>.</summary>
public sealed class PlacesSpecs
{
    [Fact]
    public void Where_nothing_is_there_is_no_place() => Assert.Equal([], Look());

    [Fact]
    public void Usual_sockets_that_are_there_are_named_after_what_listens_on_them() =>
        Assert.Equal(
            [
                "docker unix:///var/run/docker.sock", "docker-rootless unix:///run/user/7/docker.sock", "docker-desktop unix:///home/u/.docker/run/docker.sock", "colima unix:///home/u/.colima/default/docker.sock",
                "orbstack unix:///home/u/.orbstack/run/docker.sock", "rancher-desktop unix:///home/u/.rd/docker.sock", "podman unix:///run/user/7/podman/podman.sock", "podman-root unix:///run/podman/podman.sock",
            ],
            Look(isThere: _ => true, variables: [("XDG_RUNTIME_DIR", "/run/user/7")]));

    [Fact]
    public void To_root_the_Podman_of_the_system_is_the_own_one() =>
        Assert.Equal(["podman unix:///run/podman/podman.sock"], Look(isThere: path => path == "/run/podman/podman.sock", user: 0));

    [Fact]
    public void Contexts_come_first_then_what_variables_name_then_sockets_then_Apples() =>
        Assert.Equal(
            ["lab ssh://lab", "other tcp://other:2376", "DOCKER_HOST tcp://here:2375", "CONTAINER_HOST unix:///c.sock", "docker unix:///var/run/docker.sock", "apple container"],
            Look(
                contexts: [("lab", "ssh://lab"), ("other", "tcp://other:2376")],
                isThere: path => path == "/var/run/docker.sock",
                apple: "container",
                named: [("DOCKER_HOST", "tcp://here:2375"), ("CONTAINER_HOST", "unix:///c.sock")]));

    [Fact]
    public void One_address_is_one_place_under_its_contexts_name() =>
        Assert.Equal(
            ["mine unix:///var/run/docker.sock", "far tcp://far:2375"],
            Look(
                contexts: [("mine", "unix:///var/run/docker.sock"), ("far", "tcp://far:2375"), ("again", "unix:///var/run/docker.sock")],
                isThere: path => path == "/var/run/docker.sock",
                named: [("DOCKER_HOST", "tcp://far")]));

    [Fact]
    public void A_socket_that_is_a_link_to_another_is_the_same_place() =>
        Assert.Equal(
            ["docker unix:///var/run/docker.sock"],
            Look(isThere: path => path is "/var/run/docker.sock" or "/run/podman/podman.sock", target: path => path == "/var/run/docker.sock" ? "/run/podman/podman.sock" : path));

    [Fact]
    public void A_context_may_be_called_as_a_usual_place_is() =>
        Assert.Equal(
            ["docker ssh://lab", "unix:///var/run/docker.sock unix:///var/run/docker.sock"],
            Look(contexts: [("docker", "ssh://lab")], isThere: path => path == "/var/run/docker.sock"));

    [Fact]
    public void Contexts_that_cannot_be_read_are_places_too() =>
        Assert.Equal(["one ", "two ", "docker unix:///var/run/docker.sock"], Look(contexts: [("one", null), ("two", null)], isThere: path => path == "/var/run/docker.sock"));

    [Fact]
    public void What_is_no_address_is_a_place_all_the_same_and_says_so_when_it_is_asked() =>
        Assert.Equal(["DOCKER_HOST nonsense"], Look(named: [("DOCKER_HOST", "nonsense")]));

    [Fact]
    public void Links_of_sockets_are_followed_and_var_run_is_run()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["real"], "");
        File.CreateSymbolicLink(folder["link"], folder["real"]);

        Assert.Equal(folder["real"], Places.Target(folder["link"]));
        Assert.Equal("/run/no-such.sock", Places.Target("/var/run/no-such.sock"));
        Assert.Equal(Places.KeyOf("unix://" + folder["real"], Places.Target), Places.KeyOf("unix://" + folder["link"], Places.Target));
    }

    private static IEnumerable<string> Look(
        IReadOnlyList<(string Name, string? Host)>? contexts = null, Func<string, bool>? isThere = null, Func<string, string>? target = null, string? apple = null, uint user = 7, (string Name, string Value)[]? variables = null, IReadOnlyList<(string Name, string Address)>? named = null)
    {
        var surroundings = new Surroundings((variables ?? []).ToDictionary(variable => variable.Name, variable => variable.Value), "/", "/home/u", user, user);
        return Places.Of(surroundings, contexts ?? [], named ?? [], isThere ?? (_ => false), target ?? (path => path), apple).Select(place => $"{place.Name} {place.Address}");
    }
}
