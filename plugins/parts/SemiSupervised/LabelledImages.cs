using Microsoft.Extensions.Logging;

namespace Parallax.Plugins.Parts;

/// <summary>The training images whose class a semi-supervised method may use: as many of each class, chosen by the seed. Their classes are a buffer: a run and
/// its resumption have the same ones, and no other label is ever read.</summary>
/// <remarks>
/// Zhai et al., "S4L: Self-Supervised Semi-Supervised Learning", ICCV 2019, section 4, https://arxiv.org/abs/1905.03670: subsets balanced over the classes;
/// every step takes as many labelled images as it takes of all. There, lists of images are fixed; here, the seed gives them.
/// </remarks>
public sealed class LabelledImages : Module
{
    private const int Unknown = -1;
    private const int OfSubset = 0, OfAll = 1, OfLabelled = 2;   // what is drawn

    private readonly Tensor classes;   // [count] int64, class of each labelled image, -1 of all others
    private readonly RunInfo _run;

    /// <summary>Makes the subset. Until <see cref="Choose"/>, all images count as labelled, with classes dealt out in turn.</summary>
    /// <param name="run">Gives the number of images and classes, and the seed.</param>
    public LabelledImages(RunInfo run)
        : base(nameof(LabelledImages))
    {
        _run = run;
        classes = arange(run.Data.Count, dtype: int64).remainder(run.Data.Classes.Count);
        RegisterComponents();
    }

    /// <summary>Class of each labelled image, -1 of all others, [count] int64.</summary>
    internal Tensor Classes => classes;

    /// <summary>What is wrong with a run: nothing, or that there are no classes, or that labelled and other images cannot take turns.</summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="run">The run.</param>
    public static IEnumerable<string> Faults(string method, RunInfo run)
    {
        foreach (var fault in LabelRequirements.Faults(method, run))
        {
            yield return fault;
        }

        if (run.MicroBatchSize % 2 == 1)
        {
            yield return $"trainer.batchSize is {run.BatchSize}, which is {run.MicroBatchSize} images at a time on each process. Labelled images and others "
                + $"take turns; expected a multiple of {2 * run.WorldSize * run.Accumulation}.";
        }
    }

    /// <summary>Before the first epoch: chooses the labelled images; later nothing.</summary>
    /// <param name="context">The epoch, and the classes of all images.</param>
    /// <param name="fraction">Share of the images that is labelled, a fraction in (0, 1].</param>
    /// <exception cref="ConfigurationException">No image has a class.</exception>
    public void BeforeEpoch(EpochContext context, double fraction)
    {
        if (context.Epoch == 0)
        {
            Choose(context.Labels ?? throw new ArgumentException("Labelled images are chosen by their classes, which are missing.", nameof(context)), fraction);
            var count = classes.ne(Unknown).sum().item<long>();
            context.Logger.LogInformation("{Labelled} of {Images} images keep their class, chosen by the seed.", count, classes.shape[0]);
        }
    }

    /// <summary>As <see cref="BeforeEpoch(EpochContext, double)"/>, where an earlier run has used labels already: it must have used the same.</summary>
    /// <param name="context">The epoch, and the classes of all images.</param>
    /// <param name="fraction">Share of the images that is labelled, a fraction in (0, 1].</param>
    /// <param name="earlier">Key and value of the recipe that name the earlier run, whose labelled images these are until now; null without one.</param>
    /// <exception cref="ConfigurationException">No image has a class, or the earlier run has seen other labels.</exception>
    public void BeforeEpoch(EpochContext context, double fraction, (string Key, string Run)? earlier)
    {
        using var scope = NewDisposeScope();
        var before = classes.clone();                          // [count]
        BeforeEpoch(context, fraction);
        if (context.Epoch == 0 && earlier is { } run && classes.ne(before).any().item<bool>())
        {
            throw new ConfigurationException($"{run.Key} is '{run.Run}', a run that has used the labels of other images ({before.ge(0).sum().item<long>()}, "
                + $"{before.eq(classes).logical_and(classes.ge(0)).sum().item<long>()} of them the same) than method.labelFraction {fraction} and trainer.seed "
                + $"{_run.Seed} choose here. Set both as its recipe.yaml has them.");
        }
    }

