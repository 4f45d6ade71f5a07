using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>DeepCluster-v2 against the appendix of Caron et al. 2020 and its code.</summary>
public sealed class DeepClusterV2StepTests
{
    private const double T = 0.35;
    private const int Clusterings = 3, Prototypes = 5;

    [Fact]
    public void DeepClusterV2_Step_IsThePapers()
    {
        var method = Create(kMeansIterations: 2);
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8, 6, 6));

        var output = method.Step(batch, TestRuns.Step());

        Tensor[] h = [.. networks.RunOnAll([batch.Views[0], batch.Views[1]], "backbone"), .. networks.RunOnAll([batch.Views[2], batch.Views[3]], "backbone")];
        Tensor[] z = [.. networks.RunOnAll(h, "projector").Select(Unit)];
        var clusters = networks.State("clusters").index_select(1, batch.Indices);                     // [H, N], columns of these images
        List<Tensor> losses = [];
        for (var head = 0; head < Clusterings; head++)
        {
            var (c, targets) = (networks.State("prototypes")[head], OneHot(clusters[head]));
            losses.AddRange(z.Select(view => CrossEntropy(targets, view.matmul(c.to(float64).t()) / T)));   // all views predict the cluster of their image
        }

        networks.AssertStep(
            new(stack([.. losses]).mean())
            {
                Embedding = z[0], Positive = z[1], Targets = OneHot(clusters[0]),
                Remembered = [("banks.0", z[0], batch.Indices), ("banks.1", z[1], batch.Indices)],
            },
            output);
    }

    [Fact]
    public void DeepClusterV2_BeforeTheFirstEpoch_FillsBothBanksWithUnitEmbeddings()
    {
        var method = Create(kMeansIterations: 2);
        var (networks, images) = (new Networks(method), Tensors.Normal(21, 40, 3, 8, 8));

        method.BeforeEpoch(new(0, new Extractor(images), NullLogger.Instance));

        var expected = Unit(networks.Constant(images, "backbone", "projector")).to(float32);
        Tensors.AssertClose(expected, networks.State("banks.0.bank"));
        Tensors.AssertClose(expected, networks.State("banks.1.bank"));
    }

    [Fact]
    public void DeepClusterV2_BeforeALaterEpoch_ClustersEachBankByItself()
    {
        var method = Create(kMeansIterations: 30);   // until nothing moves
        var networks = new Networks(method);
        networks.Set("banks.0.bank", Tensors.UnitRows(3, 40, 6));
        networks.Set("banks.1.bank", Tensors.UnitRows(4, 40, 6));

        method.BeforeEpoch(new(1, null!, NullLogger.Instance));

        for (var head = 0; head < Clusterings; head++)
        {
            var (bank, c) = (networks.State($"banks.{head % 2}.bank"), networks.State("prototypes")[head]);
            var clusters = Tensors.Integers(networks.State("clusters")[head]);
            Assert.Equal(Tensors.Integers(Cosines(bank, c).argmax(1)), clusters);
            foreach (var cluster in clusters.Distinct())
            {
                var members = Enumerable.Range(0, 40).Where(image => clusters[image] == cluster).Select(image => bank[image]);
                Tensors.AssertClose(Unit(stack([.. members]).mean([0], keepdim: true)).squeeze(0).to(float32), c[cluster]);
            }
        }
    }

    private static Tensor OneHot(Tensor clusters) => (clusters.unsqueeze(1) == arange(Prototypes, dtype: int64)).to(float64);

    private static DeepClusterV2 Create(int kMeansIterations)
    {
        DeepClusterV2Options options = new()
        {
            Temperature = T, Clusterings = Clusterings, Prototypes = Prototypes, KMeansIterations = kMeansIterations, ProjectionDim = 6, HiddenDim = 10,
        };

        return new(new NormBackbone(), options, TestRuns.Of(), NullLogger.Instance);
    }

    private sealed class Extractor(Tensor images) : IFeatureExtractor
    {
        public Tensor Extract(Func<Tensor, Tensor> encode)
        {
            using var noGradients = no_grad();

            return encode(images);
        }
    }
}
