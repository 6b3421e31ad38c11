using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Agentops.Runtimes.Engine;

/// <summary>Says why no TLS could be agreed on, and what to do.</summary>
internal static class TlsFault
{
    private const string Certificates = "Docker's page on it: https://docs.docker.com/engine/security/protect-access/";

    /// <summary>TLS is spoken there, and we did not.</summary>
    public static EngineFault Wanted { get; } = new(EngineFaultKind.Tls, "it speaks TLS, and was asked without")
    {
        Advice = "Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem; or make a context: docker context create lab --docker host=…,ca=…,cert=…,key=…",
    };

    /// <summary>The other side went in the middle of it.</summary>
    public static EngineFault HungUp { get; } = new(EngineFaultKind.Tls, "it hung up while TLS was agreed on")
    {
        Advice = "Is it an engine, and does its port speak TLS? Docker's does at 2376, as a rule.",
    };

    private static EngineFault NotSpoken { get; } = new(EngineFaultKind.Tls, "it does not speak TLS")
    {
        Advice = "Unset DOCKER_TLS_VERIFY (or make the context without TLS) if that is right; whoever reaches an engine without TLS owns its machine.",
    };

    /// <summary>A file of ours is no use.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="reason">Why.</param>
    /// <returns>The fault.</returns>
    public static EngineFault Unreadable(string file, string reason) => new(EngineFaultKind.Tls, $"{file}: {reason}")
    {
        Advice = "ca.pem, cert.pem and key.pem must be in PEM, the key without a password, and yours to read.",
    };

    /// <summary>We do not believe the engine's certificate.</summary>
    /// <param name="certificate">It; null when it has none.</param>
    /// <param name="chain">How far it could be followed.</param>
    /// <param name="errors">What is wrong with it.</param>
    /// <param name="host">What it should be for.</param>
    /// <param name="authority">The file with those who may have signed it; null for those that this machine trusts.</param>
    /// <returns>The fault.</returns>
    public static EngineFault Of(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, string host, string? authority)
    {
        var status = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        var expired = chain?.ChainElements.FirstOrDefault(element => element.ChainElementStatus.Any(one => one.Status.HasFlag(X509ChainStatusFlags.NotTimeValid)))?.Certificate;
        if (certificate is null)
        {
            return new EngineFault(EngineFaultKind.Tls, "it shows no certificate") { Advice = Certificates };
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && (status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            return new EngineFault(EngineFaultKind.Tls, $"its certificate is signed by '{certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true)}', which {(authority is null ? "this machine" : authority)} does not know")
            {
                Advice = "Is it the right engine? Then put the certificate of its authority into ca.pem in DOCKER_CERT_PATH, or into the context (docker context update … --docker host=…,ca=ca.pem).",
            };
        }

        if (expired is not null)
        {
            var isEarly = expired.NotBefore > expired.NotAfter || expired.NotBefore.ToUniversalTime() > chain!.ChainPolicy.VerificationTime.ToUniversalTime();
            var whose = expired.Thumbprint == certificate.Thumbprint ? "its certificate" : "the certificate of its authority";
            return isEarly
                ? new EngineFault(EngineFaultKind.Tls, $"{whose} is valid from {Day(expired.NotBefore)} on only") { Advice = "Is the clock of this machine right?" }
                : new EngineFault(EngineFaultKind.Tls, $"{whose} expired on {Day(expired.NotAfter)}") { Advice = $"Renew it on the engine's machine. {Certificates}" };
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? new EngineFault(EngineFaultKind.Tls, $"its certificate is for {Names(certificate)} and not for {host}") { Advice = "Use a name that it is for, or renew it with this one among its alternative names." }
            : new EngineFault(EngineFaultKind.Tls, $"its certificate is not to be believed: {EngineFault.FirstLine(chain?.ChainStatus.FirstOrDefault().StatusInformation ?? errors.ToString())}") { Advice = Certificates };
    }

    /// <summary>The handshake failed, and it was not the engine's certificate.</summary>
    /// <param name="failure">What was caught.</param>
    /// <returns>The fault.</returns>
    public static EngineFault Of(AuthenticationException failure)
    {
        var words = Words(failure);
        return OfAlert(failure)
            ?? (words.Contains("wrong version number", StringComparison.Ordinal) || words.Contains("frame size", StringComparison.Ordinal) || words.Contains("corrupted frame", StringComparison.Ordinal) ? NotSpoken
                : new EngineFault(EngineFaultKind.Tls, $"no TLS could be agreed on: {EngineFault.FirstLine((failure.InnerException ?? failure).Message)}") { Advice = Certificates });
    }

    /// <summary>The engine does not believe us. With TLS 1.3 that comes when the handshake is over, so it may be met by any read.</summary>
    /// <param name="failure">What was caught.</param>
    /// <returns>Null when it is something else.</returns>
    public static EngineFault? OfAlert(Exception failure)
    {
        // error:0A00045C:SSL routines::tlsv13 alert certificate required
        var words = Words(failure);
        var reason = !words.Contains("alert", StringComparison.Ordinal) ? null
            : words.Contains("certificate required", StringComparison.Ordinal) ? "it wants a client certificate, and was shown none"
            : words.Contains("certificate expired", StringComparison.Ordinal) ? "our client certificate has expired, it says"
            : words.Contains("unknown ca", StringComparison.Ordinal) || words.Contains("bad certificate", StringComparison.Ordinal) || words.Contains("certificate unknown", StringComparison.Ordinal)
                || words.Contains("decrypt error", StringComparison.Ordinal) || words.Contains("unsupported certificate", StringComparison.Ordinal) ? "it wants a client certificate that it accepts"
            : words.Contains("handshake failure", StringComparison.Ordinal) || words.Contains("protocol version", StringComparison.Ordinal) ? "it agrees to none of the ways to speak TLS that this machine knows"
            : null;
        return reason is null ? null
            : new EngineFault(EngineFaultKind.Tls, reason) { Advice = "cert.pem and key.pem in DOCKER_CERT_PATH (or in the context) must be signed by the authority that the engine was given (--tlscacert), for client authentication." };
    }

    private static string Words(Exception failure)
    {
        var words = failure.Message;
        for (var inner = failure.InnerException; inner is not null; inner = inner.InnerException)
        {
            words += "\n" + inner.Message;
        }

        return words;
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(Text))).ToList();
        return names.Count == 0 ? $"'{certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)}', without alternative names," : string.Join(", ", names.Take(5));

        static string Text(IPAddress address) => address.ToString();
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