    /// <summary>Chooses the labelled images: of each class a share of the mean class, at least one; all of a class that has fewer.</summary>
    /// <param name="labels">Class of every image, [count] int64 on the CPU, -1 where unknown.</param>
    /// <param name="fraction">Share of the images that is labelled, a fraction in (0, 1].</param>
    /// <exception cref="ConfigurationException">No image has a class.</exception>
    public void Choose(Tensor labels, double fraction)
    {
        var all = labels.data<long>().ToArray();
        var perClass = (int)Math.Max(1, Math.Round(fraction * all.Length / _run.Data.Classes.Count));
        var chosen = all.Select(_ => (long)Unknown).ToArray();
        foreach (var members in Enumerable.Range(0, all.Length).Where(image => all[image] != Unknown).GroupBy(image => all[image]))
        {
            int[] shuffled = [.. members];
            Random(epoch: 0, members.Key, OfSubset).Shuffle<int>(shuffled);
            Array.ForEach(shuffled[..Math.Min(perClass, shuffled.Length)], image => chosen[image] = members.Key);
        }

        if (chosen.All(label => label == Unknown))
        {
            throw new ConfigurationException(
                $"No training image of '{_run.Data.Name}' has a class, and a semi-supervised method needs some. Take a data set with labels.");
        }

        using var noGradients = no_grad();
        classes.copy_(tensor(chosen));
    }

    /// <summary>Classes of images.</summary>
    /// <param name="images">Indices of the images of the batch, [N] int64.</param>
    /// <returns>[N] int64; -1 for an image that is not labelled, as where another took the place of one that cannot be read.</returns>
    public Tensor Of(Tensor images) => classes.index_select(0, images);

    /// <summary>Classes of the images at even places of a batch, which are labelled.</summary>
    /// <param name="images">Indices of the images of the batch, [N] int64, N even.</param>
    /// <returns>[N/2] int64; -1 for an image that is not labelled, as where another took the place of one that cannot be read.</returns>
    public Tensor OfEven(Tensor images) => Of(images.view(-1, 2).select(1, 0));

    /// <summary>
    /// The images of an epoch: one of the labelled ones, which are gone through again and again, then one of all, of which two epochs show each at most once.
    /// </summary>
    /// <param name="epoch">From 0.</param>
    /// <returns>As many indices as there are images.</returns>
    public IReadOnlyList<long> Order(int epoch)
    {
        var order = new long[classes.shape[0]];
        var labelled = Passes(epoch, (order.Length + 1) / 2);
        long[] all = [.. Enumerable.Range(0, order.Length)];
        Random(epoch / 2, 0, OfAll).Shuffle<long>(all);
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i % 2 == 0 ? labelled[i / 2] : all[(i / 2) + (epoch % 2 * (order.Length / 2))];
        }

        return order;
    }

    /// <summary>The images of an epoch that shows labelled ones only, which are gone through again and again.</summary>
    /// <param name="epoch">From 0.</param>
    /// <returns>As many indices as there are images.</returns>
    public IReadOnlyList<long> OrderOfLabelled(int epoch) => Passes(epoch, (int)classes.shape[0]);

    /// <summary>Labelled images, each pass over them in an order of its own.</summary>
    private long[] Passes(int epoch, int count)
    {
        using var own = classes.cpu();
        var all = own.data<long>().ToArray();
        long[] labelled = [.. Enumerable.Range(0, all.Length).Where(image => all[image] != Unknown)];
        var order = new long[count];
        for (var i = 0; i < count; i++)
        {
            var (pass, place) = Math.DivRem(i, labelled.Length);
            if (place == 0)
            {
                Random(epoch, pass, OfLabelled).Shuffle<long>(labelled);
            }

            order[i] = labelled[place];
        }

        return order;
    }

    private CounterRandom Random(long epoch, long sample, int part) => new(_run.Seed, epoch, sample, RandomPurpose.Sampling, part);
}
