using Parallax.Host.Experiments;
using Parallax.Host.Training;
using Parallax.Host.Tests.Training;

namespace Parallax.Host.Tests.Experiments;

[Collection(GeneratorCollection.Name)]
public sealed class PlacementTests : IDisposable
{
    private readonly TrainingBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Constructor_Fp16OnTheCpu_NamesWhatWorks() =>
        Assert.Equal("trainer.precision is fp16, which needs a CUDA device; this run is on the CPU. Use bf16 or fp32.", Fault("trainer.precision=fp16"));

    [Fact]
    public void Constructor_DeviceThatIsNotThere_SaysHowManyThereAre()
    {
        Assert.SkipWhen(torch.cuda.is_available(), "This machine has a CUDA device.");

        Assert.StartsWith("trainer.device is 'cuda:1', but the linked libtorch sees 0 CUDA devices. Use trainer.device: cpu, ", Fault("trainer.device=cuda:1"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_UnknownDevice_IsToldWithWhatIsAllowed() => Assert.Contains("'gpu'", Fault("trainer.device=gpu"), StringComparison.Ordinal);

    [Fact]
    public void Constructor_Threads_AreThoseOfTorch()
    {
        _ = new Placement(_bench.Configuration("trainer.threads=1").Trainer);

        Assert.Equal(1, torch.get_num_threads());
    }

    [Fact]
    public void Autocast_Bf16_ComputesProductsInBf16AndEndsWithItsScope()
    {
        using var scope = torch.NewDisposeScope();
        var placement = new Placement(_bench.Configuration("trainer.precision=bf16").Trainer);
        var matrix = torch.ones(4, 4);

        ScalarType inside;
        using (placement.Autocast())
        {
            inside = matrix.mm(matrix).dtype;
        }

        Assert.Equal(torch.bfloat16, inside);
        Assert.Equal(torch.float32, matrix.mm(matrix).dtype);
    }

    private string Fault(string setting) => Assert.Throws<ConfigurationException>(() => new Placement(_bench.Configuration(setting).Trainer)).Message;
}
