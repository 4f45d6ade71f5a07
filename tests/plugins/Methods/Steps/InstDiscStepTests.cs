using Parallax.Contracts;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;
using static Parallax.Plugins.Tests.Methods.Steps.MemoryEquations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Instance discrimination against Wu et al. 2018 and its code.</summary>
public sealed class InstDiscStepTests
{
    private const double T = 0.3;
    private const int Images = 40, Negatives = 6;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 0)]
    [InlineData(0, 3)]
    public void InstDisc_FirstStep_IsThePapersWithZOfItsBatch(int epoch, double proximalWeight)
    {
        var method = Create(proximalWeight);
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step() with { Epoch = epoch });

        var (v, bank) = (Unit(networks.Run(batch.Views[0], "backbone", "projector")), networks.State("bank.bank"));
        var own = bank.index_select(0, batch.Indices);
        var e = Exponentials(v, bank, Candidates(batch.Indices, epoch, part: 0, Negatives, Images), T);
        var z = Z(e, Images);
        var nce = NCE(e, z, Images);
        var proximal = (v - own).square().sum(1).mean();
        networks.AssertStep(
            new(nce + (proximalWeight * proximal))
            {
                Embedding = v, Positive = own, Reports = [("nce_loss", nce), ("proximal", proximal)],
                Remembered = [("bank", v, batch.Indices)],
            },
            output with { Remember = [output.Remember[0]] });
        var update = output.Remember[1];
        Assert.Equal((RowJoining.Averaged, true), (update.Joining, ReferenceEquals(networks.Part("partition"), update.Memory)));
        Assert.Equal(z, update.Rows.item<float>(), 1e-4 * z);
    }

    [Fact]
    public void InstDisc_LaterStep_TakesTheZOfTheFirst()
    {
        var method = Create(proximalWeight: 0);
        var (networks, batch) = (new Networks(method), Networks.Batch(8));
        networks.Set("partition.z", full([1, 1], 123, dtype: float32));

        var output = method.Step(batch, TestRuns.Step(epoch: 1));

        var v = Unit(networks.Run(batch.Views[0], "backbone", "projector"));
        var e = Exponentials(v, networks.State("bank.bank"), Candidates(batch.Indices, epoch: 1, part: 0, Negatives, Images), T);
        Assert.Equal(NCE(e, 123, Images).item<double>(), output.Loss.item<float>(), 1e-4);
        Assert.Single(output.Remember);
    }

    [Fact]
    public void InstDisc_InfoNCE_IsTheCrossEntropyOverOwnRowAndNegatives_WithoutZ()
    {
        var method = Create(proximalWeight: 3, InstDiscContrast.InfoNCE);
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var (v, bank) = (Unit(networks.Run(batch.Views[0], "backbone", "projector")), networks.State("bank.bank"));
        var own = bank.index_select(0, batch.Indices);
        var e = Exponentials(v, bank, Candidates(batch.Indices, epoch: 0, part: 0, Negatives, Images), T);
        var nce = -(e.select(1, 0) / e.sum(1)).log().mean();
        var proximal = (v - own).square().sum(1).mean();
        networks.AssertStep(
            new(nce + (3 * proximal))
            {
                Embedding = v, Positive = own, Reports = [("nce_loss", nce), ("proximal", proximal)], Remembered = [("bank", v, batch.Indices)],
            },
            output);
    }

    [Fact]
    public void InstDisc_TemperatureThatZCannotBear_IsRefused()
    {
        var run = TestRuns.Of();   // 40 images: 88 - ln 40 = 84.3, 1 / 84.3 = 0.01186

        Assert.Empty(new InstDiscOptions { Temperature = 0.0119 }.Faults(run));
        Assert.StartsWith("method.temperature is 0.0118, with which the constant Z of 40 images may exceed float32. Take 0.0119 or more",
            Assert.Single(new InstDiscOptions { Temperature = 0.0118 }.Faults(run)), StringComparison.Ordinal);
        Assert.Empty(new InstDiscOptions { Temperature = 0.0118, Contrast = InstDiscContrast.InfoNCE }.Faults(run));
        Assert.Single(new PIRLOptions { Temperature = 0.0118 }.Faults(run));
    }

    [Fact]
    public void InstDisc_Bank_BeginsWithUniformRows_OrTheSameOfLengthOne()
    {
        var (uniform, unit) = (Bank(unitRows: false), Bank(unitRows: true));

        var lengths = uniform.norm(1);
        Assert.InRange(uniform.abs().max().item<float>(), 0.9 / Math.Sqrt(6 / 3.0), 1 / Math.Sqrt(6 / 3.0));   // D = 6
        Assert.True((lengths - 1).abs().max().item<float>() > 0.1);
        Tensors.AssertClose(uniform / lengths.unsqueeze(1), unit, tolerance: 1e-6);

        Tensor Bank(bool unitRows) =>
            new InstDisc(new NormBackbone(), new() { ProjectionDim = 6, UnitRows = unitRows }, TestRuns.Of()).state_dict()["bank.bank"];
    }

    [Fact]
    public void InstDiscSoftmax_Step_IsThePapers()
    {
        var method = new InstDiscSoftmax(new NormBackbone(), new() { Temperature = T, ProjectionDim = 6 }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var (v, bank) = (Unit(networks.Run(batch.Views[0], "backbone", "projector")), networks.State("bank.bank"));
        var logits = v.matmul(bank.to(float64).t()) / T;                                           // [N, M]
        networks.AssertStep(
            new(CrossEntropy((batch.Indices.unsqueeze(1) == arange(Images, dtype: int64)).to(float64), logits))
            {
                Embedding = v, Positive = bank.index_select(0, batch.Indices), Remembered = [("bank", v, batch.Indices)],
            },
            output);
    }

    private static InstDisc Create(double proximalWeight, InstDiscContrast contrast = InstDiscContrast.NCE)
    {
        InstDiscOptions options = new()
        {
            Temperature = T, ProjectionDim = 6, Negatives = Negatives, ProximalWeight = proximalWeight, Contrast = contrast,
        };

        return new(new NormBackbone(), options, TestRuns.Of());
    }
}
