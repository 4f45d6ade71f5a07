using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>Which operators large losses call, forward and backward: counted, not timed.</summary>
[Collection(nameof(LossOperatorTests))]
[CollectionDefinition(nameof(LossOperatorTests), DisableParallelization = true)]   // operators of the whole process are recorded
public sealed class LossOperatorTests
{
    private const string Fused = "aten::_scaled_dot_product_flash_attention_for_cpu";

    private readonly Tensor _queue = Tensors.UnitRows(9, 4096, 16);

    [Fact]
    public void InfoNCE_LargeQueue_IsOneFusedPassForLossAndGradient()
    {
        var counts = Count((a, b) => InfoNCELoss.Compute(a, b, _queue, 0.2));

        Assert.Equal(1, counts.GetValueOrDefault(Fused));
        Assert.Equal(0, Products(counts));   // no matrix product beside it: none of [N, K]
    }

    [Fact]
    public void ReSSL_LargeQueue_IsOneFusedPassForTeacherAndStudentEach()
    {
        var counts = Count((a, b) => ReSSLLoss.Compute(a, Neighbourhood.Of(b, _queue, 0.05), _queue, 0.1));

        Assert.Equal(2, counts.GetValueOrDefault(Fused));
        Assert.Equal(0, Products(counts));
    }

    [Fact]
    public void MoCoV3_LargeBatch_IsOneFusedPass() =>
        Assert.Equal(1, Count((a, b) => MoCoV3Loss.Compute(a, b, arange(600, dtype: int64), 0.2)).GetValueOrDefault(Fused));

    [Fact]
    public void NNCLR_LargeBatch_GivesKeysTheirGradientByASecondFusedPass() =>
        Assert.Equal(2, Count((a, b) => NNCLRLoss.Compute(a, b, 0.2)).GetValueOrDefault(Fused));

    [Fact]
    public void NTXent_LargeBatch_ComputesHalfOfItsMatrix()
    {
        var counts = Count((a, b) => NTXentLoss.Compute(a, b, 0.2));

        // 1,200 rows are five blocks: 15 tiles on and above the diagonal, whose gradient takes one product, or two above it
        Assert.Equal(15 + 15 + 10, counts.GetValueOrDefault("aten::addmm_"));
        Assert.Equal(0, counts.GetValueOrDefault(Fused));
    }

    [Fact]
    public void NTXent_SmallBatch_IsWrittenOut() =>
        Assert.Equal(0, Count((a, b) => NTXentLoss.Compute(a.narrow(0, 0, 200), b.narrow(0, 0, 200), 0.2)).GetValueOrDefault("aten::addmm_"));

    [Fact]
    public void LargeLosses_ManySteps_LeaveNoTensorBehind()
    {
        var draws = MoCHiDraws.Sample(TestRuns.Step(seed: 7), 600, 20, 30, 10, CPU);
        var (a, b) = (Tensors.Leaf(Tensors.Normal(1, 600, 16)), Tensors.Leaf(Tensors.Normal(2, 600, 16)));
        var live = new List<long>();
        for (var step = 0; step < 6; step++)
        {
            using (NewDisposeScope())
            {
                var soft = SoftPositives.OfQueue(b, _queue, Neighbourhood.Of(b, _queue, 0.05), 0.05, 3, ASCLWeighting.Adaptive);
                var mixed = MoCHiLogits.Compute(a, b, _queue, 0.2, 20, draws);
                var loss = InfoNCELoss.Compute(a, b, _queue, 0.2) + NTXentLoss.Compute(a, b, 0.2) + NNCLRLoss.Compute(a, b, 0.2)
                    + ASCLLoss.Compute(a, b, _queue, soft, 0.2) + InfoNCELoss.FromLogits(mixed.All);
                loss.Backpropagate();
                (a.grad, b.grad) = (null, null);
            }

            live.Add(Tensor.TotalCount);
        }

        Assert.True(live[5] <= live[2], $"living tensors: {string.Join(", ", live)}");   // fewer when the collector meets what other tests left
    }

    private static IReadOnlyDictionary<string, long> Count(Func<Tensor, Tensor, Tensor> loss)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (Tensors.Leaf(Tensors.Normal(1, 600, 16)), Tensors.Leaf(Tensors.Normal(2, 600, 16)));
        using var recorder = OperatorRecorder.Start();
        loss(a, b).backward();

        return recorder.Counts;
    }

    private static long Products(IReadOnlyDictionary<string, long> counts) =>
        counts.Where(count => count.Key is "aten::mm" or "aten::addmm" or "aten::bmm").Sum(count => count.Value);
}
