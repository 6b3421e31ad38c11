using System.Text;
using Agentops.Containers;
using Agentops.Launching;
using Agentops.Recipes;
using Agentops.Runtimes;

namespace Agentops.Tests.Launching;

public sealed class LaunchPlanSpecs
{
    private static readonly LaunchRequest Request = new("/home/user/project");

    [Fact]
    public void The_workspace_is_mounted_writable_and_is_the_working_folder()
    {
        var spec = Spec(Given.Plan());

        Assert.Equal("/workspace", spec.WorkingDirectory);
        Assert.Contains(new Mount("/home/user/project", "/workspace", ReadOnly: false), spec.Mounts);
    }

    [Theory]
    [InlineData("tcp://lab:2375", true)]
    [InlineData("ssh://me@lab", true)]
    [InlineData("unix:///var/run/docker.sock", false)]
    [InlineData("npipe:////./pipe/docker_engine", false)]
    [InlineData("xpc:com.apple.container.apiserver", false)]
    public void Where_our_folders_are_not_seen_the_workspace_is_copied_and_not_mounted(string endpoint, bool isCopied)
    {
        var plan = Given.Plan().On(new RuntimeIdentity("docker", null, endpoint));

        Assert.Equal(isCopied, plan.CopiesWorkspace);
        Assert.Equal(isCopied ? 0 : 1, Spec(plan).Mounts.Count);
        Assert.Equal("/workspace", Spec(plan).WorkingDirectory);
        Assert.Equal(isCopied, plan.Record(Given.Id(), new RuntimeIdentity("docker", null, endpoint), "install", new(1, Given.Now), Given.Now).WorkspaceCopied);
    }

    [Fact]
    public void A_mount_of_the_recipe_or_the_command_line_is_refused_where_our_folders_are_not_seen()
    {
        var there = new RuntimeIdentity("docker", null, "tcp://lab:2375");
        var mount = new Mount("/home/user/cache", "/cache", ReadOnly: true);

        Assert.Contains("/home/user/cache", Assert.Throws<UsageException>(() => Given.Plan(Given.Recipe() with { Mounts = [mount] }).On(there)).Message, StringComparison.Ordinal);
        Assert.Contains("tcp://lab:2375", Assert.Throws<UsageException>(() => Given.Plan(request: Request with { Mounts = [mount] }).On(there)).Message, StringComparison.Ordinal);
        Assert.Null(Given.Plan(request: new LaunchRequest("/")).On(there).MountOfSocket(there.Endpoint));
    }

    [Fact]
    public void A_run_is_hardened_unless_its_recipe_says_otherwise()
    {
        var spec = Spec(Given.Plan());

        Assert.True(spec is { Init: true, NoNewPrivileges: true, Pids: 4096, Network: true, User: "1000:1000" });
        Assert.Equal(["AUDIT_WRITE", "MKNOD", "NET_RAW", "SETFCAP", "SETPCAP", "SYS_CHROOT"], spec.DroppedCapabilities);
        Assert.Empty(spec.AddedCapabilities);
    }

    [Fact]
    public void Each_default_is_relaxed_by_its_name()
    {
        var recipe = Given.Recipe() with { Security = new Security(Init: false, NoNewPrivileges: false, Capabilities: ["NET_RAW", "SYS_PTRACE", "CHOWN"], Pids: null) };
        var spec = Spec(Given.Plan(recipe));

        Assert.True(spec is { Init: false, NoNewPrivileges: false, Pids: null });
        Assert.DoesNotContain("NET_RAW", spec.DroppedCapabilities);
        Assert.Equal(["SYS_PTRACE"], spec.AddedCapabilities);
    }

    [Fact]
    public void The_command_line_wins_over_the_recipe()
    {
        var recipe = Given.Recipe() with { Command = ["theirs"], Cpus = 1, Memory = 100, Network = false, Environment = new Dictionary<string, string> { ["A"] = "recipe", ["B"] = "recipe" } };
        var request = Request with { Command = ["mine"], Cpus = 2, Memory = 200, Network = true, Environment = [new("A", "line"), new("A", "later")] };
        var spec = Spec(Given.Plan(recipe, request));

        Assert.Equal(["mine"], spec.Command);
        Assert.True(spec is { Cpus: 2, Memory: 200, Network: true });
        Assert.Equal(["A=later", "B=recipe"], spec.Environment);
    }

