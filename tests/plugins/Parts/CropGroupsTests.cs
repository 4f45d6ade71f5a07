using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class CropGroupsTests
{
    [Fact]
    public void Encode_ThreeSizes_MakesOnePassEachAndKeepsTheOrderOfViews()
    {
        var passes = new List<long[]>();
        Tensor[] views = [.. new[] { 4, 2, 4, 3, 2 }.Select((side, view) => full([2, 1, side, side], (float)view))];

        var features = CropGroups.Encode(views, images =>
        {
            passes.Add(images.shape);
            return images.mean([2, 3]);
        });

        Assert.Equal([[4, 1, 4, 4], [4, 1, 2, 2], [2, 1, 3, 3]], passes);
        Assert.All(features.Select((f, view) => (f, view)), pair => Tensors.AssertClose(full([2, 1], (float)pair.view), pair.f));
    }
}
