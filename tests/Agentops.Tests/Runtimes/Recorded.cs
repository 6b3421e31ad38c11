namespace Agentops.Tests.Runtimes;

/// <summary>Answers to <c>POST /build</c>, recorded from Docker 20.10.24, and from Podman where it is named.</summary>
internal static class Recorded
{
    /// <summary><c>FROM agentops/base-busybox:1</c>, <c>RUN echo hi; sleep 0.2; echo bad &gt;&amp;2; exit 3</c> by BuildKit.</summary>
    public const string BuildKitFailure = """
        {"id":"moby.buildkit.trace","aux":"Cm8KR3NoYTI1NjplNjQ4MWY4ZmI0MDUyYzM2YzQ0YmFiM2E0MmQxODRkNjNlZTFjNWQ0ODY1ZTJkM2JmMjdhMjlmZTRmNzdhMWJhGiRbaW50ZXJuYWxdIGxvYWQgcmVtb3RlIGJ1aWxkIGNvbnRleHQ="}
        {"id":"moby.buildkit.trace","aux":"CnwKR3NoYTI1NjplNjQ4MWY4ZmI0MDUyYzM2YzQ0YmFiM2E0MmQxODRkNjNlZTFjNWQ0ODY1ZTJkM2JmMjdhMjlmZTRmNzdhMWJhGiRbaW50ZXJuYWxdIGxvYWQgcmVtb3RlIGJ1aWxkIGNvbnRleHQqCwj89ZDYBhD9wsdX"}
        {"id":"moby.buildkit.trace","aux":"CokBCkdzaGEyNTY6ZTY0ODFmOGZiNDA1MmMzNmM0NGJhYjNhNDJkMTg0ZDYzZWUxYzVkNDg2NWUyZDNiZjI3YTI5ZmU0Zjc3YTFiYRokW2ludGVybmFsXSBsb2FkIHJlbW90ZSBidWlsZCBjb250ZXh0KgsI/PWQ2AYQ/cLHVzILCPz1kNgGEIe6rVk="}
        {"id":"moby.buildkit.trace","aux":"CosBCkdzaGEyNTY6ZTY0ODFmOGZiNDA1MmMzNmM0NGJhYjNhNDJkMTg0ZDYzZWUxYzVkNDg2NWUyZDNiZjI3YTI5ZmU0Zjc3YTFiYRokW2ludGVybmFsXSBsb2FkIHJlbW90ZSBidWlsZCBjb250ZXh0IAEqCwj89ZDYBhD8obVZMgsI/PWQ2AYQhua2WQ=="}
        {"id":"moby.buildkit.trace","aux":"CqMBCkdzaGEyNTY6YTZiNzhlZTdmZjA4MDUwYTc3ZDBhMzIzMDVkNjZlNTgwYTAxZmNkYTNlZDNjMTk2NjcwMWYzNTllYjU2MWQxMRJHc2hhMjU2OmU2NDgxZjhmYjQwNTJjMzZjNDRiYWIzYTQyZDE4NGQ2M2VlMWM1ZDQ4NjVlMmQzYmYyN2EyOWZlNGY3N2ExYmEaD2NvcHkgL2NvbnRleHQgLw=="}
        {"id":"moby.buildkit.trace","aux":"Cr8BCkdzaGEyNTY6YTZiNzhlZTdmZjA4MDUwYTc3ZDBhMzIzMDVkNjZlNTgwYTAxZmNkYTNlZDNjMTk2NjcwMWYzNTllYjU2MWQxMRJHc2hhMjU2OmU2NDgxZjhmYjQwNTJjMzZjNDRiYWIzYTQyZDE4NGQ2M2VlMWM1ZDQ4NjVlMmQzYmYyN2EyOWZlNGY3N2ExYmEaD2NvcHkgL2NvbnRleHQgLyABKgsI/PWQ2AYQjsD+WTILCPz1kNgGELWt/1k="}
        {"id":"moby.buildkit.trace","aux":"CpYBCkdzaGEyNTY6OGYzZDZmMzFjYTFhOWYxZDZkNjQ1NmYxZTU0NDgzMGI4YTBmZDE5NTI0MTcyZTc4MjMzMGMxZjVlZGY5YjI2NRo+W2ludGVybmFsXSBsb2FkIG1ldGFkYXRhIGZvciBkb2NrZXIuaW8vYWdlbnRvcHMvYmFzZS1idXN5Ym94OjEqCwj89ZDYBhDQ3tBd"}
        {"id":"moby.buildkit.trace","aux":"CqMBCkdzaGEyNTY6OGYzZDZmMzFjYTFhOWYxZDZkNjQ1NmYxZTU0NDgzMGI4YTBmZDE5NTI0MTcyZTc4MjMzMGMxZjVlZGY5YjI2NRo+W2ludGVybmFsXSBsb2FkIG1ldGFkYXRhIGZvciBkb2NrZXIuaW8vYWdlbnRvcHMvYmFzZS1idXN5Ym94OjEqCwj89ZDYBhDQ3tBdMgsI/PWQ2AYQlcHiXQ=="}
        {"id":"moby.buildkit.trace","aux":"CncKR3NoYTI1Njo2OGZmYTA1NjA3YTljZWY1YWM0YjU2NmNjYzliYjQyMmExYWJhZTIzYWExM2ZjMDM5YmM5NmIzMTJlODE2YjFiGixbMS8yXSBGUk9NIGRvY2tlci5pby9hZ2VudG9wcy9iYXNlLWJ1c3lib3g6MQrGAQpHc2hhMjU2OmVkZTU1MjBlMGQwNWRjNzcwYWJhZGFlMjEwMGYzMDcwOGNlMGRhNzRlNzkzNTQ5YjEzNjVkMjJiNjRmMjViYTASR3NoYTI1Njo2OGZmYTA1NjA3YTljZWY1YWM0YjU2NmNjYzliYjQyMmExYWJhZTIzYWExM2ZjMDM5YmM5NmIzMTJlODE2YjFiGjJbMi8yXSBSVU4gZWNobyBoaTsgc2xlZXAgMC4yOyBlY2hvIGJhZCA+JjI7IGV4aXQgMw=="}
        {"id":"moby.buildkit.trace","aux":"CpMBCkdzaGEyNTY6NjhmZmEwNTYwN2E5Y2VmNWFjNGI1NjZjY2M5YmI0MjJhMWFiYWUyM2FhMTNmYzAzOWJjOTZiMzEyZTgxNmIxYhosWzEvMl0gRlJPTSBkb2NrZXIuaW8vYWdlbnRvcHMvYmFzZS1idXN5Ym94OjEgASoLCPz1kNgGEMHFkl4yCwj89ZDYBhCcwpNe"}
        {"id":"moby.buildkit.trace","aux":"CtMBCkdzaGEyNTY6ZWRlNTUyMGUwZDA1ZGM3NzBhYmFkYWUyMTAwZjMwNzA4Y2UwZGE3NGU3OTM1NDliMTM2NWQyMmI2NGYyNWJhMBJHc2hhMjU2OjY4ZmZhMDU2MDdhOWNlZjVhYzRiNTY2Y2NjOWJiNDIyYTFhYmFlMjNhYTEzZmMwMzliYzk2YjMxMmU4MTZiMWIaMlsyLzJdIFJVTiBlY2hvIGhpOyBzbGVlcCAwLjI7IGVjaG8gYmFkID4mMjsgZXhpdCAzKgsI/PWQ2AYQ3urOXg=="}
        {"id":"moby.buildkit.trace","aux":"Gl4KR3NoYTI1NjplZGU1NTIwZTBkMDVkYzc3MGFiYWRhZTIxMDBmMzA3MDhjZTBkYTc0ZTc5MzU0OWIxMzY1ZDIyYjY0ZjI1YmEwEgwI/PWQ2AYQ6sOZuwEYASIDaGkK"}
        {"id":"moby.buildkit.trace","aux":"Gl8KR3NoYTI1NjplZGU1NTIwZTBkMDVkYzc3MGFiYWRhZTIxMDBmMzA3MDhjZTBkYTc0ZTc5MzU0OWIxMzY1ZDIyYjY0ZjI1YmEwEgwI/PWQ2AYQvtqcmwIYAiIEYmFkCg=="}
        {"id":"moby.buildkit.trace","aux":"Cr4CCkdzaGEyNTY6ZWRlNTUyMGUwZDA1ZGM3NzBhYmFkYWUyMTAwZjMwNzA4Y2UwZGE3NGU3OTM1NDliMTM2NWQyMmI2NGYyNWJhMBJHc2hhMjU2OjY4ZmZhMDU2MDdhOWNlZjVhYzRiNTY2Y2NjOWJiNDIyYTFhYmFlMjNhYTEzZmMwMzliYzk2YjMxMmU4MTZiMWIaMlsyLzJdIFJVTiBlY2hvIGhpOyBzbGVlcCAwLjI7IGVjaG8gYmFkID4mMjsgZXhpdCAzKgsI/PWQ2AYQ3urOXjIMCPz1kNgGEKOLk58COltleGVjdXRvciBmYWlsZWQgcnVubmluZyBbL2Jpbi9zaCAtYyBlY2hvIGhpOyBzbGVlcCAwLjI7IGVjaG8gYmFkID4mMjsgZXhpdCAzXTogZXhpdCBjb2RlOiAz"}
        {"errorDetail":{"message":"executor failed running [/bin/sh -c echo hi; sleep 0.2; echo bad \u003e\u00262; exit 3]: exit code: 3"},"error":"executor failed running [/bin/sh -c echo hi; sleep 0.2; echo bad \u003e\u00262; exit 3]: exit code: 3"}
        """;

