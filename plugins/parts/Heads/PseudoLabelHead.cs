using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>A rectifier and linear classifiers of pseudo-labels, one or several side by side, that can be made anew: numbers of clusters mean nothing in the
/// next clustering.</summary>
/// <remarks>
/// Caron et al., DeepCluster, ECCV 2018, https://arxiv.org/abs/1807.05520, and DeeperCluster, ICCV 2019, https://arxiv.org/abs/1905.01278, and their code:
/// weights from N(0, 0.01²), biases 0; features are clustered before the rectifier, and classified behind it. It changes nothing of features that end with
/// one, as those of a residual network.
/// </remarks>
public sealed class PseudoLabelHead : Module<Tensor, Tensor>
{
    private const double WeightStd = 0.01;

    private readonly Parameter weight;   // [G C, F]
    private readonly Parameter bias;     // [G C]
    private readonly long _groups;

    /// <summary>Makes the classifiers.</summary>
    /// <param name="features">Width F of the features.</param>
    /// <param name="classes">Classes C of each classifier.</param>
    /// <param name="random">Gives the weights.</param>
    /// <param name="groups">Classifiers G.</param>
    public PseudoLabelHead(long features, long classes, CounterRandom random, long groups = 1)
        : base(nameof(PseudoLabelHead))
    {
        (weight, bias, _groups) = (new(empty([groups * classes, features], dtype: float32)), new(empty([groups * classes], dtype: float32)), groups);
        Renew(random);
        RegisterComponents();
    }

    /// <summary>Makes all weights new. The method declares it, so that the optimizer forgets too (<see cref="ParameterRule.RenewedEveryEpochs"/>).</summary>
    /// <param name="random">Gives the weights.</param>
    public void Renew(CounterRandom random)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(random.NextUInt32());
        weight.copy_(WeightStd * randn(weight.shape, dtype: float32, generator: generator));
        bias.zero_();
    }

    /// <summary>Scores under all classifiers.</summary>
    /// <param name="features">[N, F].</param>
    /// <returns>[N, G * C].</returns>
    public override Tensor forward(Tensor features)
    {
        using var scope = NewDisposeScope();

        return F.linear(features.relu(), weight, bias).MoveToOuterDisposeScope();   // [N, G C]
    }

    /// <summary>Logarithms of the probabilities that one classifier gives, for many images: a block of them at a time, without gradients.</summary>
    /// <param name="features">[N, F], on any device.</param>
    /// <param name="group">The classifier.</param>
    /// <returns>[N, C] float32, where the classifiers are.</returns>
    public Tensor LogProbabilities(Tensor features, long group)
    {
        using var noGradients = no_grad();
        using var precision = Precision.Float32();
        using var scope = NewDisposeScope();
        var (own, offset) = (weight.view(_groups, -1, weight.shape[1])[group], bias.view(_groups, -1)[group]);   // [C, F], [C]

        return RowBlocks.Map(features, own.shape[0], rows => F.linear(rows.to(own.device).to(float32).relu(), own, offset).log_softmax(1))
            .MoveToOuterDisposeScope();   // [N, C]
    }

    /// <summary>Scores of each row under the classifier of its group only.</summary>
    /// <param name="features">[N, F].</param>
    /// <param name="groups">Classifier of each row, [N] int64.</param>
    /// <returns>[N, C], in the order of the rows. The sizes of the groups are read back, which a GPU waits for.</returns>
    public Tensor OfGroups(Tensor features, Tensor groups)
    {
        using var scope = NewDisposeScope();
        var order = groups.argsort();                                                                      // [N], the rows of a group side by side
        var rows = features.relu().index_select(0, order).split(ClusterSizes.Of(groups, _groups));         // G of [n, F]
        var classifiers = weight.view(_groups, -1, weight.shape[1]).unbind().Zip(bias.view(_groups, -1).unbind());
        var scores = rows.Zip(classifiers, (part, linear) => F.linear(part, linear.First, linear.Second));  // G of [n, C]

        return cat([.. scores], 0).index_select(0, order.argsort()).MoveToOuterDisposeScope();   // [N, C]
    }
}
