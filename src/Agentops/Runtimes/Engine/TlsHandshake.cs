using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Agentops.Runtimes.Engine;

/// <summary>Makes a connection speak TLS. Nothing here is touched without it: the first use loads OpenSSL.</summary>
internal static class TlsHandshake
{
    /// <summary>Shakes hands.</summary>
    /// <param name="socket">Connected; closed with the stream, and when it fails.</param>
    /// <param name="tls">Whom to believe, and who we are.</param>
    /// <param name="host">What the engine's certificate must be for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>An encrypted stream.</returns>
    /// <exception cref="EngineFaultException">They do not believe each other, or a file cannot be read.</exception>
    public static async Task<SslStream> Over(Socket socket, EngineTls tls, string host, CancellationToken cancellationToken)
    {
        EngineFault? refused = null;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = host,
                ClientCertificateContext = Ours(tls),
                CertificateChainPolicy = Policy(tls),
                RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                {
                    refused = tls.SkipVerify || errors == SslPolicyErrors.None ? null : TlsFault.Of(certificate as X509Certificate2, chain, errors, host, tls.Authority);
                    return refused is null;
                },
            };
            await stream.AuthenticateAsClientAsync(options, cancellationToken);
            return stream;
        }
        catch (AuthenticationException failure)
        {
            await stream.DisposeAsync();
            throw new EngineFaultException(refused ?? TlsFault.Of(failure), failure);
        }
        catch (IOException failure) when (failure is not EngineFaultException)
        {
            await stream.DisposeAsync();
            throw new EngineFaultException(TlsFault.OfAlert(failure) ?? TlsFault.HungUp, failure);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static SslStreamCertificateContext? Ours(EngineTls tls)
    {
        if (tls.Certificate is null && tls.Key is null)
        {
            return null;
        }

        if (tls is not { Certificate: { } certificate, Key: { } key })
        {
            throw new EngineFaultException(TlsFault.Unreadable((tls.Certificate ?? tls.Key)!, $"{(tls.Key is null ? "key.pem" : "cert.pem")} is missing beside it"));
        }

        return Read(certificate, () => SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificate, key), additionalCertificates: null, offline: true), key);
    }

    private static X509ChainPolicy? Policy(EngineTls tls)
    {
        if (tls.Authority is not { } file)
        {
            return null;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        var authorities = new X509Certificate2Collection();
        Read(file, () =>
        {
            authorities.ImportFromPemFile(file);
            return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds no certificate in PEM");
        });
        foreach (var authority in authorities)
        {
            // One in between does not end a chain.
            (authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData) ? policy.CustomTrustStore : policy.ExtraStore).Add(authority);
        }

        return policy;
    }

    private static T Read<T>(string file, Func<T> read, string? key = null)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            var reason = failure is CryptographicException ? EngineFault.FirstLine(failure.Message) : "it cannot be read: " + EngineFault.FirstLine(failure.Message);
            throw new EngineFaultException(TlsFault.Unreadable(key is null ? file : $"{file} with {Path.GetFileName(key)}", reason), failure);
        }
    }
}