    /// <summary>Three stages, two of them at once, by BuildKit.</summary>
    public const string BuildKitStages = """
        {"id":"moby.buildkit.trace","aux":"Cm8KR3NoYTI1NjoxZGI2MmQ1YzU5MTQ0NTkwMTc0YzNlZmE2Mjk1MTlhYmFlNzU2ZGRlZjk3YmEyZTBkMTAwN2UzMTZiYTVjZmQzGiRbaW50ZXJuYWxdIGxvYWQgcmVtb3RlIGJ1aWxkIGNvbnRleHQ="}
        {"id":"moby.buildkit.trace","aux":"Cn0KR3NoYTI1NjoxZGI2MmQ1YzU5MTQ0NTkwMTc0YzNlZmE2Mjk1MTlhYmFlNzU2ZGRlZjk3YmEyZTBkMTAwN2UzMTZiYTVjZmQzGiRbaW50ZXJuYWxdIGxvYWQgcmVtb3RlIGJ1aWxkIGNvbnRleHQqDAj69ZDYBhDjlKyQAQ=="}
        {"id":"moby.buildkit.trace","aux":"CosBCkdzaGEyNTY6MWRiNjJkNWM1OTE0NDU5MDE3NGMzZWZhNjI5NTE5YWJhZTc1NmRkZWY5N2JhMmUwZDEwMDdlMzE2YmE1Y2ZkMxokW2ludGVybmFsXSBsb2FkIHJlbW90ZSBidWlsZCBjb250ZXh0KgwI+vWQ2AYQ45SskAEyDAj69ZDYBhDN7feWAQ=="}
        {"id":"moby.buildkit.trace","aux":"Co0BCkdzaGEyNTY6MWRiNjJkNWM1OTE0NDU5MDE3NGMzZWZhNjI5NTE5YWJhZTc1NmRkZWY5N2JhMmUwZDEwMDdlMzE2YmE1Y2ZkMxokW2ludGVybmFsXSBsb2FkIHJlbW90ZSBidWlsZCBjb250ZXh0IAEqDAj69ZDYBhCRp4OXATIMCPr1kNgGEPeshZcB"}
        {"id":"moby.buildkit.trace","aux":"CqMBCkdzaGEyNTY6N2ZiNTEwYzc5ZmY1ODI5MDkwNWI0MjQ4OTY2OGNiNzZjNmUzNzU4NjA0Mjc0ODJkZjBjNmU3OTljNGQxYWJmYhJHc2hhMjU2OjFkYjYyZDVjNTkxNDQ1OTAxNzRjM2VmYTYyOTUxOWFiYWU3NTZkZGVmOTdiYTJlMGQxMDA3ZTMxNmJhNWNmZDMaD2NvcHkgL2NvbnRleHQgLw=="}
        {"id":"moby.buildkit.trace","aux":"CsEBCkdzaGEyNTY6N2ZiNTEwYzc5ZmY1ODI5MDkwNWI0MjQ4OTY2OGNiNzZjNmUzNzU4NjA0Mjc0ODJkZjBjNmU3OTljNGQxYWJmYhJHc2hhMjU2OjFkYjYyZDVjNTkxNDQ1OTAxNzRjM2VmYTYyOTUxOWFiYWU3NTZkZGVmOTdiYTJlMGQxMDA3ZTMxNmJhNWNmZDMaD2NvcHkgL2NvbnRleHQgLyABKgwI+vWQ2AYQ9brhlwEyDAj69ZDYBhDI0+KXAQ=="}
        {"id":"moby.buildkit.trace","aux":"CqUBCkdzaGEyNTY6OGYzZDZmMzFjYTFhOWYxZDZkNjQ1NmYxZTU0NDgzMGI4YTBmZDE5NTI0MTcyZTc4MjMzMGMxZjVlZGY5YjI2NRo+W2ludGVybmFsXSBsb2FkIG1ldGFkYXRhIGZvciBkb2NrZXIuaW8vYWdlbnRvcHMvYmFzZS1idXN5Ym94OjEqDAj69ZDYBhDV/Z2cATIMCPr1kNgGEMC/rJwB"}
        {"id":"moby.buildkit.trace","aux":"CqUBCkdzaGEyNTY6OGYzZDZmMzFjYTFhOWYxZDZkNjQ1NmYxZTU0NDgzMGI4YTBmZDE5NTI0MTcyZTc4MjMzMGMxZjVlZGY5YjI2NRo+W2ludGVybmFsXSBsb2FkIG1ldGFkYXRhIGZvciBkb2NrZXIuaW8vYWdlbnRvcHMvYmFzZS1idXN5Ym94OjEqDAj69ZDYBhCzgbecATIMCPr1kNgGEPDgv5wB"}
        {"id":"moby.buildkit.trace","aux":"CpcBCkdzaGEyNTY6OGYzZDZmMzFjYTFhOWYxZDZkNjQ1NmYxZTU0NDgzMGI4YTBmZDE5NTI0MTcyZTc4MjMzMGMxZjVlZGY5YjI2NRo+W2ludGVybmFsXSBsb2FkIG1ldGFkYXRhIGZvciBkb2NrZXIuaW8vYWdlbnRvcHMvYmFzZS1idXN5Ym94OjEqDAj69ZDYBhDJksecAQ=="}
        {"id":"moby.buildkit.trace","aux":"CqUBCkdzaGEyNTY6OGYzZDZmMzFjYTFhOWYxZDZkNjQ1NmYxZTU0NDgzMGI4YTBmZDE5NTI0MTcyZTc4MjMzMGMxZjVlZGY5YjI2NRo+W2ludGVybmFsXSBsb2FkIG1ldGFkYXRhIGZvciBkb2NrZXIuaW8vYWdlbnRvcHMvYmFzZS1idXN5Ym94OjEqDAj69ZDYBhDJksecATIMCPr1kNgGEIbS0JwB"}
        {"id":"moby.buildkit.trace","aux":"CnsKR3NoYTI1Njo2OGZmYTA1NjA3YTljZWY1YWM0YjU2NmNjYzliYjQyMmExYWJhZTIzYWExM2ZjMDM5YmM5NmIzMTJlODE2YjFiGjBbb25lIDEvMl0gRlJPTSBkb2NrZXIuaW8vYWdlbnRvcHMvYmFzZS1idXN5Ym94OjEKzgEKR3NoYTI1NjpjOTQ2YzIzMGZmYzk3ZDk0YmFhNGM1OGJhMTRiOGYyNjFmYTFlNGJjMGMxNDQzZjY5OGI1Zjc0MzFlNDNkNTUwEkdzaGEyNTY6NjhmZmEwNTYwN2E5Y2VmNWFjNGI1NjZjY2M5YmI0MjJhMWFiYWUyM2FhMTNmYzAzOWJjOTZiMzEyZTgxNmIxYho6W29uZSAyLzJdIFJVTiBlY2hvIG9uZTsgZWNobyBlcnIgPiYyOyBzbGVlcCAxOyBlY2hvIGEgPiAvYQqAAgpHc2hhMjU2OjgwYjhiN2E1MmZhZjc3YmJiMGQ0ZWM3Y2M2Y2JiYzA2NzNlYjUzYWNmNTEwMjc1ZjBkNTZiYzg2NjQwNzBmNTISR3NoYTI1Njo2OGZmYTA1NjA3YTljZWY1YWM0YjU2NmNjYzliYjQyMmExYWJhZTIzYWExM2ZjMDM5YmM5NmIzMTJlODE2YjFiEkdzaGEyNTY6Yzk0NmMyMzBmZmM5N2Q5NGJhYTRjNThiYTE0YjhmMjYxZmExZTRiYzBjMTQ0M2Y2OThiNWY3NDMxZTQzZDU1MBojW3N0YWdlLTIgMi81XSBDT1BZIC0tZnJvbT1vbmUgL2EgL2EKuAEKR3NoYTI1NjoyZmQ0MjZiZGM4NWQ5YmEzNDcwYmQwMWM4M2RkZTg2NDU0MGQ5MTBjNTY5M2EyMGFiMjhlYzkyNDdkNWI0ZmE5EkdzaGEyNTY6NjhmZmEwNTYwN2E5Y2VmNWFjNGI1NjZjY2M5YmI0MjJhMWFiYWUyM2FhMTNmYzAzOWJjOTZiMzEyZTgxNmIxYhokW3R3byAyLzJdIFJVTiBzbGVlcCAxOyBlY2hvIHR3byA+IC9iCoACCkdzaGEyNTY6NDkyNjIyZGM1NGNlYTlkNDgwNjQ2NDRlOTc0NjRlOGQzYmVmZGQ4MDc5ZGQ3OWIwMzU3MGM1YjVlOTQxZGE4ZRJHc2hhMjU2OjgwYjhiN2E1MmZhZjc3YmJiMGQ0ZWM3Y2M2Y2JiYzA2NzNlYjUzYWNmNTEwMjc1ZjBkNTZiYzg2NjQwNzBmNTISR3NoYTI1NjoyZmQ0MjZiZGM4NWQ5YmEzNDcwYmQwMWM4M2RkZTg2NDU0MGQ5MTBjNTY5M2EyMGFiMjhlYzkyNDdkNWI0ZmE5GiNbc3RhZ2UtMiAzLzVdIENPUFkgLS1mcm9tPXR3byAvYiAvYgrBAQpHc2hhMjU2OjA1ZWYyZjc2OTNiMjk5OGQwZjY1NTU3MDZmMGQwNTIzODFlNWM3N2U2NDM2YWU1Y2ExYmI0YTQ2YzQ1YmY4YjYSR3NoYTI1Njo0OTI2MjJkYzU0Y2VhOWQ0ODA2NDY0NGU5NzQ2NGU4ZDNiZWZkZDgwNzlkZDc5YjAzNTcwYzViNWU5NDFkYThlGi1bc3RhZ2UtMiA0LzVdIFJVTiBjYXQgL2EgL2IgJiYgcHJpbnRmICdub2VvbCcKrAEKR3NoYTI1NjpiOWFjNWY5OTEwMTRhYTEzYTE4NTNjMzk5YmMwY2M4N2UzZGU2N2FlYzg4NzQ2YmRiNjUxMmYxYzI4NTBmNjg5EkdzaGEyNTY6MDVlZjJmNzY5M2IyOTk4ZDBmNjU1NTcwNmYwZDA1MjM4MWU1Yzc3ZTY0MzZhZTVjYTFiYjRhNDZjNDViZjhiNhoYW3N0YWdlLTIgNS81XSBXT1JLRElSIC93"}
        {"id":"moby.buildkit.trace","aux":"CokBCkdzaGEyNTY6NjhmZmEwNTYwN2E5Y2VmNWFjNGI1NjZjY2M5YmI0MjJhMWFiYWUyM2FhMTNmYzAzOWJjOTZiMzEyZTgxNmIxYhowW29uZSAxLzJdIEZST00gZG9ja2VyLmlvL2FnZW50b3BzL2Jhc2UtYnVzeWJveDoxKgwI+vWQ2AYQmPiBnQE="}
        {"id":"moby.buildkit.trace","aux":"CpcBCkdzaGEyNTY6NjhmZmEwNTYwN2E5Y2VmNWFjNGI1NjZjY2M5YmI0MjJhMWFiYWUyM2FhMTNmYzAzOWJjOTZiMzEyZTgxNmIxYhowW29uZSAxLzJdIEZST00gZG9ja2VyLmlvL2FnZW50b3BzL2Jhc2UtYnVzeWJveDoxKgwI+vWQ2AYQmPiBnQEyDAj69ZDYBhCeppKdAQ=="}
        {"id":"moby.buildkit.trace","aux":"CpkBCkdzaGEyNTY6NjhmZmEwNTYwN2E5Y2VmNWFjNGI1NjZjY2M5YmI0MjJhMWFiYWUyM2FhMTNmYzAzOWJjOTZiMzEyZTgxNmIxYhowW29uZSAxLzJdIEZST00gZG9ja2VyLmlvL2FnZW50b3BzL2Jhc2UtYnVzeWJveDoxIAEqDAj69ZDYBhCeoJ2dATIMCPr1kNgGEKXanp0B"}
        {"id":"moby.buildkit.trace","aux":"CsYBCkdzaGEyNTY6MmZkNDI2YmRjODVkOWJhMzQ3MGJkMDFjODNkZGU4NjQ1NDBkOTEwYzU2OTNhMjBhYjI4ZWM5MjQ3ZDViNGZhORJHc2hhMjU2OjY4ZmZhMDU2MDdhOWNlZjVhYzRiNTY2Y2NjOWJiNDIyYTFhYmFlMjNhYTEzZmMwMzliYzk2YjMxMmU4MTZiMWIaJFt0d28gMi8yXSBSVU4gc2xlZXAgMTsgZWNobyB0d28gPiAvYioMCPr1kNgGEMahvJ4B"}
        {"id":"moby.buildkit.trace","aux":"CtwBCkdzaGEyNTY6Yzk0NmMyMzBmZmM5N2Q5NGJhYTRjNThiYTE0YjhmMjYxZmExZTRiYzBjMTQ0M2Y2OThiNWY3NDMxZTQzZDU1MBJHc2hhMjU2OjY4ZmZhMDU2MDdhOWNlZjVhYzRiNTY2Y2NjOWJiNDIyYTFhYmFlMjNhYTEzZmMwMzliYzk2YjMxMmU4MTZiMWIaOltvbmUgMi8yXSBSVU4gZWNobyBvbmU7IGVjaG8gZXJyID4mMjsgc2xlZXAgMTsgZWNobyBhID4gL2EqDAj69ZDYBhDJueGeAQ=="}
        {"id":"moby.buildkit.trace","aux":"Gl8KR3NoYTI1NjpjOTQ2YzIzMGZmYzk3ZDk0YmFhNGM1OGJhMTRiOGYyNjFmYTFlNGJjMGMxNDQzZjY5OGI1Zjc0MzFlNDNkNTUwEgwI+vWQ2AYQj9uAqAIYASIEb25lCg=="}
        {"id":"moby.buildkit.trace","aux":"Gl8KR3NoYTI1NjpjOTQ2YzIzMGZmYzk3ZDk0YmFhNGM1OGJhMTRiOGYyNjFmYTFlNGJjMGMxNDQzZjY5OGI1Zjc0MzFlNDNkNTUwEgwI+vWQ2AYQqtmDqAIYAiIEZXJyCg=="}
        {"id":"moby.buildkit.trace","aux":"CuoBCkdzaGEyNTY6Yzk0NmMyMzBmZmM5N2Q5NGJhYTRjNThiYTE0YjhmMjYxZmExZTRiYzBjMTQ0M2Y2OThiNWY3NDMxZTQzZDU1MBJHc2hhMjU2OjY4ZmZhMDU2MDdhOWNlZjVhYzRiNTY2Y2NjOWJiNDIyYTFhYmFlMjNhYTEzZmMwMzliYzk2YjMxMmU4MTZiMWIaOltvbmUgMi8yXSBSVU4gZWNobyBvbmU7IGVjaG8gZXJyID4mMjsgc2xlZXAgMTsgZWNobyBhID4gL2EqDAj69ZDYBhDJueGeATIMCPv1kNgGEMSeu7ICCtQBCkdzaGEyNTY6MmZkNDI2YmRjODVkOWJhMzQ3MGJkMDFjODNkZGU4NjQ1NDBkOTEwYzU2OTNhMjBhYjI4ZWM5MjQ3ZDViNGZhORJHc2hhMjU2OjY4ZmZhMDU2MDdhOWNlZjVhYzRiNTY2Y2NjOWJiNDIyYTFhYmFlMjNhYTEzZmMwMzliYzk2YjMxMmU4MTZiMWIaJFt0d28gMi8yXSBSVU4gc2xlZXAgMTsgZWNobyB0d28gPiAvYioMCPr1kNgGEMahvJ4BMgwI+/WQ2AYQtsmnswI="}
        {"id":"moby.buildkit.trace","aux":"Co4CCkdzaGEyNTY6ODBiOGI3YTUyZmFmNzdiYmIwZDRlYzdjYzZjYmJjMDY3M2ViNTNhY2Y1MTAyNzVmMGQ1NmJjODY2NDA3MGY1MhJHc2hhMjU2OjY4ZmZhMDU2MDdhOWNlZjVhYzRiNTY2Y2NjOWJiNDIyYTFhYmFlMjNhYTEzZmMwMzliYzk2YjMxMmU4MTZiMWISR3NoYTI1NjpjOTQ2YzIzMGZmYzk3ZDk0YmFhNGM1OGJhMTRiOGYyNjFmYTFlNGJjMGMxNDQzZjY5OGI1Zjc0MzFlNDNkNTUwGiNbc3RhZ2UtMiAyLzVdIENPUFkgLS1mcm9tPW9uZSAvYSAvYSoMCPv1kNgGEOqn4boC"}
        {"id":"moby.buildkit.trace","aux":"CpwCCkdzaGEyNTY6ODBiOGI3YTUyZmFmNzdiYmIwZDRlYzdjYzZjYmJjMDY3M2ViNTNhY2Y1MTAyNzVmMGQ1NmJjODY2NDA3MGY1MhJHc2hhMjU2OjY4ZmZhMDU2MDdhOWNlZjVhYzRiNTY2Y2NjOWJiNDIyYTFhYmFlMjNhYTEzZmMwMzliYzk2YjMxMmU4MTZiMWISR3NoYTI1NjpjOTQ2YzIzMGZmYzk3ZDk0YmFhNGM1OGJhMTRiOGYyNjFmYTFlNGJjMGMxNDQzZjY5OGI1Zjc0MzFlNDNkNTUwGiNbc3RhZ2UtMiAyLzVdIENPUFkgLS1mcm9tPW9uZSAvYSAvYSoMCPv1kNgGEOqn4boCMgwI+/WQ2AYQ5e2owQI="}
        {"id":"moby.buildkit.trace","aux":"Co4CCkdzaGEyNTY6NDkyNjIyZGM1NGNlYTlkNDgwNjQ2NDRlOTc0NjRlOGQzYmVmZGQ4MDc5ZGQ3OWIwMzU3MGM1YjVlOTQxZGE4ZRJHc2hhMjU2OjgwYjhiN2E1MmZhZjc3YmJiMGQ0ZWM3Y2M2Y2JiYzA2NzNlYjUzYWNmNTEwMjc1ZjBkNTZiYzg2NjQwNzBmNTISR3NoYTI1NjoyZmQ0MjZiZGM4NWQ5YmEzNDcwYmQwMWM4M2RkZTg2NDU0MGQ5MTBjNTY5M2EyMGFiMjhlYzkyNDdkNWI0ZmE5GiNbc3RhZ2UtMiAzLzVdIENPUFkgLS1mcm9tPXR3byAvYiAvYioMCPv1kNgGEJ/o7sEC"}
        {"id":"moby.buildkit.trace","aux":"CpwCCkdzaGEyNTY6NDkyNjIyZGM1NGNlYTlkNDgwNjQ2NDRlOTc0NjRlOGQzYmVmZGQ4MDc5ZGQ3OWIwMzU3MGM1YjVlOTQxZGE4ZRJHc2hhMjU2OjgwYjhiN2E1MmZhZjc3YmJiMGQ0ZWM3Y2M2Y2JiYzA2NzNlYjUzYWNmNTEwMjc1ZjBkNTZiYzg2NjQwNzBmNTISR3NoYTI1NjoyZmQ0MjZiZGM4NWQ5YmEzNDcwYmQwMWM4M2RkZTg2NDU0MGQ5MTBjNTY5M2EyMGFiMjhlYzkyNDdkNWI0ZmE5GiNbc3RhZ2UtMiAzLzVdIENPUFkgLS1mcm9tPXR3byAvYiAvYioMCPv1kNgGEJ/o7sECMgwI+/WQ2AYQho+ExgI="}
        {"id":"moby.buildkit.trace","aux":"Cs8BCkdzaGEyNTY6MDVlZjJmNzY5M2IyOTk4ZDBmNjU1NTcwNmYwZDA1MjM4MWU1Yzc3ZTY0MzZhZTVjYTFiYjRhNDZjNDViZjhiNhJHc2hhMjU2OjQ5MjYyMmRjNTRjZWE5ZDQ4MDY0NjQ0ZTk3NDY0ZThkM2JlZmRkODA3OWRkNzliMDM1NzBjNWI1ZTk0MWRhOGUaLVtzdGFnZS0yIDQvNV0gUlVOIGNhdCAvYSAvYiAmJiBwcmludGYgJ25vZW9sJyoMCPv1kNgGEIid7cYC"}
        {"id":"moby.buildkit.trace","aux":"GmEKR3NoYTI1NjowNWVmMmY3NjkzYjI5OThkMGY2NTU1NzA2ZjBkMDUyMzgxZTVjNzdlNjQzNmFlNWNhMWJiNGE0NmM0NWJmOGI2EgwI+/WQ2AYQqYevyAMYASIGYQp0d28K"}
        {"id":"moby.buildkit.trace","aux":"GmAKR3NoYTI1NjowNWVmMmY3NjkzYjI5OThkMGY2NTU1NzA2ZjBkMDUyMzgxZTVjNzdlNjQzNmFlNWNhMWJiNGE0NmM0NWJmOGI2EgwI+/WQ2AYQ243FyAMYASIFbm9lb2w="}
        {"id":"moby.buildkit.trace","aux":"Ct0BCkdzaGEyNTY6MDVlZjJmNzY5M2IyOTk4ZDBmNjU1NTcwNmYwZDA1MjM4MWU1Yzc3ZTY0MzZhZTVjYTFiYjRhNDZjNDViZjhiNhJHc2hhMjU2OjQ5MjYyMmRjNTRjZWE5ZDQ4MDY0NjQ0ZTk3NDY0ZThkM2JlZmRkODA3OWRkNzliMDM1NzBjNWI1ZTk0MWRhOGUaLVtzdGFnZS0yIDQvNV0gUlVOIGNhdCAvYSAvYiAmJiBwcmludGYgJ25vZW9sJyoMCPv1kNgGEIid7cYCMgwI+/WQ2AYQ/OKz0AM="}
        {"id":"moby.buildkit.trace","aux":"CroBCkdzaGEyNTY6YjlhYzVmOTkxMDE0YWExM2ExODUzYzM5OWJjMGNjODdlM2RlNjdhZWM4ODc0NmJkYjY1MTJmMWMyODUwZjY4ORJHc2hhMjU2OjA1ZWYyZjc2OTNiMjk5OGQwZjY1NTU3MDZmMGQwNTIzODFlNWM3N2U2NDM2YWU1Y2ExYmI0YTQ2YzQ1YmY4YjYaGFtzdGFnZS0yIDUvNV0gV09SS0RJUiAvdyoMCPv1kNgGEOPE5tMD"}
        {"id":"moby.buildkit.trace","aux":"CsgBCkdzaGEyNTY6YjlhYzVmOTkxMDE0YWExM2ExODUzYzM5OWJjMGNjODdlM2RlNjdhZWM4ODc0NmJkYjY1MTJmMWMyODUwZjY4ORJHc2hhMjU2OjA1ZWYyZjc2OTNiMjk5OGQwZjY1NTU3MDZmMGQwNTIzODFlNWM3N2U2NDM2YWU1Y2ExYmI0YTQ2YzQ1YmY4YjYaGFtzdGFnZS0yIDUvNV0gV09SS0RJUiAvdyoMCPv1kNgGEOPE5tMDMgwI+/WQ2AYQ1YnY2QM="}
        {"id":"moby.buildkit.trace","aux":"CmsKR3NoYTI1NjplOGM2MTNlMDdiMGI3ZmYzMzg5M2I2OTRmNzc1OWExMGQ0MmUxODBmMmI0ZGMzNDlmYjU3ZGM2YjcxZGNhYjAwGhJleHBvcnRpbmcgdG8gaW1hZ2UqDAj79ZDYBhCJrJDaAxJ3ChBleHBvcnRpbmcgbGF5ZXJzEkdzaGEyNTY6ZThjNjEzZTA3YjBiN2ZmMzM4OTNiNjk0Zjc3NTlhMTBkNDJlMTgwZjJiNGRjMzQ5ZmI1N2RjNmI3MWRjYWIwMDIMCPv1kNgGEJHLkNoDOgwI+/WQ2AYQ0MiQ2gM="}
        {"id":"moby.buildkit.trace","aux":"EoMBChBleHBvcnRpbmcgbGF5ZXJzEkdzaGEyNTY6ZThjNjEzZTA3YjBiN2ZmMzM4OTNiNjk0Zjc3NTlhMTBkNDJlMTgwZjJiNGRjMzQ5ZmI1N2RjNmI3MWRjYWIwMDILCPz1kNgGEN6bjgY6DAj79ZDYBhDQyJDaA0ILCPz1kNgGEIONjgY="}
        {"id":"moby.buildkit.trace","aux":"EroBClV3cml0aW5nIGltYWdlIHNoYTI1NjozM2JjYWY3MjQ5YmMzODBhMGMxOGY2YmU4NTE1ZjIwMzQyYjNhN2NlM2IyM2YwYzczN2Y0MWIzYTljZmUyN2ZlEkdzaGEyNTY6ZThjNjEzZTA3YjBiN2ZmMzM4OTNiNjk0Zjc3NTlhMTBkNDJlMTgwZjJiNGRjMzQ5ZmI1N2RjNmI3MWRjYWIwMDILCPz1kNgGELCyvAY6Cwj89ZDYBhDKsLwG"}
        {"id":"moby.buildkit.trace","aux":"EscBClV3cml0aW5nIGltYWdlIHNoYTI1NjozM2JjYWY3MjQ5YmMzODBhMGMxOGY2YmU4NTE1ZjIwMzQyYjNhN2NlM2IyM2YwYzczN2Y0MWIzYTljZmUyN2ZlEkdzaGEyNTY6ZThjNjEzZTA3YjBiN2ZmMzM4OTNiNjk0Zjc3NTlhMTBkNDJlMTgwZjJiNGRjMzQ5ZmI1N2RjNmI3MWRjYWIwMDILCPz1kNgGEOma3QY6Cwj89ZDYBhDKsLwGQgsI/PWQ2AYQg5ndBhKJAQokbmFtaW5nIHRvIGRvY2tlci5pby9hZ2VudG9wcy9iay1tczoxEkdzaGEyNTY6ZThjNjEzZTA3YjBiN2ZmMzM4OTNiNjk0Zjc3NTlhMTBkNDJlMTgwZjJiNGRjMzQ5ZmI1N2RjNmI3MWRjYWIwMDILCPz1kNgGEJWq3gY6Cwj89ZDYBhC2p94G"}
        {"id":"moby.buildkit.trace","aux":"CngKR3NoYTI1NjplOGM2MTNlMDdiMGI3ZmYzMzg5M2I2OTRmNzc1OWExMGQ0MmUxODBmMmI0ZGMzNDlmYjU3ZGM2YjcxZGNhYjAwGhJleHBvcnRpbmcgdG8gaW1hZ2UqDAj79ZDYBhCJrJDaAzILCPz1kNgGEKjB+wYSlgEKJG5hbWluZyB0byBkb2NrZXIuaW8vYWdlbnRvcHMvYmstbXM6MRJHc2hhMjU2OmU4YzYxM2UwN2IwYjdmZjMzODkzYjY5NGY3NzU5YTEwZDQyZTE4MGYyYjRkYzM0OWZiNTdkYzZiNzFkY2FiMDAyCwj89ZDYBhDJlfoGOgsI/PWQ2AYQtqfeBkILCPz1kNgGEKKR+gY="}
        {"id":"moby.image.id","aux":{"ID":"sha256:33bcaf7249bc380a0c18f6be8515f20342b3a7ce3b23f0c737f41b3a9cfe27fe"}}
        {"stream":"Successfully tagged agentops/bk-ms:1\n"}
        """;

