using Agentops.Containers;
using Agentops.Images;
using Agentops.Launching;
using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Tests;

/// <summary>Defaults for all that a sentence does not mention.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public const string Endpoint = "unix:///run/fake.sock";
    public const string Installation = "0123456789abcdef0123456789abcdef";

    public static RunId Id(string text = "a1b2c3d4") => RunId.TryParse(text, out var id) ? id : throw new ArgumentException(text);

    public static RunRecord Record(
        string id = "a1b2c3d4",
        string name = "my-agent",
        string agent = "my-agent",
        DateTimeOffset? created = null,
        DateTimeOffset? started = null,
        DateTimeOffset? ended = null,
        int? exitCode = null,
        string? failure = null,
        string endpoint = Endpoint,
        bool removeAtEnd = false) => new(
            RunRecord.CurrentSchema, id, name, agent, "/home/user/project", $"agentops/{agent}:latest", null, "docker", endpoint,
            Installation, created ?? Now.AddHours(-2), new RunCreator(4242, Now.AddHours(-2)), Terminal: false, removeAtEnd)
        {
            StartedAt = started,
            EndedAt = ended,
            ExitCode = exitCode,
            Failure = failure,
        };

    public static Container Container(string id = "a1b2c3d4", ContainerState state = ContainerState.Running, int? exitCode = null) => new(
        new string('c', 64), $"agentops-{id}", state, exitCode, "sha256:" + new string('1', 64), "agentops/my-agent:latest", Now.AddHours(-2),
        new Dictionary<string, string> { [Labels.Ours] = "true", [Labels.Run] = id, [Labels.Agent] = "my-agent" });

    public static Run Run(string id = "a1b2c3d4", string name = "my-agent", ContainerState state = ContainerState.Running) =>
        Agentops.Runs.Run.Of(Id(id), Record(id, name), Container(id, state), creatorLives: false, Endpoint);

    public static ImageDetails Image(string tag = "agentops/my-agent:latest", IReadOnlyList<string>? entrypoint = null, IReadOnlyList<string>? command = null) => new(
        new Image("sha256:" + new string('1', 64), [tag], new ByteSize(312_000_000), Now.AddHours(-2), new Dictionary<string, string>()), [], entrypoint ?? [], command ?? [], []);

    public static Recipe Recipe(string name = "my-agent") => new(AgentName.Parse(name), "agent.yaml", new Foundation.OnBase(new BaseImage("node", "22")));

    public static LaunchPlan Plan(Recipe? recipe = null, LaunchRequest? request = null, Dictionary<string, string>? environment = null) =>
        LaunchPlan.For(recipe ?? Recipe(), request ?? new LaunchRequest("/home/user/project"), environment ?? []);
}
