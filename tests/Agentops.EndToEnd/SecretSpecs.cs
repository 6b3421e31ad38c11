namespace Agentops.EndToEnd;

public sealed class SecretSpecs
{
    // Unlike anything else on this machine, and with all that a shell could stumble over.
    private static string Value(string tag) => $"s3cr3t-{tag}-{Desk.RareNumber()}";

    [Fact]
    public async Task A_secret_is_in_the_environment_of_the_command_and_nowhere_else()
    {
        await using var desk = Desk.WithOwnAgent("secrets: [FROM_RECIPE]");
        var (first, second) = (Value("a"), Value("b"));
        desk.Set("FROM_RECIPE", first);
        desk.Set("FROM_OPTION", second);
        // It prints all but the number at the end: the container's log is searched too.
        var run = await desk.Detach("--secret", "FROM_OPTION", ".", "--", "sh", "-c", "echo got \"${FROM_RECIPE%-*}\" \"${FROM_OPTION%-*}\"; sleep 1000");
        await Until.True(async () => (await desk.Run("logs", run)).Out.Contains("got s3cr3t-a s3cr3t-b", StringComparison.Ordinal), () => "the command to see both secrets");

        var container = (await desk.Engine.Container($"agentops-{run}")).GetRawText();
        var image = (await desk.Engine.Get($"images/{desk.Image}/json"))!.Value.GetRawText() + (await desk.Engine.Get($"images/{desk.Image}/history"))!.Value.GetRawText();
        var files = string.Concat(Directory.EnumerateFiles(desk.State, "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        var processes = string.Join('\n', HostProcesses.CommandLines());
        foreach (var secret in new[] { first, second })
        {
            Assert.DoesNotContain(secret, container, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, image, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, files, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, processes, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_secret_arrives_byte_for_byte()
    {
        await using var desk = Desk.Plain();
        const string Awkward = "it's \"$HOME\" `id` \\n $(id)\nsecond line, ümläut = 100% !";
        desk.Set("AWKWARD", Awkward);
        var outcome = (await desk.Run("run", "--secret", "AWKWARD", ".", "--", "sh", "-c", "printf %s \"$AWKWARD\"")).Expect(0);
        Assert.Equal(Awkward, outcome.Out);
    }

    [Fact]
    public async Task With_a_secret_input_output_and_exit_code_are_as_without()
    {
        await using var desk = Desk.Plain();
        desk.Set("TOKEN", Value("c"));
        var outcome = await desk.RunGiving("piped"u8.ToArray(), "run", "--secret", "TOKEN", ".", "--", "sh", "-c", "cat; echo err >&2; exit 9");
        outcome.Expect(9);
        Assert.Equal("piped", outcome.Out);
        Assert.Contains("err\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_not_set_stops_the_run_before_anything_is_made()
    {
        await using var desk = Desk.Plain();
        desk.Set("UNSET_ONE", null);
        var outcome = (await desk.Run("run", "--secret", "UNSET_ONE", ".", "--", "true")).Expect(2);
        Assert.Contains("UNSET_ONE", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(await desk.Containers());
    }
}
