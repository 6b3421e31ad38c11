using Agentops.Runtimes.Apple;

namespace Agentops.Tests.Runtimes;

public sealed class AppleRefusalSpecs
{
    [Theory]
    [InlineData("Error: container not found: a, b", RuntimeRefusal.NotFound)]
    [InlineData("Error: get failed: container x not found", RuntimeRefusal.NotFound)]
    [InlineData("Error: internalError: \"failed to stop container\" (cause: \"notFound: \"container with ID x not found\"\")", RuntimeRefusal.NotFound)]
    [InlineData("Error: failed to delete one or more containers: [\"x\"]", RuntimeRefusal.NotFound)]
    [InlineData("Error: failed to delete one or more images: [\"x\"]", RuntimeRefusal.NotFound)]
    [InlineData("Error: image not found: a, b", RuntimeRefusal.NotFound)]
    [InlineData("Error: image with reference x", RuntimeRefusal.NotFound)]
    [InlineData("image inspect failed: [\"name\": x, \"error\": Image not found]\nError: InspectError(succeeded: [], failed: [(\"x\", notFound: \"Image not found\")])", RuntimeRefusal.NotFound)]
    [InlineData("Error: container already exists: web", RuntimeRefusal.NameTaken)]
    [InlineData("Error: failed to create container (cause: \"exists: \"container already exists: web\"\")", RuntimeRefusal.NameTaken)]
    [InlineData("Error: internalError: \"failed to delete container\" (cause: \"invalidState: \"container web is running and can not be deleted\"\")", RuntimeRefusal.InUse)]
    [InlineData("Error: internalError: \"failed to kill container\" (cause: \"invalidState: \"no runtime client exists: container is stopped\"\")", RuntimeRefusal.NotRunning)]
    [InlineData("Error: container x is not running", RuntimeRefusal.NotRunning)]
    [InlineData("Error: failed to start container (cause: \"internalError: \"failed to find target executable nosuch\"\")", RuntimeRefusal.CannotStart)]
    [InlineData("Error: path '/p' does not exist", RuntimeRefusal.Other)]
    [InlineData("Error: network foo not found", RuntimeRefusal.Other)]
    [InlineData("something odd", RuntimeRefusal.Other)]
    [InlineData("", RuntimeRefusal.Other)]
    public void A_reason_is_read_from_the_words(string error, RuntimeRefusal reason) =>
        Assert.Equal(reason, Assert.IsType<RuntimeRefusalException>(AppleRefusal.Of(Failed(error))).Refusal);

    [Theory]
    [InlineData("Error: interrupted: \"XPC connection error: Connection invalid\"\nEnsure container system service has been started with `container system start`.")]
    [InlineData("Error: internalError: \"failed to list containers\" (cause: \"interrupted: \"XPC connection error: Connection invalid\"\")\nEnsure container system service has been started with `container system start`.")]
    [InlineData("Error: interrupted: \"XPC connection error: Connection interrupted\"")]
    public void Services_that_do_not_run_are_no_refusal(string error) =>
        Assert.Equal("Apple's container does not answer: its services do not run.\nStart them: container system start", Assert.IsType<RuntimeUnavailableException>(AppleRefusal.Of(Failed(error))).Message);

    [Fact]
    public void A_service_that_does_not_answer_in_time_is_no_refusal_either() =>
        Assert.Contains(
            "did not answer in time",
            Assert.IsType<RuntimeUnavailableException>(AppleRefusal.Of(Failed("Error: internalError: \"XPC timeout for request to com.apple.container.apiserver/containerCreate\""))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void What_a_release_does_not_take_is_said_with_its_command() => Assert.Equal(
        "'container create' does not take what agent asks of it: Unknown option '--cap-drop'",
        AppleRefusal.Of(Failed("Error: Unknown option '--cap-drop'\nUsage: container create [<options>]\n  See 'container create --help' for more information.", 64)).Message);

    [Fact]
    public void A_failure_without_a_word_says_so() => Assert.Equal("'container create' failed (exit code 1) and does not say why", AppleRefusal.Of(Failed("")).Message);

    [Theory]
    [InlineData("Error: HTTP request to https://x failed with response: 404 Not Found. Reason: Unknown", RuntimeRefusal.NotFound)]
    [InlineData("Error: HTTP request to https://x failed with response: 401 Unauthorized. Reason: Unknown", RuntimeRefusal.LoginRequired)]
    [InlineData("Error: The Internet connection appears to be offline.", RuntimeRefusal.Other)]
    public void A_pull_that_fails_names_what_was_pulled(string error, RuntimeRefusal reason)
    {
        var refusal = Assert.IsType<RuntimeRefusalException>(AppleRefusal.ForPull(Failed(error), "ghcr.io/x/y:1"));

        Assert.Equal(reason, refusal.Refusal);
        Assert.Contains("ghcr.io/x/y:1", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(error["Error: ".Length..], refusal.Message, StringComparison.Ordinal);
    }

    private static AppleAnswer Failed(string error, int status = 1) => new("container create", status, default, error);
}