    [Fact]
    public void A_run_is_named_after_its_agent_unless_it_has_a_name()
    {
        Assert.Equal("my-agent", Given.Plan().Name);
        Assert.Equal("tuesday", Given.Plan(request: Request with { Name = "tuesday" }).Name);
    }

    [Fact]
    public void Labels_name_the_run_its_agent_and_its_installation()
    {
        var spec = Spec(Given.Plan());

        Assert.Equal(
            ["agentops=true", "agentops.agent=my-agent", "agentops.installation=install", "agentops.run=a1b2c3d4", $"agentops.version={Agent.Version}"],
            spec.Labels.Select(label => $"{label.Key}={label.Value}").Order(StringComparer.Ordinal).OrderBy(label => label.IndexOf('=', StringComparison.Ordinal) > 8));
    }

    [Fact]
    public void A_detached_run_without_a_terminal_reads_nothing() => Assert.False(Spec(Given.Plan(request: Request with { Detach = true })).Input);

    [Fact]
    public void A_run_with_a_terminal_can_be_typed_to_again_after_it_was_left()
    {
        var spec = Spec(Given.Plan(request: Request with { Terminal = true, Detach = true }));

        Assert.True(spec is { Terminal: true, Input: true, InputOnce: false });
    }

    [Fact]
    public void Two_mounts_on_one_target_are_refused()
    {
        var failure = Assert.Throws<UsageException>(() => Given.Plan(request: Request with { Mounts = [new("/a", "/data", false), new("/b", "/data/", false)] }));

        Assert.Equal("two mounts share the target /data", failure.Message);
    }

    [Theory]
    [InlineData("/run/fake.sock")]
    [InlineData("/run")]
    [InlineData("/")]
    [InlineData("/var/run/docker.sock")]
    public void A_mount_that_holds_the_runtime_s_socket_is_found(string source) =>
        Assert.NotNull(Given.Plan(request: Request with { Mounts = [new(source, "/x", true)] }).MountOfSocket(Given.Endpoint));

    [Fact]
    public void A_mount_beside_the_socket_is_fine() =>
        Assert.Null(Given.Plan(request: Request with { Mounts = [new("/run/fake", "/x", true)] }).MountOfSocket(Given.Endpoint));

    [Fact]
    public void A_secret_that_is_not_set_is_refused_before_anything_is_touched()
    {
        var failure = Assert.Throws<UsageException>(() => Given.Plan(Given.Recipe() with { Secrets = [new Secret("API_KEY")] }));

        Assert.Equal("the secret API_KEY is not set in your environment. Set it: export API_KEY=…", failure.Message);
    }

    [Fact]
    public void An_optional_secret_that_is_not_set_is_left_out() =>
        Assert.True(Given.Plan(Given.Recipe() with { Secrets = [new Secret("API_KEY", Optional: true)] }).Secrets.IsEmpty);

    [Fact]
    public void The_value_of_a_secret_is_in_no_part_of_the_container_s_configuration()
    {
        var plan = Given.Plan(Given.Recipe() with { Secrets = [new Secret("API_KEY")] }, environment: new() { ["API_KEY"] = "hunter2" });
        var spec = Spec(plan, Given.Image(entrypoint: ["entry"], command: ["default"]));

        Assert.Equal(["entry", "default"], spec.Command);
        Assert.DoesNotContain("hunter2", string.Join(' ', [.. spec.Entrypoint!, .. spec.Command!, .. spec.Environment, .. spec.Labels.Values]), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", plan.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_quoted_for_the_shell_that_takes_them()
    {
        var plan = Given.Plan(Given.Recipe() with { Secrets = [new Secret("KEY")] }, environment: new() { ["KEY"] = "it's $HOME\nand `more`" });

        Assert.Equal("export KEY='it'\\''s $HOME\nand `more`'\n", Encoding.UTF8.GetString(plan.Secrets.Script()));
    }

    private static ContainerSpec Spec(LaunchPlan plan, Agentops.Images.ImageDetails? image = null) => plan.Container(Given.Id(), image ?? Given.Image(), "install", "1000:1000");
}
