using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class DeepClusterV2Tests
{
    private static readonly DeepClusterV2Options _small = new() { Clusterings = 3, Prototypes = 5, ProjectionDim = 6, HiddenDim = 10, KMeansIterations = 2 };

    [Fact]
    public void BeforeEpoch_First_FillsBothBanksFromTheImages_LaterOnesDoNot()
    {
        var (method, extractor) = (Create(), new RowExtractor());

        method.BeforeEpoch(Epoch(0, extractor));
        method.BeforeEpoch(Epoch(1, extractor));

        Assert.Equal(1, extractor.Passes);
        Assert.Equal(Buffer(method, "banks.0.bank"), Buffer(method, "banks.1.bank"));
    }

    [Fact]
    public void BeforeEpoch_CopiesCentroidsIntoPrototypes_AndTheirMembersAreTheClusters()
    {
        var method = Create();

        method.BeforeEpoch(Epoch(0, new RowExtractor()));

        var state = method.state_dict();
        Tensors.AssertClose(ones([3, 5]), state["prototypes"].square().sum(2));
        var nearest = state["banks.0.bank"].matmul(state["prototypes"].transpose(1, 2)).argmax(2);   // [H, count]
        Assert.Equal(Tensors.Integers(nearest), Tensors.Integers(state["clusters"]));
    }

    [Fact]
    public void BeforeEpoch_Clusterings_StartAtDifferentImages_AndRepeatWithTheSeed()
    {
        var (first, second) = (Create(), Create());
        second.load_state_dict(first.state_dict());

        first.BeforeEpoch(Epoch(0, new RowExtractor()));
        second.BeforeEpoch(Epoch(0, new RowExtractor()));

        var prototypes = first.state_dict()["prototypes"];
        Assert.False(allclose(prototypes[0], prototypes[2]));   // both of the first bank
        Assert.Equal(Buffer(first, "prototypes"), Buffer(second, "prototypes"));
    }

    [Fact]
    public void Step_TrainsEverythingButThePrototypes()
    {
        var method = Create();

        method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.backward();

        Assert.All(method.parameters(), parameter => Assert.NotNull(parameter.grad));
        Assert.DoesNotContain(method.named_parameters(), parameter => parameter.name.Contains("prototypes", StringComparison.Ordinal));
    }

    private static float[] Buffer(DeepClusterV2 method, string name) => Tensors.Values(method.state_dict()[name]);

    private static DeepClusterV2 Create() => new(new PixelBackbone(), _small, TestRuns.Of(), NullLogger.Instance);

    private static EpochContext Epoch(int epoch, IFeatureExtractor features) => new(epoch, features, NullLogger.Instance);

    /// <summary>Shows 40 random images.</summary>
    private sealed class RowExtractor : IFeatureExtractor
    {
        public int Passes { get; private set; }

        public Tensor Extract(Func<Tensor, Tensor> encode)
        {
            Passes++;
            using var noGradients = no_grad();

            return encode(Tensors.Normal(21, 40, 3, TestRuns.ImageSize, TestRuns.ImageSize));
        }
    }
}
