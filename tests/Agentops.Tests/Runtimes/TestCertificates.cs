using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Agentops.Tests.Runtimes;

/// <summary>An authority and what it signs, made for one test, in a folder as Docker's client has it.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly TempFolder folder = new();
    private readonly X509Certificate2 authority;

    public TestCertificates(string name = "Test Authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        authority = request.CreateSelfSigned(Now.AddYears(-10), Now.AddYears(10));
        Write("ca.pem", authority.ExportCertificatePem());
    }

    public string Folder => folder.Path;

    public string this[string file] => folder[file];

    public void Write(string file, string text) => File.WriteAllText(folder[file], text);

    /// <summary>The engine's, for 127.0.0.1 and localhost unless said otherwise.</summary>
    public X509Certificate2 ForEngine(string? host = null, TimeSpan? from = null, TimeSpan? to = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        if (host is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        names.AddDnsName(host ?? "localhost");
        return Sign("engine", names, "1.3.6.1.5.5.7.3.1", from ?? TimeSpan.FromDays(-1), to ?? TimeSpan.FromDays(1));
    }

    /// <summary>Writes a client's to the folder.</summary>
    public void AddClient()
    {
        using var certificate = Sign("client", null, "1.3.6.1.5.5.7.3.2", TimeSpan.FromDays(-1), TimeSpan.FromDays(1));
        Write("cert.pem", certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        Write("key.pem", key.ExportPkcs8PrivateKeyPem());
    }

    public bool HasSigned(X509Certificate? certificate) => certificate is not null && certificate.Issuer == authority.Subject;

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    private X509Certificate2 Sign(string name, SubjectAlternativeNameBuilder? names, string purpose, TimeSpan from, TimeSpan to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        using var signed = request.Create(authority, Now + from, Now + to, [1, 2, 3]);
        return signed.CopyWithPrivateKey(key);
    }
}
