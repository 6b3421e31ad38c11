namespace Agentops.Recipes;

/// <summary>The capabilities of Linux, by name: https://man7.org/linux/man-pages/man7/capabilities.7.html</summary>
internal static class Capability
{
    private static readonly string[] All =
    [
        "AUDIT_CONTROL", "AUDIT_READ", "AUDIT_WRITE", "BLOCK_SUSPEND", "BPF", "CHECKPOINT_RESTORE", "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID",
        "IPC_LOCK", "IPC_OWNER", "KILL", "LEASE", "LINUX_IMMUTABLE", "MAC_ADMIN", "MAC_OVERRIDE", "MKNOD", "NET_ADMIN", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_RAW",
        "PERFMON", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYSLOG", "SYS_ADMIN", "SYS_BOOT", "SYS_CHROOT", "SYS_MODULE", "SYS_NICE", "SYS_PACCT", "SYS_PTRACE",
        "SYS_RAWIO", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "WAKE_ALARM",
    ];

    /// <summary>Reads a capability's name.</summary>
    /// <param name="text"><c>NET_RAW</c> or <c>CAP_NET_RAW</c>, in either case.</param>
    /// <param name="where">What the message of a fault starts with.</param>
    /// <returns>Such as <c>NET_RAW</c>.</returns>
    /// <exception cref="UsageException">There is none of that name; <c>ALL</c> is none either, they are given by name.</exception>
    public static string Parse(string text, string where)
    {
        var name = text.ToUpperInvariant();
        name = name.StartsWith("CAP_", StringComparison.Ordinal) ? name["CAP_".Length..] : name;
        return All.Contains(name) ? name
            : name == "ALL" ? throw new UsageException($"{where}: capabilities are given one by one, not ALL")
            : throw new UsageException($"{where}: expected a capability such as NET_RAW, got '{text}'{(Nearest.To(name, All) is { } near ? $", did you mean {near}?" : "")}");
    }
}
