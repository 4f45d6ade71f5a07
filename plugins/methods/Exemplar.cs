using System.ComponentModel.DataAnnotations;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Parts.ViewBuilder;

namespace Parallax.Plugins.Methods;

/// <summary>Settings of exemplar networks, section <c>method</c> of a recipe.</summary>
public sealed record ExemplarOptions
{
    /// <summary>Images that are a class each, N; of a smaller data set every image. From memory of the paper: 8,000 to 16,000, at 2,000 to 8,000 best for small
    /// networks.</summary>
    [Range(2, 1 << 24)]
    public int Exemplars { get; init; } = 8000;
}

/// <summary>Some images are a class each; the network recognises them under strong changes.</summary>
/// <remarks>
/// <para>Dosovitskiy et al., "Discriminative Unsupervised Feature Learning with Exemplar Convolutional Neural Networks", NIPS 2014 and TPAMI 2016,
/// https://arxiv.org/abs/1406.6909: softmax over N exemplars, the mean over their changed copies. Exemplars are drawn before the first epoch, each image with a
/// probability that grows with its <see cref="GradientEnergy"/>, and kept in the checkpoint. An epoch has as many steps as over the whole data set, but shows
/// the exemplars only, in turn, each in about count / N different copies. Another image, which took the place of an exemplar that cannot be read, adds 0 to the
/// loss and counts in the mean.</para>
/// <para>Differs from the paper: an exemplar is a whole image, not a patch of 32 pixels; copies are drawn anew in every epoch, not 100 to 150 once; a crop of
/// half the area and more takes the place of shifts by a fifth and scales of 0.7 to 1.4. Hue, saturation and value change as there; rotations by up to 20
/// degrees and the contrast of principal components stand in the recipe <c>cifar10</c>, and are left out of the method's own view.</para>
/// <para>The paper's networks, two or three convolutions of 5 x 5 and a fully connected layer with dropout, are not there, and neither is its evaluation: the
/// maxima of every map over four quadrants, of all layers together, in a linear support vector machine. Protocols here look at one layer each.</para>
/// </remarks>
[Plugin("exemplar", Options = typeof(ExemplarOptions), Summary = "Recognises each of some images under strong changes.", Family = "pretext",
    Paper = "Discriminative Unsupervised Feature Learning with Exemplar Convolutional Neural Networks",
    Authors = "Dosovitskiy, Fischer, Springenberg, Riedmiller, Brox", Venue = "NIPS", Year = 2014, ArXiv = "1406.6909")]
public sealed class Exemplar : Module, IMethod, IEpochPhase, IEpochSampling
{
    private readonly IBackbone backbone;
    private readonly Module<Tensor, Tensor> head;
    private readonly Tensor exemplars;   // [N], ascending indices of images
    private readonly RunInfo _run;
    private readonly ViewBuilder _view;

    /// <summary>Builds the head on a backbone; until the first epoch the first images are the exemplars.</summary>
    public Exemplar(IBackbone backbone, ExemplarOptions options, RunInfo run)
        : base(nameof(Exemplar))
    {
        (this.backbone, _run, _view) = (backbone, run, new(run.ImageSize));
        exemplars = arange(Math.Min(options.Exemplars, run.Data.Count), dtype: int64);
        head = ProjectionHead.LinearLayer(backbone.FeatureDim, exemplars.shape[0]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public IBackbone Backbone => backbone;

    /// <inheritdoc/>
    public ViewPlan Views => new([View(_view.Crop(0.5), HsvNoise())]);

    /// <inheritdoc/>
    public bool IsDue(int epoch) => epoch == 0;

    /// <inheritdoc/>
    public void BeforeEpoch(EpochContext context)
    {
        if (context.Epoch == 0 && exemplars.shape[0] < _run.Data.Count)
        {
            using var energies = context.Features.Extract(GradientEnergy.Of);   // [count, 1]
            using var drawn = WeightedSample.Draw(energies.squeeze(1), (int)exemplars.shape[0], _run.Seed);
            exemplars.copy_(drawn);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<long> Order(int epoch)
    {
        var count = (int)_run.Data.Count;
        using var drawn = exemplars.cpu();
        var images = drawn.data<long>().ToArray();
        var order = new List<long>(count + images.Length);
        for (var round = 0; order.Count < count; round++)
        {
            new CounterRandom(_run.Seed, epoch, round, RandomPurpose.EpochPhase, part: 1).Shuffle(images.AsSpan());
            order.AddRange(images);
        }

        return order[..count];
    }

    /// <inheritdoc/>
    public StepOutput Step(Batch batch, StepContext context)
    {
        var h = backbone.call(batch.Views[0]);                       // [N, F]
        var logits = head.call(h);                                   // [N, exemplars]
        var classes = Places(batch.Indices);                         // [N]

        return new(LabelledRows.ClassLoss(logits, classes))
        {
            Embedding = h, Diagnostics = [new("accuracy", ClassPrediction.Accuracy(logits, classes))],
        };
    }

    /// <summary>Places of images among the exemplars, [N]; -1 for an image that is none, as where it took the place of one that cannot be read.</summary>
    private Tensor Places(Tensor images)
    {
        var places = searchsorted(exemplars, images).clamp_max(exemplars.shape[0] - 1);   // [N]

        return where(exemplars.index_select(0, places).eq(images), places, full_like(places, -1));
    }
}
