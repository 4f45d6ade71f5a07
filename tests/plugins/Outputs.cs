using Parallax.Contracts;

namespace Parallax.Plugins.Tests;

/// <summary>What <see cref="IBackbone.Outputs"/> must be.</summary>
internal static class Outputs
{
    /// <summary>The bits of its maps and features, in one pass.</summary>
    /// <param name="backbone">In evaluation mode, or without anything that differs there.</param>
    /// <param name="images">What it sees.</param>
    /// <param name="inner">The backbone, or the networks inside, each of which takes one pass.</param>
    public static void AssertOfOnePass(IBackbone backbone, Tensor images, params Module[] inner)
    {
        var outputs = backbone.Outputs(images);

        Assert.Equal((backbone.StemStages.Count, backbone.Stages.Count), (outputs.StemMaps.Count, outputs.Maps.Count));
        Assert.All(
            outputs.StemMaps.Zip(backbone.StemMaps(images)).Concat(outputs.Maps.Zip(backbone.Maps(images))).Append((outputs.Features, backbone.call(images))),
            pair => Assert.True(pair.Item1.eq(pair.Item2).all().item<bool>()));
        Assert.All(inner, network => Assert.Equal(1, Passes.Of(network, () => backbone.Outputs(images))));
    }
}
