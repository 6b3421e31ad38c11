using System.Diagnostics.CodeAnalysis;
using System.Formats.Tar;
using System.Text;

namespace Agentops.Tests.Copying;

/// <summary>Archives made by hand, honest or not.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Memory only, and ToArray ends it.")]
internal sealed class TestArchive
{
    private readonly MemoryStream bytes = new();
    private readonly TarWriter tar;

    public TestArchive() => tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true);

    public TestArchive Folder(string name, int mode = 0b111_101_101) => Add(new PaxTarEntry(TarEntryType.Directory, name) { Mode = (UnixFileMode)mode });

    public TestArchive File(string name, string content = "content", int mode = 0b110_100_100) =>
        Add(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });

    public TestArchive Link(string name, string target) => Add(new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = target });

    public TestArchive Same(string name, string original) => Add(new PaxTarEntry(TarEntryType.HardLink, name) { LinkName = original });

    public TestArchive Special(TarEntryType type, string name) => Add(new PaxTarEntry(type, name));

    public byte[] ToArray()
    {
        tar.Dispose();
        return bytes.ToArray();
    }

    /// <summary>Cut off between two entries.</summary>
    public byte[] WithoutEnd() => ToArray()[..^1024];

    private TestArchive Add(TarEntry entry)
    {
        tar.WriteEntry(entry);
        return this;
    }
}
