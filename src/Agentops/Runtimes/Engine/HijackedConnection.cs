using Agentops.Containers;

namespace Agentops.Runtimes.Engine;

/// <summary>A connection that carries the standard streams of a process.</summary>
/// <param name="connection">For failures.</param>
/// <param name="own">The client made for it, closed with it.</param>
/// <param name="response">The head that was answered.</param>
/// <param name="output">What comes; read through HTTP, which may have read ahead.</param>
/// <param name="transport">Written to directly: after the head there is no HTTP left on that side.</param>
internal sealed class HijackedConnection(EngineConnection connection, HttpClient own, HttpResponseMessage response, Stream output, Transport transport)
{
    /// <summary>The streams as the launcher knows them.</summary>
    /// <param name="terminal">Output is one raw stream, else frames.</param>
    /// <param name="input">Standard input is connected.</param>
    /// <returns>To be disposed of.</returns>
    public ContainerIo AsIo(bool terminal, bool input)
    {
        var stream = new EngineStream(connection, response, output, own);
        return new ContainerIo(OutputReader.Read(stream, terminal), input ? transport.Stream : null, transport.CompleteSending, stream.DisposeAsync);
    }
}
