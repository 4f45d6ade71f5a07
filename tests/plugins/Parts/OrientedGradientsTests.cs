using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class OrientedGradientsTests
{
    private static readonly OrientedGradients _gradients = new(Bins: 9, Cell: 4);

    [Theory]
    [InlineData(1, 0, 4)]     // brighter to the right: atan2(-8, 0) = -90 degrees, which is 90 unsigned: bin 4
    [InlineData(0, 1, 0)]     // brighter downwards: atan2(0, -8) = 180 degrees, which is 0: bin 0
    [InlineData(1, 1, 2)]     // along the diagonal: -135 degrees, which is 45: bin 2
    [InlineData(1, -1, 6)]    // along the other one: -45 degrees, which is 135: bin 6
    public void Of_Slope_FallsIntoTheBinOfItsDirection(int right, int down, int bin)
    {
        var place = arange(12, dtype: float32);
        var image = ((right * place.view(1, -1)) + (down * place.view(-1, 1))).view(1, 1, 12, 12);

        var inner = _gradients.Of(image)[0, 0].select(1, 1).select(1, 1);   // [9], of the middle cell, which no border touches

        Assert.Equal(Enumerable.Range(0, 9).Select(k => k == bin ? 1f : 0f), Tensors.Values(inner));
    }

    [Fact]
    public void Of_HorizontalGradientAtTheSides_IsExactlyZero()
    {
        var image = Tensors.Normal(1, 1, 3, 8, 8) * 1e3f;

        var cells = new OrientedGradients(Bins: 9, Cell: 1).Of(image);   // [1, 3, 9, 8, 8], one bin per pixel

        Assert.All(new[] { 0, 7 }, column =>
            Tensors.AssertClose(ones([3, 6]), cells[0].select(1, 0).select(2, column).narrow(1, 1, 6), tolerance: 0));   // bin 0; corners have no gradient
    }

    [Fact]
    public void Of_Contrast_DoesNotMatter_AndFlatCellsStayZero()
    {
        var image = Tensors.Normal(2, 2, 3, 8, 8);

        Tensors.AssertClose(_gradients.Of(image), _gradients.Of((image * 7) + 3), tolerance: 1e-4);
        Assert.Equal(0, _gradients.Of(ones([1, 3, 8, 8])).abs().max().item<float>());
    }

    [Fact]
    public void FromRows_InvertsRows()
    {
        var histograms = Tensors.Normal(3, 2, 3, 9, 6, 6);

        Tensors.AssertClose(histograms, OrientedGradients.FromRows(OrientedGradients.Rows(histograms, 2), channels: 3, cellsPerPatch: 2), tolerance: 0);
    }

    [Fact]
    public void Draw_VerticalEdge_IsAVerticalLine()
    {
        var histograms = zeros([1, 3, 9, 2, 1]);
        histograms[0, .., 4, 0, 0] = tensor(1f);   // brighter to the right, in the upper cell

        var picture = GradientPictures.Draw(histograms);   // [1, 1, 16, 8]

        Assert.Equal([1, 1, 16, 8], picture.shape);
        var columns = Tensors.Values(picture[0, 0].narrow(0, 0, 8).mean([0]));
        Assert.True(columns[3] > 0.4 && columns[4] > 0.4 && columns[0] == 0 && columns[7] == 0, string.Join(" ", columns));
        Assert.Equal(0, picture[0, 0].narrow(0, 8, 8).abs().max().item<float>());
    }
}
