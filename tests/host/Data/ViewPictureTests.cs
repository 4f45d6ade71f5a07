using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Host.Data;
using Parallax.Host.Images;

namespace Parallax.Host.Tests.Data;

public sealed class ViewPictureTests
{
    [Fact]
    public void Write_NormalisedBatch_ShowsTheImages()
    {
        var data = new FakeDataset(4);
        using var loader = new EvaluationLoader(data, side: 4, new LoaderSettings(BatchSize: 4), NullLogger.Instance);
        using var file = new MemoryStream();

        ViewPicture.Write(file, loader.Batches().First(), data.Info, images: 3);

        var picture = new ImageBuffer();
        new ImageDecoder().Decode(file.ToArray(), picture);
        Assert.Equal(new ImageSize((3 * 6) + 2, 6 + 2), picture.Size);
        Assert.Equal(1f, picture.Plane(0)[0]);                                       // white frame
        Assert.Equal(128 / 255f, picture.Plane(0)[((2 * 6) + 2) * picture.Width + 2]);   // third image: 0.5
    }
}
