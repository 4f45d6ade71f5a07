using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class ReSSLLossTests
{
    private const double Student = 0.1, Teacher = 0.04;

    [Fact]
    public void Compute_EqualKeysInQueue_IsLogOfTheirNumber()
    {
        var queue = F.normalize(ones([7, 4]));
        var targets = Neighbourhood.Of(Tensors.Normal(1, 3, 4), queue, Teacher);

        var loss = ReSSLLoss.Compute(Tensors.Normal(2, 3, 4), targets, queue, Student).item<float>();

        Assert.Equal(Math.Log(7), loss, tolerance: 1e-5);
    }

    [Fact]
    public void Compute_TwoOrthogonalKeys_IsHandValue()
    {
        var queue = Tensors.Matrix([1, 0], [0, 1]);
        var k = Tensors.Matrix([1, 0]);
        var q = Tensors.Matrix([0, 5]);

        var loss = ReSSLLoss.Compute(q, Neighbourhood.Of(k, queue, temperature: 0.5), queue, temperature: 1).item<float>();

        var p = Math.Exp(2) / (Math.Exp(2) + 1);
        var logNormalizer = Math.Log(1 + Math.E);
        Assert.Equal((p * logNormalizer) + ((1 - p) * (logNormalizer - 1)), loss, tolerance: 1e-6);
    }

    [Fact]
    public void Compute_RotatedPair_IsTheSame()
    {
        // the pair is compared through the queue only: mirroring teacher and student apart, along an axis that the queue does not know, changes nothing
        var queue = cat([Tensors.UnitRows(3, 9, 4), zeros([9, 1])], 1);
        var (q, k) = (Tensors.Normal(1, 5, 5), Tensors.Normal(2, 5, 5));
        var mirror = tensor(new float[] { 1, 1, 1, 1, -1 });

        var loss = ReSSLLoss.Compute(q, Neighbourhood.Of(k, queue, Teacher), queue, Student).item<float>();
        var mirrored = ReSSLLoss.Compute(q * mirror, Neighbourhood.Of(k, queue, Teacher), queue, Student).item<float>();

        Assert.Equal(loss, mirrored, tolerance: 1e-6);
    }

    [Fact]
    public void Compute_OnlyTheStudentReceivesGradients()
    {
        var (q, k) = (Tensors.Leaf(Tensors.Normal(1, 4, 6)), Tensors.Leaf(Tensors.Normal(2, 4, 6)));
        var queue = Tensors.Leaf(Tensors.UnitRows(3, 8, 6));

        ReSSLLoss.Compute(q, Neighbourhood.Of(k, queue, Teacher), queue, Student).backward();

        Assert.True(q.grad!.abs().sum().item<float>() > 0);
        Assert.Null(k.grad);
        Assert.Null(queue.grad);
    }
}
