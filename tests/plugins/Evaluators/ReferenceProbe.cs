using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Evaluators;

/// <summary>A linear classifier trained by autograd through torch's own cross-entropy, with momentum written out: what the probes must equal.</summary>
internal sealed class ReferenceProbe(long features, int classes, long seed)
{
    private const double Momentum = 0.9, InitialStd = 0.01;

    private readonly Parameter _weight = Trainable(randn([features, 1, classes], dtype: float32, generator: new Generator((ulong)seed))
        .view(features, classes) * InitialStd);
    private readonly Parameter _bias = Trainable(zeros(classes));

    /// <summary>Trains in the order of the seed.</summary>
    /// <param name="x">[N, F].</param>
    /// <param name="labels">[N] int64.</param>
    /// <param name="epochs">Passes.</param>
    /// <param name="batch">Rows per step; the last batch of an epoch has the rest.</param>
    /// <param name="rate">Learning rate from the share of the steps done.</param>
    /// <param name="afterEpoch">Called after each epoch.</param>
    public void Train(Tensor x, Tensor labels, int epochs, int batch, Func<double, double> rate, Action? afterEpoch = null)
    {
        using var scope = NewDisposeScope();
        using var order = new Generator((ulong)seed);
        Tensor[] velocities = [zeros_like(_weight), zeros_like(_bias)];
        var steps = (int)Math.Ceiling((double)x.shape[0] / batch);
        for (var step = 0; step < epochs * steps;)
        {
            using var epochScope = NewDisposeScope();
            foreach (var rows in randperm(x.shape[0], dtype: int64, generator: order).split(batch))
            {
                using var stepScope = NewDisposeScope();
                (_weight.grad, _bias.grad) = (null, null);
                F.cross_entropy(Logits(x.index_select(0, rows)), labels.index_select(0, rows)).backward();
                using var noGrad = no_grad();
                var factor = rate((double)step++ / (epochs * steps));
                foreach (var (parameter, velocity) in new[] { _weight, _bias }.Zip(velocities))
                {
                    velocity.copy_((velocity * Momentum) + parameter.grad!);
                    parameter.sub_(velocity * factor);
                }
            }

            afterEpoch?.Invoke();
        }
    }

    /// <summary>[N, C].</summary>
    public Tensor Logits(Tensor x) => x.matmul(_weight) + _bias;

    public double Accuracy(Tensor x, Tensor labels)
    {
        using var noGrad = no_grad();

        return (Logits(x).argmax(1) == labels).to(float64).mean().item<double>();
    }

    /// <summary>Classes around random centres that overlap, with many test rows: another boundary is another accuracy.</summary>
    public static (FeatureSet Train, FeatureSet Test) Problem(long count, long testCount, long width, double noise, int classes = 3, double scale = 1)
    {
        var centres = Tensors.Normal(31, classes, width);

        return (Set(32, count), Set(33, testCount));

        FeatureSet Set(ulong set, long rows)
        {
            var labels = arange(rows, dtype: int64).remainder(classes);

            return new((centres.index_select(0, labels) + (Tensors.Normal(set, rows, width) * noise)) * scale, labels, classes);
        }
    }

    private static Parameter Trainable(Tensor values) => new(values);
}
