namespace Agentops.Runtimes.Engine;

/// <summary>What engines say of themselves, in our types.</summary>
internal static class EngineFacts
{
    /// <summary>What Docker says.</summary>
    /// <param name="version">The answer to <c>GET /version</c>.</param>
    /// <param name="info">The answer to <c>GET /info</c>.</param>
    /// <returns>The facts.</returns>
    public static RuntimeFacts Of(WireVersion version, WireInfo info)
    {
        // "MemoryLimit":true,"CpuCfsQuota":true,"PidsLimit":true
        IReadOnlyList<(RunLimit Limit, bool? Holds)> limits = [(RunLimit.Cpus, info.CpuCfsQuota), (RunLimit.Memory, info.MemoryLimit), (RunLimit.Processes, info.PidsLimit)];
        var isRootless = info.SecurityOptions?.Any(option => option.StartsWith("name=rootless", StringComparison.Ordinal));
        IReadOnlyList<RunLimit>? lacking = limits.All(limit => limit.Holds is null) ? null : [.. limits.Where(limit => limit.Holds is false).Select(limit => limit.Limit)];
        return Api(version) with
        {
            IsRootless = isRootless,
            StorageDriver = info.Driver,
            DataRoot = info.DockerRootDir,
            HostName = info.Name,
            LackingLimits = lacking,
            LackingWhy = lacking is null or [] ? null
                : isRootless is true && info.CgroupVersion is "1" ? "Docker without root needs cgroup v2 for that"
                : "the engine's kernel or control groups do not allow it",
        };
    }

    /// <summary>What Podman says, which tells more of its host by its own API.</summary>
    /// <param name="version">The answer to <c>GET /version</c>.</param>
    /// <param name="info">The answer to <c>GET /libpod/info</c>.</param>
    /// <returns>The facts.</returns>
    public static RuntimeFacts Of(WireVersion version, WirePodman info)
    {
        var isRootless = info.Host?.Security?.Rootless;
        // Root's own is not asked what it lacks when a run is made, either.
        IReadOnlyList<RunLimit>? lacking = isRootless is false ? [] : info.Host is { } host ? PodmanLacks.Lacking(host) : null;
        return Api(version) with
        {
            IsRootless = isRootless,
            StorageDriver = info.Store?.GraphDriverName,
            DataRoot = info.Store?.GraphRoot,
            HostName = info.Host?.Hostname,
            LackingLimits = lacking,
            LackingWhy = lacking is null or [] ? null : PodmanLacks.Why(info.Host!),
        };
    }

    private static RuntimeFacts Api(WireVersion version) => new()
    {
        OldestApi = Version.TryParse(version.MinAPIVersion, out var oldest) ? oldest : null,
        NewestApi = Version.TryParse(version.ApiVersion, out var newest) ? newest : null,
    };
}
