namespace Parallax.Host.Tests;

[Collection(GeneratorCollection.Name)]
public sealed class SeedTests
{
    [Fact]
    public void Test_InTheCollection_StartsWithTheSeed()
    {
        using var generator = new Generator(1);

        Assert.Equal(torch.rand([1], dtype: float64, generator: generator).item<double>(), torch.rand([1], dtype: float64).item<double>());
    }
}