    /// <summary>The same three stages by the classic builder, with two labels.</summary>
    public const string ClassicStages = """
        {"stream":"Step 1/12 : FROM agentops/base-busybox:1 AS one"}
        {"stream":"\n"}
        {"stream":" ---\u003e f9474c9058f5\n"}
        {"stream":"Step 2/12 : RUN echo one; echo err \u003e\u00262; sleep 1; echo a \u003e /a"}
        {"stream":"\n"}
        {"stream":" ---\u003e Running in 28d5ab2b0350\n"}
        {"stream":"\u001b[91merr\n\u001b[0m"}
        {"stream":"one\n"}
        {"stream":"Removing intermediate container 28d5ab2b0350\n"}
        {"stream":" ---\u003e 99eba8cbdeb6\n"}
        {"aux":{"ID":"sha256:99eba8cbdeb6091c7d352707c5d3bb387d6d8d40d14757e7b7da22a4e1b86ebb"}}
        {"stream":"Step 3/12 : FROM agentops/base-busybox:1 AS two"}
        {"stream":"\n"}
        {"stream":" ---\u003e f9474c9058f5\n"}
        {"stream":"Step 4/12 : RUN sleep 1; echo two \u003e /b"}
        {"stream":"\n"}
        {"stream":" ---\u003e Running in 91f865d91de4\n"}
        {"stream":"Removing intermediate container 91f865d91de4\n"}
        {"stream":" ---\u003e 764ec21f023e\n"}
        {"aux":{"ID":"sha256:764ec21f023ecdf3dbeccfa6cdc7f039912a03194047e557a44e65ad49697399"}}
        {"stream":"Step 5/12 : FROM agentops/base-busybox:1"}
        {"stream":"\n"}
        {"stream":" ---\u003e f9474c9058f5\n"}
        {"stream":"Step 6/12 : COPY --from=one /a /a"}
        {"stream":"\n"}
        {"stream":" ---\u003e d94a79d98ed3\n"}
        {"stream":"Step 7/12 : COPY --from=two /b /b"}
        {"stream":"\n"}
        {"stream":" ---\u003e 18f6897b535b\n"}
        {"stream":"Step 8/12 : ENV X=1"}
        {"stream":"\n"}
        {"stream":" ---\u003e Running in b5668757e425\n"}
        {"stream":"Removing intermediate container b5668757e425\n"}
        {"stream":" ---\u003e 247382233eb9\n"}
        {"stream":"Step 9/12 : RUN cat /a /b \u0026\u0026 printf 'noeol'"}
        {"stream":"\n"}
        {"stream":" ---\u003e Running in 7db76e46ed6e\n"}
        {"stream":"a\ntwo\n"}
        {"stream":"noeol"}
        {"stream":"Removing intermediate container 7db76e46ed6e\n"}
        {"stream":" ---\u003e 02738d5be701\n"}
        {"stream":"Step 10/12 : WORKDIR /w"}
        {"stream":"\n"}
        {"stream":" ---\u003e Running in 328899d6e1d4\n"}
        {"stream":"Removing intermediate container 328899d6e1d4\n"}
        {"stream":" ---\u003e 802499949763\n"}
        {"stream":"Step 11/12 : LABEL agentops=true"}
        {"stream":"\n"}
        {"stream":" ---\u003e Running in dfcb78f3264c\n"}
        {"stream":"Removing intermediate container dfcb78f3264c\n"}
        {"stream":" ---\u003e 3804178a5bb1\n"}
        {"stream":"Step 12/12 : LABEL agentops.base=true"}
        {"stream":"\n"}
        {"stream":" ---\u003e Running in cb356b6cbfd0\n"}
        {"stream":"Removing intermediate container cb356b6cbfd0\n"}
        {"stream":" ---\u003e 5f418e9c784a\n"}
        {"aux":{"ID":"sha256:5f418e9c784a7205ac177969b091504d4e2eae40edc110ea425e7a5bc704eebd"}}
        {"stream":"Successfully built 5f418e9c784a\n"}
        {"stream":"Successfully tagged agentops/cl-ms:1\n"}
        """;

