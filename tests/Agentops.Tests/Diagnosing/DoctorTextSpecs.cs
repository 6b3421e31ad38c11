using Agentops.Diagnosing;

namespace Agentops.Tests.Diagnosing;

/// <summary>How a diagnosis reads on terminals.</summary>
public sealed class DoctorTextSpecs
{
    private static readonly Diagnosis Some = new(
        [
            new(FindingLevel.Error, "lab", "no answer within 2 s (ssh://root@lab)") { Advice = ["Is the engine overloaded? AGENTOPS_TIMEOUT=60 waits longer."] },
            new(FindingLevel.Warning, "podman", "Podman 4.3.1 at unix:///run/user/1000/podman/podman.sock")
            {
                Details = ["API 1.24 to 1.41, overlay, without root", "runs are not limited in processors, memory and the number of processes: Podman without root needs cgroup v2 for that"],
                Advice = ["More: docs/podman.md#limits"],
            },
        ],
        new(FindingLevel.Fine, "runtime", "podman: the first that answers in the usual places"),
        [new(FindingLevel.Fine, "folder", "/home/user/.agentops is yours alone (0700), 38 GB free"), new(FindingLevel.Fine, "config.yaml", "none, and none is needed")],
        null,
        ExitCode.Done);

    [Fact]
    public void On_a_narrow_terminal_lines_are_broken_between_words() => Transcript.Matches(
        "doctor-narrow",
        $"$ agent doctor   (on a terminal of 60 columns)\n{DoctorText.Describe(Some, 60)}\n$ agent doctor   (on a terminal of 30 columns)\n{DoctorText.Describe(Some, 30)}");

    [Theory]
    [InlineData(120)]
    [InlineData(80)]
    [InlineData(45)]
    [InlineData(30)]
    public void No_line_is_longer_than_the_terminal_but_for_a_word_that_is(int columns) =>
        Assert.All(DoctorText.Describe(Some, columns).Split('\n'), line => Assert.True(line.Length <= columns || !line.TrimStart().TrimStart('→', ' ').Contains(' '), line));

    [Fact]
    public void To_a_pipe_nothing_is_broken() =>
        Assert.Contains("processes: Podman without root needs cgroup v2 for that\n", DoctorText.Describe(Some, null), StringComparison.Ordinal);

    [Fact]
    public void What_others_wrote_cannot_steer_a_terminal()
    {
        var hostile = Some with { Runtimes = [new(FindingLevel.Error, "a\u001b[2J", "b\u001b[31m\nc") { Details = ["d\r"], Advice = ["e\u202e"] }], Obstacle = "f\u0007" };

        var text = DoctorText.Describe(hostile, 80);

        Assert.DoesNotContain(text, letter => letter != '\n' && (char.IsControl(letter) || letter == '\u202e'));
        Assert.Contains(@"  ✗ a\x1b[2J     b\x1b[31m\nc", text, StringComparison.Ordinal);
        Assert.Contains(@"No run can start: f\x07.", text, StringComparison.Ordinal);
    }
}
