using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agentops.Tests.Runtimes;

/// <summary>The program that stands in for Apple's <c>container</c> says what that one was seen to say.</summary>
public sealed class AppleStandInSpecs : IDisposable
{
    private const string Dockerfile = "FROM scratch\nCOPY file /file\nLABEL team=a\nENV PATH=/usr/bin:/bin\nCMD [\"echo\", \"hi\"]\n";

    private readonly TempFolder world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("0.10.0")]
    [InlineData("1.4.1")]
    public void It_tells_its_version_as_a_sentence(string release) =>
        Assert.Matches($@"\Acontainer CLI version {Regex.Escape(release)} \(build: release, commit: [0-9a-f]{{7}}\)\n\z", Run(release, "--version").Out);

    [Fact]
    public void Its_status_up_to_1_3_is_flat_and_from_1_4_nested()
    {
        Assert.Matches("""\A\{"apiServerAppName":"container-apiserver","apiServerBuild":"release","apiServerCommit":"[0-9a-f]{40}","apiServerVersion":"container-apiserver version 1.2.2 \(build: release, commit: [0-9a-f]{7}\)","appRoot":"(\\/[^/"]+)+\\/","installRoot":"\\/usr\\/local\\/","status":"running"\}\n\z""", Run("1.2.2", "system", "status", "--format", "json").Out);
        Assert.Equal(["client", "host", "paths", "resources", "server", "status"], Keys(Run("1.4.1", "system", "status", "--format", "json").Out));
    }

    [Fact]
    public void Services_that_do_not_run_fail_each_command_in_its_own_words()
    {
        File.WriteAllText(world["trouble"], "down\n");

        Assert.Equal(
            (1, "{\"apiServerAppName\":\"\",\"apiServerBuild\":\"\",\"apiServerCommit\":\"\",\"apiServerVersion\":\"\",\"appRoot\":\"\",\"installRoot\":\"\",\"status\":\"unregistered\"}\n", ""),
            Run("1.2.2", "system", "status", "--format", "json"));
        Assert.Equal((1, "{\"status\":\"unregistered\"}\n", ""), Run("1.4.1", "system", "status", "--format", "json"));
        const string Hint = "\nEnsure container system service has been started with `container system start`.\n";
        Assert.Equal((1, "", $"Error: internalError: \"failed to list containers\" (cause: \"interrupted: \"XPC connection error: Connection invalid\"\"){Hint}"), Run("1.2.2", "list", "--format", "json"));
        Assert.Equal((1, "", $"Error: interrupted: \"XPC connection error: Connection invalid\"{Hint}"), Run("1.2.2", "image", "list"));
        Assert.Equal(0, Run("1.2.2", "system", "version", "--format", "json").Code);
    }

    [Theory]
    [InlineData("list", "--filter")]
    [InlineData("create", "--restart=always", "x")]
    [InlineData("inspect")]
    [InlineData("image", "pull", "--progress", "fancy", "x")]
    [InlineData("wait", "x")]
    public void What_its_command_line_does_not_know_ends_with_64(params string[] arguments)
    {
        var (code, output, error) = Run("1.2.2", arguments);

        Assert.Equal((64, ""), (code, output));
        Assert.StartsWith("Error: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_is_one_line_with_sorted_keys_since_1_0_and_with_escaped_slashes_until_1_4()
    {
        Build();
        Run("1.2.2", "create", "--name", "web", "--label", "com.example.owner=ci", "app");

        var text = Run("1.2.2", "list", "--all", "--format", "json").Out;
        Assert.Equal(1, text.Count(character => character == '\n'));
        var web = Container("1.2.2", "web");
        Assert.Equal(["configuration", "id", "status"], Keys(web.GetRawText()));
        Assert.Equal("stopped", web.GetProperty("status").GetProperty("state").GetString());
        Assert.False(web.GetProperty("status").TryGetProperty("startedDate", out _));
        Assert.Matches(@"""creationDate"":""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ""", text);
        Assert.Contains("\"workingDirectory\":\"\\/\"", text, StringComparison.Ordinal);
        Assert.Contains("\"workingDirectory\":\"/\"", Run("1.4.1", "list", "--all", "--format", "json").Out, StringComparison.Ordinal);
        Assert.Equal("[]\n", Run("1.2.2", "list", "--format", "json").Out);
        Assert.Contains("  {\n    \"configuration\" : {\n", Run("1.2.2", "inspect", "web").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Before_1_0_a_container_is_flat_and_instants_are_numbers()
    {
        Build();
        Run("0.12.3", "create", "--name", "web", "app");
        Assert.Equal((0, "hi\n", ""), Run("0.12.3", "start", "--attach", "web"));

        var web = Container("0.12.3", "web");

        Assert.Equal(("stopped", JsonValueKind.Number), (web.GetProperty("status").GetString(), web.GetProperty("startedDate").ValueKind));
        Assert.False(web.TryGetProperty("id", out _));
        Assert.False(web.GetProperty("configuration").TryGetProperty("creationDate", out _));
    }

    [Fact]
    public void What_is_not_there_is_told_as_each_release_tells_it()
    {
        Assert.Equal((1, "", "Error: container not found: a, b\n"), Run("1.2.2", "inspect", "b", "a"));
        Assert.Equal((0, "[]"), (Run("0.12.3", "inspect", "b", "a").Code, Run("0.12.3", "inspect", "b", "a").Out.ReplaceLineEndings("")));
        Assert.Equal((1, "", "Error: get failed: container x not found\n"), Run("1.2.2", "start", "x"));
        Assert.Equal((1, "", "Error: internalError: \"failed to stop container\" (cause: \"notFound: \"container with ID x not found\"\")\n"), Run("1.2.2", "stop", "x"));
        Assert.Equal((0, "", ""), Run("0.10.0", "stop", "x"));
        Assert.Equal((1, "", "Error: failed to delete one or more containers: [\"x\"]\n"), Run("0.10.0", "delete", "x"));
        Assert.Equal((1, "", "Error: internalError: \"failed to delete container\" (cause: \"notFound: \"container with ID x not found\"\")\n"), Run("0.12.3", "delete", "--force", "x"));
        Assert.Equal((1, "", "Error: image not found: x\n"), Run("1.2.2", "image", "inspect", "x"));
        Assert.Contains("InspectError(succeeded: [], failed: [(\"x\", notFound: \"Image not found\")])", Run("0.12.3", "image", "inspect", "x").Error, StringComparison.Ordinal);
        Assert.Equal((1, "", "Error: failed to delete one or more images: [\"x\"]\n"), Run("1.2.2", "image", "delete", "x"));
        Assert.Equal((0, "", ""), Run("1.2.2", "image", "delete", "--force", "x"));
    }

    [Fact]
    public void A_build_says_its_tags_and_its_image_is_listed_as_each_era_lists_it()
    {
        Assert.Equal("app:latest\n", Build().Out);
        Assert.Equal("Successfully built app:latest\n", Build("0.12.3").Out);
        Assert.Contains("#3 [linux/arm64 1/1] COPY file /file\n#3 CACHED\n", Build().Error, StringComparison.Ordinal);

        var image = JsonDocument.Parse(Run("1.2.2", "image", "list", "--format", "json").Out).RootElement[0];
        Assert.Equal(["configuration", "id", "variants"], Keys(image.GetRawText()));
        Assert.Equal("app:latest", image.GetProperty("configuration").GetProperty("name").GetString());
        Assert.Equal("sha256:" + image.GetProperty("id").GetString(), image.GetProperty("configuration").GetProperty("descriptor").GetProperty("digest").GetString());
        Assert.Equal(["arm64", "unknown"], image.GetProperty("variants").EnumerateArray().Select(variant => variant.GetProperty("platform").GetProperty("architecture").GetString()));
        Assert.Equal(["descriptor", "fullSize", "reference"], Keys(JsonDocument.Parse(Run("0.12.3", "image", "list", "--format", "json").Out).RootElement[0].GetRawText()).Order());
        Assert.Equal(["index", "name", "variants"], Keys(JsonDocument.Parse(Run("0.12.3", "image", "inspect", "app").Out).RootElement[0].GetRawText()).Order());
    }

    [Fact]
    public void An_image_in_use_is_deleted_without_a_word_and_what_was_never_started_cannot_be_started_any_more()
    {
        Build();
        Run("1.2.2", "create", "--name", "web", "app");

        var (code, output, error) = Run("1.2.2", "image", "delete", "app");

        Assert.Equal((0, "app:latest\n"), (code, output));
        Assert.StartsWith("Reclaimed ", error, StringComparison.Ordinal);
        Assert.Equal(1, Run("1.2.2", "start", "web").Code);
    }

    [Fact]
    public void Rules_for_names_labels_and_memory_are_kept()
    {
        Build();

        Assert.Equal("Error: container ID a is not a valid container ID\n", Run("1.2.2", "create", "--name", "a", "app").Error);
        Assert.Equal("Error: invalid entity name a\n", Run("1.0.0", "create", "--name", "a", "app").Error);
        Assert.Equal("Error: invalid label format k=a=b\n", Run("1.2.2", "create", "--name", "web", "--label", "k=a=b", "app").Error);
        Assert.Equal("Error: minimum memory amount allowed is 200 MiB (got 67108864 bytes)\n", Run("1.2.2", "create", "--name", "web", "--memory", "64M", "app").Error);
        Assert.Equal((0, "web\n", ""), Run("1.2.2", "create", "--name", "web", "app", "echo", "--", "-x"));
        Assert.Equal("Error: container already exists: web\n", Run("1.2.2", "create", "--name", "web", "app").Error);
        Assert.Equal((0, "-- -x\n", ""), Run("1.2.2", "start", "-a", "web"));
    }

    [Fact]
    public void An_attached_start_ends_with_the_code_of_the_process_and_nothing_else_tells_it()
    {
        Build();
        Run("1.2.2", "create", "--name", "web", "app", "sh", "-c", "echo out; echo err >&2; exit 7");

        Assert.Equal((7, "out\n", "err\n"), Run("1.2.2", "start", "-a", "web"));
        Assert.DoesNotContain("7", Regex.Replace(Container("1.2.2", "web").GetProperty("status").GetRawText(), @"""startedDate"":""[^""]*""", ""), StringComparison.Ordinal);
        // Both in one log, in the order they came.
        Assert.Equal(["err", "out"], Run("1.2.2", "logs", "web").Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Equal("Error: container web is not running\n", Run("1.2.2", "exec", "web", "true").Error);
        Assert.Equal("Error: internalError: \"failed to kill container\" (cause: \"invalidState: \"no runtime client exists: container is stopped\"\")\n", Run("1.2.2", "kill", "web").Error);
        Assert.Equal((0, "web\n", ""), Run("1.2.2", "stop", "web"));
        Assert.Equal((0, "web\n", ""), Run("1.2.2", "delete", "web"));
    }

    [Fact]
    public void A_step_that_could_do_harm_on_this_machine_is_not_carried_out()
    {
        var target = world["harm"];
        Directory.CreateDirectory(world["context"]);
        File.WriteAllText(world["context/Dockerfile"], $"FROM scratch\nRUN echo x > {target}\nRUN touch {target}\nRUN echo $(touch {target})\nRUN [\"touch\", \"{target}\"]\n");

        Assert.Equal(0, Run("1.2.2", "build", "-t", "harm", world["context"]).Code);
        Assert.False(File.Exists(target));
    }

    private (int Code, string Out, string Error) Build(string release = "1.2.2")
    {
        Directory.CreateDirectory(world["app"]);
        File.WriteAllText(world["app/Dockerfile"], Dockerfile);
        File.WriteAllText(world["app/file"], "content");
        return Run(release, "build", "-t", "app", world["app"]);
    }

    private JsonElement Container(string release, string id)
    {
        using var list = JsonDocument.Parse(Run(release, "list", "--all", "--format", "json").Out);
        return list.RootElement.EnumerateArray().First(container => container.GetProperty("configuration").GetProperty("id").GetString() == id).Clone();
    }

    private static IEnumerable<string> Keys(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(member => member.Name)];
    }

    private (int Code, string Out, string Error) Run(string release, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "container"), arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CONTAINER_STAND_IN"] = world.Path;
        start.Environment["CONTAINER_STAND_IN_RELEASE"] = release;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error);
    }
}
