using Parallax.Host.Verification;

namespace Parallax.Host.Tests.Verification;

public sealed class GradientsTests
{
    [Fact]
    public void Compare_OneValueOff_IsTheShareOfTheNorm()
    {
        using var scope = torch.NewDisposeScope();
        var expected = new Dictionary<string, Tensor> { ["a"] = torch.tensor(new[] { 3f, 4f }), ["b"] = torch.tensor(new[] { 0f, 1f }) };
        var actual = new Dictionary<string, Tensor> { ["a"] = torch.tensor(new[] { 3f, 4.5f }), ["b"] = torch.tensor(new[] { 0f, 1f }) };

        var deviations = Gradients.Compare(expected, actual);

        Assert.Equal(["a", "b"], deviations.Select(off => off.Name));
        Assert.Equal(0.5 / (5 + (0.005 * 5)), deviations[0].Share, tolerance: 1e-9);   // by hand
        Assert.Equal(0, deviations[1].Share);
        Assert.Equal(0.5 / Math.Sqrt(26), Gradients.WholeDifference(expected, actual), tolerance: 1e-9);
    }

    [Fact]
    public void Compare_NothingButRounding_IsMeasuredAgainstTheLargestGradient()
    {
        using var scope = torch.NewDisposeScope();
        var expected = new Dictionary<string, Tensor> { ["large"] = torch.tensor(new[] { 100f }), ["zero"] = torch.tensor(new[] { 1e-6f }) };
        var actual = new Dictionary<string, Tensor> { ["large"] = torch.tensor(new[] { 100f }), ["zero"] = torch.tensor(new[] { -1e-6f }) };

        Assert.True(Gradients.Compare(expected, actual).All(off => off.Share < 1e-5));
    }

    [Fact]
    public void Compare_GradientThatIsNotThere_IsOffByAllOfIt()
    {
        using var scope = torch.NewDisposeScope();

        var deviation = Assert.Single(Gradients.Compare(new Dictionary<string, Tensor> { ["a"] = torch.ones(2) }, new Dictionary<string, Tensor>()));

        Assert.Equal(1, deviation.Share);
    }

    [Fact]
    public void WholeDifference_GradientOnOneSideOnly_CountsWithItsNorm()
    {
        using var scope = torch.NewDisposeScope();
        var two = new Dictionary<string, Tensor> { ["a"] = torch.tensor(new[] { 3f }), ["b"] = torch.tensor(new[] { 4f }) };
        var one = new Dictionary<string, Tensor> { ["a"] = torch.tensor(new[] { 3f }) };

        Assert.Equal(4.0 / 5, Gradients.WholeDifference(two, one), tolerance: 1e-12);   // missing
        Assert.Equal(4.0 / 3, Gradients.WholeDifference(one, two), tolerance: 1e-12);   // superfluous
        Assert.Equal(0, Gradients.WholeDifference(one, one));
    }

    [Fact]
    public void Measured_OneThatIsNoNumber_IsTheLargest()
    {
        var result = new PropertyResult("a property", Outcome.Fails, "").Measured(
            0, new(double.NaN, [new("a", 0.5), new("b", double.NaN), new("c", 0.7)]));

        Assert.Equal("b", result.Parameter);
        Assert.Null(result.GradientDifference);
        Assert.Null(result.LargestGradientDifference);
    }

    [Theory]
    [InlineData(0.02, false)]
    [InlineData(0.021, true)]
    [InlineData(double.NaN, true)]
    public void Exceeds_OfAShare_TakesWhatIsNoNumberAsTooMuch(double share, bool expected) => Assert.Equal(expected, new Deviation("a", share).Exceeds(0.02));
}
