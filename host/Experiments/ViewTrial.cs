using Parallax.Host.Configuration;

namespace Parallax.Host.Experiments;

/// <summary>
/// Sends one blank image of every size of the views through the backbone, as an evaluation would: a network that cannot take a size says so now, not
/// at the first step.
/// </summary>
internal static class ViewTrial
{
    /// <param name="backbone">On its device.</param>
    /// <param name="views">Size of each view, in order.</param>
    /// <param name="evaluates">Whether images of the size of evaluations will come too: <c>data.imageSize</c>.</param>
    /// <param name="run">Gives channels and the size of evaluations.</param>
    /// <param name="placement">Device, layout and precision.</param>
    /// <exception cref="ConfigurationException">A size is too small for the backbone, or its features have another width than it says.</exception>
    public static void Run(IBackbone backbone, IReadOnlyList<ImageSize> views, bool evaluates, RunInfo run, Placement placement)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var module = (Module)backbone;
        module.eval();
        try
        {
            var asked = views.Select((size, view) => (Size: size, Name: $"views[{view}]"))
                .Concat(evaluates ? [(new(run.ImageSize, run.ImageSize), "evaluations (data.imageSize)")] : [])
                .DistinctBy(one => one.Size).OrderByDescending(one => one.Size.Height * one.Size.Width).ToList();
            Encode(backbone, asked[0].Size, run, placement);   // what fails here fails with every image: the plugin's own message is the best one
            foreach (var (size, name) in asked.Skip(1))
            {
                Encode(backbone, name, size, asked[0].Size, run, placement);
            }
        }
        finally
        {
            module.train();
        }
    }

    /// <summary>Sends one blank image of the sizes of the views through the network for images that a method learns from.</summary>
    /// <param name="model">On its device; null where the recipe has none.</param>
    /// <param name="views">Size of each view, in order. Which of them it will see, only the method knows: one that it takes is enough.</param>
    /// <param name="run">Gives the channels.</param>
    /// <param name="placement">Device, layout and precision.</param>
    /// <exception cref="ConfigurationException">It takes none of the sizes, or its features have another width than it says.</exception>
    public static void RunImageModel(IBackbone? model, IReadOnlyList<ImageSize> views, RunInfo run, Placement placement)
    {
        if (model is not Module module)
        {
            return;
        }

        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var wasTraining = module.training;
        module.eval();
        try
        {
            var faults = views.Distinct().Select(size => (Size: size, Fault: Fault(size))).ToList();
            if (faults.TrueForAll(tried => tried.Fault is not null))
            {
                throw new ConfigurationException([.. faults.Select(tried =>
                    $"{SectionFaults.ImageModel}.name: the network for images cannot take frames of {tried.Size}, as the views have them: {tried.Fault}. Make "
                    + "them larger (data.imageSize), or take a network for small images.")]);
            }
        }
        finally
        {
            module.train(wasTraining);
        }

        string? Fault(ImageSize size)
        {
            try
            {
                Encode(model, size, run, placement);

                return null;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return SectionFaults.Own(SectionFaults.ImageModel, e.Message.Split('\n')[0].TrimEnd('.', '\r'));
            }
        }
    }

    private static void Encode(IBackbone backbone, string name, ImageSize size, ImageSize works, RunInfo run, Placement placement)
    {
        try
        {
            Encode(backbone, size, run, placement);
        }
        catch (Exception e) when (e is not (ConfigurationException or OutOfMemoryException))
        {
            throw new ConfigurationException(
                $"The backbone cannot take the images of {name}, {size}, though it takes {works}: {e.Message.Split('\n')[0].TrimEnd('.')}. Make "
                    + "them larger (section views, data.imageSize), or take a backbone for small images.");
        }
    }

    private static void Encode(IBackbone backbone, ImageSize size, RunInfo run, Placement placement)
    {
        using var autocast = placement.Autocast();
        long[] shape = backbone.TakesClips
            ? [1, run.Data.Channels, run.Clip!.Frames, size.Height, size.Width]
            : [1, run.Data.Channels, size.Height, size.Width];
        var features = backbone.call(placement.Arrange(torch.zeros(shape)));   // [1, F]
        if (features.shape is not [1, var width] || width != backbone.FeatureDim)
        {
            throw new ConfigurationException(
                $"The backbone says that its features are {backbone.FeatureDim} wide, but one image of {size} gives "
                    + $"[{string.Join(", ", features.shape)}]; expected [1, {backbone.FeatureDim}]. Correct its FeatureDim, or end its forward "
                    + "with features [N, F].");
        }
    }
}