    /// <summary>The failing step by the classic builder, with two labels.</summary>
    public const string ClassicFailure = """
        {"stream":"Step 1/4 : FROM agentops/base-busybox:1"}
        {"stream":"\n"}
        {"stream":" ---\u003e f9474c9058f5\n"}
        {"stream":"Step 2/4 : RUN echo hi; sleep 0.2; echo bad \u003e\u00262; exit 3"}
        {"stream":"\n"}
        {"stream":" ---\u003e Running in bfe9c5c2f316\n"}
        {"stream":"hi\n"}
        {"stream":"\u001b[91mbad\n\u001b[0m"}
        {"stream":"Removing intermediate container bfe9c5c2f316\n"}
        {"errorDetail":{"code":3,"message":"The command '/bin/sh -c echo hi; sleep 0.2; echo bad \u003e\u00262; exit 3' returned a non-zero code: 3"},"error":"The command '/bin/sh -c echo hi; sleep 0.2; echo bad \u003e\u00262; exit 3' returned a non-zero code: 3"}
        """;

    /// <summary>Podman 4.3.1, with two labels: a step from its cache, and a label that is new.</summary>
    public const string PodmanCached = """
        {"stream":"STEP 1/4: FROM agentops/base-busybox:1\n"}
        {"stream":"STEP 2/4: RUN echo hi\n"}
        {"stream":"--\u003e Using cache ec1fb60d50b0f4a73e754b54678a1e571f2e051bf8195dbc0af3014e78016564\n"}
        {"stream":"--\u003e ec1fb60d50b\n"}
        {"stream":"STEP 3/4: LABEL \"agentops\"=\"true\"\n"}
        {"stream":"--\u003e Using cache 90eba4197b94f394a47f0c4c88204d88487ffc78724f5d44d1f37b81c6723996\n"}
        {"stream":"--\u003e 90eba4197b9\n"}
        {"stream":"STEP 4/4: LABEL \"agentops.agent\"=\"probe\"\n"}
        {"stream":"COMMIT docker.io/agentops/probe:latest\n"}
        {"stream":"--\u003e 57f1d1b80ca\n"}
        {"stream":"Successfully tagged docker.io/agentops/probe:latest\n"}
        {"stream":"57f1d1b80ca04e2176bf7fb8219d26b51c7531b14d95b19e1c6584ffac815727\n"}
        {"aux":{"ID":"sha256:57f1d1b80ca04e2176bf7fb8219d26b51c7531b14d95b19e1c6584ffac815727"}}
        {"stream":"Successfully built 57f1d1b80ca0\n"}
        {"stream":"Successfully tagged agentops/probe:latest\n"}
        """;

