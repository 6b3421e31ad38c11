using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class LimitsSpecs
{
    [Theory]
    [InlineData("4GB", 4L << 30)]
    [InlineData("4g", 4L << 30)]
    [InlineData("4GiB", 4L << 30)]
    [InlineData("4 GB", 4L << 30)]
    [InlineData("512MB", 512L << 20)]
    [InlineData("512m", 512L << 20)]
    [InlineData("1.5G", 3L << 29)]
    [InlineData("8388608", 8388608)]
    [InlineData("8388608b", 8388608)]
    [InlineData("9000kb", 9000L << 10)]
    [InlineData("1T", 1L << 40)]
    public void Memory_is_read_as_Docker_reads_it(string text, long bytes) => Assert.Equal(bytes, Limits.ParseMemory(text, "--memory"));

    [Theory]
    [InlineData("lots", "--memory: expected a size such as 4GB, got 'lots'")]
    [InlineData("", "--memory: expected a size such as 4GB, got ''")]
    [InlineData("-1g", "--memory: expected a size such as 4GB, got '-1g'")]
    [InlineData("1,5g", "--memory: expected a size such as 4GB, got '1,5g'")]
    [InlineData("4XB", "--memory: expected a size such as 4GB, got '4XB'")]
    [InlineData("4GB\n", "--memory: expected a size such as 4GB, got '4GB\n'")]
    [InlineData("99999999999T", "--memory: expected a size such as 4GB, got '99999999999T', which is more than any machine has")]
    [InlineData("1MB", "--memory: expected a size of at least 6MB, got '1MB'")]
    [InlineData("4096", "--memory: expected a size of at least 6MB, got '4096' (bytes, for want of a unit)")]
    public void What_is_no_memory_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Limits.ParseMemory(text, "--memory")).Message);

    [Theory]
    [InlineData("2", 2)]
    [InlineData("0.5", 0.5)]
    [InlineData(".5", 0.5)]
    public void Processors_may_be_parts_of_one(string text, double cpus) => Assert.Equal(cpus, Limits.ParseCpus(text, "--cpus"));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("two")]
    [InlineData("1e3")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    [InlineData("")]
    public void What_is_no_number_of_processors_is_refused(string text) =>
        Assert.Equal($"--cpus: expected a number of processors such as 1.5, got '{text}'", Assert.Throws<UsageException>(() => Limits.ParseCpus(text, "--cpus")).Message);
}
