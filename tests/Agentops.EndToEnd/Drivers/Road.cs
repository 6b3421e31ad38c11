namespace Agentops.EndToEnd.Drivers;

/// <summary>A way to the usual engine that leads over a network: TLS with certificates of both sides, or ssh; by the environment or by a context that Docker's own command made.</summary>
internal sealed class Road
{
    /// <summary>All there are, for theories.</summary>
    public static readonly TheoryData<string> All = ["tls", "ssh", "context with tls", "context with ssh"];

    private readonly string name;

    private Road(string name) => this.name = name;

    /// <summary>Where it leads, as <c>DOCKER_HOST</c> has it.</summary>
    public string Host => IsSsh ? SshAddress : TlsAddress;

    /// <summary>It leads over ssh.</summary>
    public bool IsSsh => name.EndsWith("ssh", StringComparison.Ordinal);

    /// <summary>The context it is, or null.</summary>
    public string? Context => name.StartsWith("context", StringComparison.Ordinal) ? "e2e-road" : null;

    private static string TlsFolder => Path.Combine(Path.GetDirectoryName(Given.EngineHost["unix://".Length..])!, "tls");

    private static string TlsAddress => File.ReadAllText(Path.Combine(TlsFolder, "address"));

    private static string SshAddress => File.ReadAllText(Path.Combine(Given.SshServer, "address"));

    /// <summary>The certificates that the engine lets in.</summary>
    public static string Certificates => Path.Combine(TlsFolder, "client");

    /// <summary>Makes it the way to the engine for what is run at a desk.</summary>
    /// <param name="desk">The desk.</param>
    /// <param name="name">Which one.</param>
    /// <returns>The road.</returns>
    public static async Task<Road> Take(Desk desk, string name)
    {
        var road = new Road(name);
        desk.Set("DOCKER_HOST", null);
        // Logins of many tests at once take their time.
        desk.Set("AGENTOPS_TIMEOUT", "60");
        if (road.IsSsh)
        {
            // Marked, so that its processes can be told from those of other tests.
            var folder = Directory.CreateDirectory(Path.Combine(desk.Folder, "bin")).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "ssh"), $"#!/bin/sh\nexec {Given.SshServer}/bin/ssh -o SendEnv={Mark(desk)} \"$@\"\n");
            File.SetUnixFileMode(Path.Combine(folder, "ssh"), (UnixFileMode)0b111_101_101);
            desk.Set("PATH", $"{folder}:{Environment.GetEnvironmentVariable("PATH")}");
        }

        if (road.Context is { } context)
        {
            var tls = road.IsSsh ? "" : $",ca={Certificates}/ca.pem,cert={Certificates}/cert.pem,key={Certificates}/key.pem";
            (await desk.Shell($"docker context create {context} --docker 'host={road.Host}{tls}'")).Expect(0);
            desk.Set("DOCKER_CONTEXT", context);
        }
        else
        {
            desk.Set("DOCKER_HOST", road.Host);
            desk.Set("DOCKER_TLS_VERIFY", road.IsSsh ? null : "1");
            desk.Set("DOCKER_CERT_PATH", road.IsSsh ? null : Certificates);
        }

        return road;
    }

    /// <summary>Whether an ssh of a desk still runs.</summary>
    public static bool IsSshAtWork(Desk desk) => HostProcesses.AnyWith(Mark(desk));

    private static string Mark(Desk desk) => "E2E_" + Path.GetFileName(desk.Folder).Replace('-', '_');
}
