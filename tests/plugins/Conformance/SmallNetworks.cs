using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;
using Parallax.Host.Plugins;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>Small experiments around every backbone, whose weights are random: what a file of a backbone must keep.</summary>
internal static class SmallNetworks
{
    private const int All = 0, Passes = 5;   // of the images, four batches in each
    private const double Momentum = 0.1;

    // Of names that begin so, the first that fits; with what makes them small.
    private static readonly (string Beginning, string Options)[] _small =
    [
        ("resnet20", ""), ("resnet32", ""), ("resnet56", ""), ("resnet50", ", width: 0.125, stem: cifar"),
        ("revnet", ", width: 0.125, stem: cifar"), ("resnet", ", width: 0.125"),
        ("alexnet", ", width: 0.125, stemStride: 1, fullyConnected: 32"), ("vgg-dilated", ", width: 0.0625"),
        ("vgg", ", width: 0.0625, fullyConnected: 32"), ("nin", ", width: 0.125"),
        ("vit-conv", ", variant: gf1"), ("vit", ", size: tiny, width: 32, depth: 2, heads: 4, patchSize: 8"),
        ("convnext-v2", ", size: atto, width: 8, patchSize: 1"), ("convnext", ", size: tiny"), ("swin", ", width: 32, patchSize: 2, window: 4"),
        ("r3d-18", ", form: torchvision, width: 0.0625"), ("r3d", ", width: 0.0625"), ("r2plus1d", ", width: 0.0625"),
        ("s3d", ", width: 0.125"), ("c3d", ", width: 0.0625"),
        ("mvit", ", width: 8, depth: 6, frames: 4"), ("time-distributed", ", width: 0.125"),
    ];

    /// <summary>The section <c>backbone</c> of a small one.</summary>
    public static string Section(string backbone) =>
        $"{{name: {backbone}{_small.FirstOrDefault(entry => backbone.StartsWith(entry.Beginning, StringComparison.Ordinal)).Options}}}";

    /// <summary>A small experiment whose backbone is not as it was initialised: weights are moved, and running statistics are those of images.</summary>
    /// <param name="section">The section <c>backbone</c>.</param>
    /// <param name="takesClips">Whether it is one for clips.</param>
    public static Experiment Create(string section, bool takesClips)
    {
        string[] clips = takesClips ? ["data.size=32", "clips.frames=8", "clips.stride=1"] : [];
        var configuration = ConformanceHost.Configuration(takesClips ? "cvrl" : "simclr", [$"backbone={section}", "evaluation.batchSize=16", .. clips]);
        var experiment = ConformanceHost.Get<ExperimentFactory>().Create(configuration);
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(5);
        var backbone = (Module)experiment.Method.Backbone;
        foreach (var (_, parameter) in backbone.named_parameters())
        {
            parameter.mul_((torch.rand(parameter.shape) * 0.2) + 0.9).add_((torch.rand(parameter.shape) - 0.5) * 0.02);
        }

        // fully connected layers that start near 0 would give features that hardly depend on the images
        foreach (var linear in backbone.modules().OfType<Linear>())
        {
            linear.weight!.add_((torch.rand(linear.weight!.shape) - 0.5) * (2 * Math.Sqrt(3.0 / linear.weight!.shape[1])));   // of variance 1 / inputs
        }

        // of deep narrow networks with random weights rounding is up to 3e-4 of the features: those of a tenth stay below the limit, which is absolute
        foreach (var norm in backbone.modules().OfType<BatchNorm>().Where(norm => norm.weight is not null))
        {
            norm.weight!.mul_(0.1);
        }

        // the first pass forgets the statistics that networks begin with, which would flatten the features of deep ones; the others average over batches
        for (var pass = 0; pass < Passes; pass++)
        {
            foreach (var norm in backbone.modules().OfType<BatchNorm>())
            {
                norm.momentum = pass == 0 ? 1 : Momentum;
            }

            FeatureExtractor.Encoded(experiment, experiment.Data, All, Learned, CancellationToken.None);
        }

        return experiment;

        Tensor Learned(Tensor images)
        {
            backbone.train();

            return experiment.Method.Backbone.call(images);
        }
    }

    /// <summary>Whether a backbone is for clips.</summary>
    public static bool TakesClips(string backbone) => ConformanceHost.Catalog.Get(PluginKind.Backbone, backbone).Family == "video";
}
