using Parallax.Contracts;

namespace Parallax.Plugins.Parts;

/// <summary>What tells the patches of a backbone where they are.</summary>
public static class PositionLeaks
{
    private const string RelativeTable = "relative_position_bias_table";   // as in the code of Swin and BEiT

    /// <summary>Whether positions are added to the embeddings of patches where a sequence asks for them.</summary>
    /// <param name="backbone">The backbone, on the CPU; it is as before in the end.</param>
    /// <param name="side">Patches per side of an image.</param>
    public static bool HasTable(IPatchSequenceBackbone backbone, int side) => Evaluating(backbone, () =>
    {
        var patches = zeros([1, side, side, backbone.PatchDim]);

        return !backbone.Encode(patches).allclose(backbone.Encode(patches, new() { HasPositions = false }));
    });

    /// <summary>Whether attention has tables of relative positions. They start with zeros, so that no output shows them before training.</summary>
    /// <param name="backbone">The backbone.</param>
    public static bool HasRelativeTable(ITokenBackbone backbone) =>
        ((Module)backbone).named_parameters().Any(parameter => parameter.name.EndsWith(RelativeTable, StringComparison.Ordinal));

    /// <summary>Whether the embedding of a patch depends on its place, as behind a stem of padded convolutions: the patches of an image of one value
    /// differ.</summary>
    /// <param name="backbone">The backbone, on the CPU; it is as before in the end.</param>
    /// <param name="run">Gives channels and side of the images.</param>
    public static bool InEmbeddings(ITokenBackbone backbone, RunInfo run) => Evaluating(backbone, () =>
    {
        var patches = backbone.EmbedPatches(ones([1, run.Data.Channels, run.ImageSize, run.ImageSize])).flatten(1, 2);   // [1, L, D]

        return !patches.allclose(patches.narrow(1, 0, 1).expand_as(patches), rtol: 1e-3, atol: 1e-5);
    });

    // Without a trace in the statistics of normalisations.
    private static bool Evaluating(ITokenBackbone backbone, Func<bool> probe)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var module = (Module)backbone;
        var isTraining = module.training;
        module.eval();
        var found = probe();
        module.train(isTraining);

        return found;
    }
}
