using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PrivateFolderTests : IDisposable
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly TrackingWorkplace _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData(UnixFileMode.GroupRead | UnixFileMode.OtherRead)]
    public void Make_NewOrReadByOthers_IsOfTheUserAlone(UnixFileMode? others)
    {
        var folder = Path.Combine(_place.Folder, "private");
        if (others is { } mode)
        {
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, Mine | mode);
        }

        PrivateFolder.Make(folder);

        Assert.Equal(Mine, File.GetUnixFileMode(folder));
    }

    [Fact]
    public void Make_WrittenByOthersOrALink_Refuses()
    {
        var (open, link) = (Path.Combine(_place.Folder, "open"), Path.Combine(_place.Folder, "link"));
        Directory.CreateDirectory(open);
        File.SetUnixFileMode(open, Mine | UnixFileMode.OtherWrite);
        Directory.CreateSymbolicLink(link, _place.Folder);

        Assert.Throws<IOException>(() => PrivateFolder.Make(open));
        Assert.Throws<IOException>(() => PrivateFolder.Make(link));
    }
}
