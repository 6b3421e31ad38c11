namespace Agentops.Tests.Commands;

public sealed class StatusTranscripts : IDisposable
{
    private readonly Screen screen = new();

    // How long the machine takes is no part of a transcript: time is up where a test says so.
    public StatusTranscripts() => screen.Clock.HasTimers = false;

    public void Dispose() => screen.Dispose();

    [Fact]
    public async Task Status_of_the_designs_own_population()
    {
        Population.OfTheDesign(screen);
        await screen.Type("agent status");
        screen.Matches("status");
    }
}
