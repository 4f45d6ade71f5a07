using Parallax.Host.Images;
using Parallax.Host.Watching;

namespace Parallax.Host.Tests.Watching;

public sealed class RunPictureTests
{
    private const string Id = "0a1b2c3d-0000-1111-2222-333344445555";

    [Fact]
    public void Newest_SeveralSteps_IsTheLastOfEachName()
    {
        var newest = RunPicture.Newest(
        [
            $"views+step+9+timestamp+1+{Id}.png", $"views+step+10+timestamp+1+{Id}.png", $"views+step+10+timestamp+1+{Id}+compressed.png",
            $"a~b+step+0+timestamp+1+{Id}.png", "views.png", "notes.txt",
        ]);

        Assert.Equal(
            [new("a/b", 0, $"images/a~b+step+0+timestamp+1+{Id}.png"), new("views", 10, $"images/views+step+10+timestamp+1+{Id}.png")], newest);
    }

    [Fact]
    public void SizeOf_APicture_IsItsWidthAndHeight()
    {
        using var png = new MemoryStream();
        PngWriter.Write(png, new byte[6], 2, 3, 1);

        Assert.Equal((3, 2), RunPicture.SizeOf(png.ToArray()));
        Assert.Null(RunPicture.SizeOf("<svg></svg> that is long enough"u8));
    }
}
