namespace Parallax.Plugins.Evaluators;

/// <summary>How a linear classifier is trained.</summary>
/// <param name="Epochs">Passes over the training features.</param>
/// <param name="BatchSize">Features per step.</param>
/// <param name="LearningRates">One classifier is trained per rate, all in the same pass.</param>
/// <param name="Schedule">Factor on the learning rate from the share of training done, a fraction in [0, 1).</param>
internal sealed record SgdSettings(int Epochs, int BatchSize, IReadOnlyList<double> LearningRates, Func<double, double> Schedule);

/// <summary>
/// Several linear softmax classifiers trained together by SGD with momentum 0.9, without weight decay, one per learning rate.
/// The gradient of softmax regression is known in closed form (probabilities minus labels), so no graph is built.
/// </summary>
internal sealed class SoftmaxSgd : IDisposable
{
    private const double Momentum = 0.9, InitialStd = 0.01;

    private readonly SgdSettings _settings;
    private readonly int _classes, _heads;
    private readonly Tensor _weight, _bias, _weightVelocity, _biasVelocity, _rates;

    /// <summary>Makes the classifiers: weights from N(0, 0.01²), the same for every learning rate, bias 0.</summary>
    public SoftmaxSgd(long features, int classes, SgdSettings settings, long seed)
    {
        (_settings, _classes, _heads) = (settings, classes, settings.LearningRates.Count);
        using var scope = NewDisposeScope();
        using var generator = new Generator(unchecked((ulong)seed));
        // [F, L C]
        _weight = (randn([features, 1, classes], dtype: float32, generator: generator) * InitialStd).expand(features, _heads, classes).reshape(features,
            _heads * classes);
        _bias = zeros([_heads * classes]);                                                                                       // [L C]
        _weightVelocity = zeros_like(_weight);
        _biasVelocity = zeros_like(_bias);
        _rates = tensor(settings.LearningRates.Select(rate => (float)rate).ToArray()).repeat_interleave(classes);                // [L C]
        foreach (var kept in new[] { _weight, _bias, _weightVelocity, _biasVelocity, _rates })
        {
            kept.DetachFromDisposeScope();
        }
    }

    /// <summary>Trains; after each epoch calls <paramref name="afterEpoch"/> with the number of epochs done.</summary>
    /// <param name="x">Features, [N, F].</param>
    /// <param name="labels">[N] int64.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <param name="afterEpoch">Receives epochs done, from 1.</param>
    public void Train(Tensor x, Tensor labels, long seed, Action<int> afterEpoch)
    {
        using var noGradients = no_grad();
        using var generator = new Generator(unchecked((ulong)seed));
        var count = x.shape[0];
        var batch = Math.Min(_settings.BatchSize, count);
        var steps = (count + batch - 1) / batch;
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            using var scope = NewDisposeScope();
            var order = randperm(count, dtype: int64, generator: generator);   // [N]
            for (long step = 0; step < steps; step++)
            {
                using var stepScope = NewDisposeScope();
                var rows = order.narrow(0, step * batch, Math.Min(batch, count - (step * batch)));   // [B], the last batch may be smaller
                var factor = _settings.Schedule((epoch + ((double)step / steps)) / _settings.Epochs);
                Update(x.index_select(0, rows), labels.index_select(0, rows), factor);
            }

            afterEpoch(epoch + 1);
        }
    }

    /// <summary>Logits of every classifier, [N, L, C].</summary>
    public Tensor Logits(Tensor x) => (x.matmul(_weight) + _bias).view(x.shape[0], _heads, _classes);

    /// <summary>Accuracy of every classifier.</summary>
    /// <param name="x">[N, F].</param>
    /// <param name="labels">[N] int64.</param>
    public double[] Accuracies(Tensor x, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var right = Logits(x).argmax(2) == labels.unsqueeze(1);   // [N, L]

        return [.. right.to(float32).mean([0]).data<float>().ToArray().Select(accuracy => (double)accuracy)];
    }

    /// <summary>The class that each row is taken for, where there is one classifier.</summary>
    /// <param name="x">[N, F].</param>
    public long[] Predicted(Tensor x)
    {
        using var scope = NewDisposeScope();

        return [.. Logits(x).argmax(2).flatten().data<long>()];   // [N]
    }

    public void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
        _weightVelocity.Dispose();
        _biasVelocity.Dispose();
        _rates.Dispose();
    }

    private void Update(Tensor x, Tensor labels, double factor)
    {
        var residual = Logits(x).softmax(2) - F.one_hot(labels, _classes).unsqueeze(1);   // [B, L, C]
        var gradient = residual.view(x.shape[0], _heads * _classes) / x.shape[0];         // [B, L C]
        var rates = _rates * factor;                                                      // [L C]
        _weightVelocity.mul_(Momentum).add_(x.t().matmul(gradient));
        _biasVelocity.mul_(Momentum).add_(gradient.sum([0]));   // sum(0) would be a sum over all, of the type with number 0
        _weight.sub_(_weightVelocity * rates);
        _bias.sub_(_biasVelocity * rates);
    }
}
