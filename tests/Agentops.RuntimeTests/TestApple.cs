using System.Collections;
using Agentops.Runtimes;
using Agentops.Runtimes.Apple;

namespace Agentops.RuntimeTests;

/// <summary>Apple's <c>container</c>, by the program that stands in for it: one world for each release, in a folder that goes at the end.</summary>
/// <param name="Release">Which release it is.</param>
public sealed record TestApple(string Release) : TestRuntime
{
    public static readonly TestApple Apple_0_10 = new("0.10.0") { Limits = All };

    public static readonly TestApple Apple_0_12 = new("0.12.3") { Limits = All };

    public static readonly TestApple Apple_1_4 = new("1.4.1") { Limits = All };

    private static readonly DirectoryInfo Worlds = MakeWorlds();

    private static IReadOnlyList<Limit> All => [Limit.NoSizesOfLayers, Limit.NoSizesOfContainers, Limit.NothingDangling, Limit.LeastMemory, Limit.MemoryUnnoticed, Limit.NoCopies];

    /// <summary>Our state folder.</summary>
    public string Home => Path.Combine(Worlds.FullName, "home-" + Release);

    public override Task<IContainerRuntime> Connect() => RuntimeFinder.Connect(Surroundings, new RuntimeRequest("apple"), TestContext.Current.CancellationToken);

    /// <summary>What somebody does by hand.</summary>
    /// <param name="arguments">Of <c>container</c>.</param>
    internal Task<AppleAnswer> Container(params string[] arguments) =>
        new AppleCommandLine(AppleCommandLine.Find(Surroundings)!, Surroundings).Ask(arguments, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    private Surroundings Surroundings
    {
        get
        {
            var environment = new Dictionary<string, string>();
            foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            {
                environment[(string)variable.Key] = (string?)variable.Value ?? "";
            }

            // Both lie beside the tests, and start many times faster where ./build has made native programs of them.
            var standIn = environment.GetValueOrDefault("AGENTOPS_TEST_APPLE_STAND_IN") ?? AppContext.BaseDirectory;
            var agent = environment.GetValueOrDefault("AGENTOPS_TEST_AGENT") ?? Path.Combine(AppContext.BaseDirectory, "agent");
            environment["PATH"] = $"{standIn}:{environment.GetValueOrDefault("PATH")}";
            environment["CONTAINER_STAND_IN"] = Path.Combine(Worlds.FullName, Release);
            environment["CONTAINER_STAND_IN_RELEASE"] = Release;
            environment["AGENTOPS_HOME"] = Home;
            environment["AGENTOPS_TIMEOUT"] = "60";
            return new Surroundings(environment, "/", "/root", 0, 0) { AgentPath = agent };
        }
    }

    private static DirectoryInfo MakeWorlds()
    {
        var folder = Directory.CreateTempSubdirectory("apple");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return folder;
    }
}