    /// <summary>Podman 4.3.1: three stages, with two labels.</summary>
    public const string PodmanStages = """
        {"stream":"[1/3] STEP 1/2: FROM agentops/base-busybox:1 AS one\n"}
        {"stream":"[1/3] STEP 2/2: RUN echo one \u003e /one\n"}
        {"stream":"--\u003e 303a8c05867\n"}
        {"stream":"[2/3] STEP 1/2: FROM agentops/base-busybox:1\n"}
        {"stream":"[2/3] STEP 2/2: RUN echo two \u003e /two\n"}
        {"stream":"--\u003e 243df9fb2f3\n"}
        {"stream":"[3/3] STEP 1/6: FROM agentops/base-busybox:1\n"}
        {"stream":"[3/3] STEP 2/6: COPY --from=one /one /one\n"}
        {"stream":"--\u003e 17078ba6064\n"}
        {"stream":"[3/3] STEP 3/6: COPY --from=1 /two /two\n"}
        {"stream":"--\u003e 7eed9f0e1fa\n"}
        {"stream":"[3/3] STEP 4/6: RUN cat /one /two\n"}
        {"stream":"one\ntwo\n"}
        {"stream":"--\u003e e4d877a4824\n"}
        {"stream":"[3/3] STEP 5/6: LABEL \"agentops\"=\"true\"\n"}
        {"stream":"--\u003e c88f1690566\n"}
        {"stream":"[3/3] STEP 6/6: LABEL \"agentops.agent\"=\"probe\"\n"}
        {"stream":"[3/3] COMMIT docker.io/agentops/probe:latest\n"}
        {"stream":"--\u003e 9832d9c0326\n"}
        {"stream":"Successfully tagged docker.io/agentops/probe:latest\n"}
        {"stream":"9832d9c0326bcbe394d88bb4dda3ceceb44754a0e03bc860bb46f233fe6107d7\n"}
        {"aux":{"ID":"sha256:9832d9c0326bcbe394d88bb4dda3ceceb44754a0e03bc860bb46f233fe6107d7"}}
        {"stream":"Successfully built 9832d9c0326b\n"}
        {"stream":"Successfully tagged agentops/probe:latest\n"}
        """;

    /// <summary>Podman 4.3.1: <c>RUNN x</c>, with two labels.</summary>
    public const string PodmanUnknownInstruction = """
        {"stream":"STEP 1/4: FROM agentops/base-busybox:stable\n"}
        {"stream":"STEP 2/4: RUNN x\n"}
        {"stream":"time=\"2026-11-24T19:24:27Z\" level=error msg=\"+(UNHANDLED LOGLEVEL) \u0026imagebuilder.Step{Env:[]string{\\\"PATH=/bin\\\"}, Command:\\\"runn\\\", Args:[]string{\\\"\\\"}, Flags:[]string{}, Attrs:map[string]bool(nil), Message:\\\"RUNN \\\", Original:\\\"RUNN x\\\"}\"\n"}
        {"errorDetail":{"message":"building at STEP \"RUNN \": Build error: Unknown instruction: \"RUNN\" \u0026imagebuilder.Step{Env:[]string{\"PATH=/bin\"}, Command:\"runn\", Args:[]string{\"\"}, Flags:[]string{}, Attrs:map[string]bool(nil), Message:\"RUNN \", Original:\"RUNN x\"}\n"},"error":"x"}
        """;
}
