using Agentops.Containers;
using Agentops.Runtimes.Apple;

namespace Agentops.Tests.Runtimes;

public sealed class AppleCreateSpecs
{
    private static readonly AppleRelease Newest = new(1, 4, "1.4.1");
    private static readonly DateTimeOffset Now = new(2026, 9, 1, 10, 0, 0, TimeSpan.Zero);
    private static readonly ContainerSpec Plain = new("agentops-a1b2c3d4", "sha256:28bd", new Dictionary<string, string> { ["agentops"] = "true" }) { Init = false };

    [Fact]
    public void All_options_come_before_the_image_and_the_command_after_it()
    {
        var spec = Plain with
        {
            Command = ["sh", "-c", "echo hi", "--", "-x"],
            Environment = ["A=b=c"],
            WorkingDirectory = "/workspace",
            User = "501:20",
            Terminal = true,
            Input = true,
            InputOnce = true,
            Init = true,
            Network = false,
            Cpus = 2,
            Memory = 2L << 30,
            Pids = 512,
            DroppedCapabilities = ["NET_RAW"],
            AddedCapabilities = ["SYS_PTRACE"],
            MemoryFolders = new Dictionary<string, string> { ["/run/agentops"] = "size=64k,mode=0700,uid=501,gid=20" },
        };

        var create = AppleCreate.Of(spec, "agentops/x:latest", Newest, Now);

        Assert.Equal(
            [
                "create", "--name", "agentops-a1b2c3d4", "--label", "agentops=true", "--label", "agentops.created=2026-09-01T10:00:00Z", "--label", "agentops.input=once", "--env", "A=b=c",
                "--mount", "type=tmpfs,target=/run/agentops,size=64k,mode=1777", "--workdir", "/workspace", "--user", "501:20", "--tty", "--interactive", "--init", "--network", "none",
                "--cpus", "2", "--memory", "2048M", "--ulimit", "nproc=512:512", "--cap-drop", "NET_RAW", "--cap-add", "SYS_PTRACE", "agentops/x:latest", "sh", "-c", "echo hi", "--", "-x",
            ],
            create.Arguments);
        Assert.Empty(create.Warnings);
    }

    [Theory]
    [InlineData(null, null, "IMAGE")]
    [InlineData(null, "a b", "IMAGE a b")]
    [InlineData("e f", "a b", "--entrypoint e IMAGE f a b")]
    [InlineData("e", null, "--entrypoint e IMAGE")]
    [InlineData("", "a b", "--entrypoint a IMAGE b")]
    public void An_entrypoint_is_one_word_and_the_rest_goes_before_the_command(string? entrypoint, string? command, string end)
    {
        static string[]? Split(string? words) => words?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var create = AppleCreate.Of(Plain with { Entrypoint = Split(entrypoint), Command = Split(command) }, "IMAGE", Newest, Now);

        Assert.EndsWith("agentops.created=2026-09-01T10:00:00Z " + end, string.Join(' ', create.Arguments), StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_cannot_give_is_a_warning()
    {
        var create = AppleCreate.Of(Plain with { Cpus = 1.5, Memory = 64_000_000, AddedCapabilities = ["SYS_PTRACE"], DroppedCapabilities = ["MKNOD"] }, "x", new AppleRelease(0, 10, "0.10.0"), Now);

        Assert.Equal(
            [
                "This run may use 2 processors, not 1.5: Apple's container gives whole ones.",
                "This run may use 200 MiB of memory, not 64 MB: Apple's container gives no less.",
                "This run does not get SYS_PTRACE: container 0.10.0 cannot add capabilities. Update it to 0.12 or later.",
            ],
            create.Warnings);
        Assert.Contains("200M", create.Arguments);
        Assert.DoesNotContain("--cap-drop", create.Arguments);
    }

    [Fact]
    public void A_folder_is_mounted_whatever_its_name_but_for_a_comma_and_a_colon()
    {
        using var folder = new TempFolder();
        string Arguments(string name, bool readOnly = false)
        {
            Directory.CreateDirectory(folder[name]);
            return string.Join(' ', AppleCreate.Of(Plain with { Mounts = [new Mount(folder[name], "/m", readOnly)] }, "x", Newest, Now).Arguments);
        }

        Assert.Contains($"--mount type=bind,source={folder["a b:c"]},target=/m,readonly", Arguments("a b:c", readOnly: true), StringComparison.Ordinal);
        Assert.Contains($"--volume {folder["a,b"]}:/m:ro", Arguments("a,b", readOnly: true), StringComparison.Ordinal);
        Assert.Contains("its paths may hold one", Assert.Throws<RuntimeRefusalException>(() => Arguments("a,b:c")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_mounted_since_0_12()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["file"], "");
        var spec = Plain with { Mounts = [new Mount(folder["file"], "/m", false)] };

        Assert.Contains($"--volume {folder["file"]}:/m", string.Join(' ', AppleCreate.Of(spec, "x", Newest, Now).Arguments), StringComparison.Ordinal);
        Assert.Contains("mounts folders only", Assert.Throws<RuntimeRefusalException>(() => AppleCreate.Of(spec, "x", new AppleRelease(0, 11, "0.11.0"), Now)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_with_an_equals_sign_in_its_value_is_refused_by_name()
    {
        var spec = Plain with { Labels = new Dictionary<string, string> { ["agentops.run"] = "a=b" } };

        Assert.Contains("(agentops.run=a=b)", Assert.Throws<RuntimeRefusalException>(() => AppleCreate.Of(spec, "x", Newest, Now)).Message, StringComparison.Ordinal);
    }
}
