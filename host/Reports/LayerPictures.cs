using Parallax.Host.Data;
using Parallax.Host.Evaluation;
using Parallax.Host.Experiments;

namespace Parallax.Host.Reports;

/// <summary>What the layers of a convolutional backbone look for and see: the kernels of its first convolution, and maps of some images.</summary>
/// <param name="Kernels">A PNG of the kernels; null where there is no first convolution of grey or coloured images.</param>
/// <param name="KernelCount">How many it shows.</param>
/// <param name="Layers">Names of the layers, in order.</param>
/// <param name="Maps">A PNG with a row for each image: the image, then a map for each layer; null without layers.</param>
internal sealed record LayerPictures(byte[]? Kernels, int KernelCount, IReadOnlyList<string> Layers, byte[]? Maps)
{
    /// <summary>Images whose maps are shown.</summary>
    public const int Images = 6;

    private const int Gap = 2, KernelColumns = 16, MostKernels = 128, KernelSide = 24;

    /// <summary>Looks at a backbone.</summary>
    /// <param name="experiment">Has it, with its weights.</param>
    /// <param name="data">Where the images are from.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <returns>Null where it has neither: of a transformer, for example.</returns>
    public static LayerPictures? Of(Experiment experiment, IImageDataset data, CancellationToken stop)
    {
        using var scope = torch.NewDisposeScope();
        var backbone = experiment.Method.Backbone;
        var weight = FirstKernels(backbone);
        var (kernels, count) = weight is null ? ((byte[]?)null, 0) : (Png(Drawn(weight)), Shown(weight));
        string[] layers = [.. backbone.StemStages.Concat(backbone.Stages).Select(stage => stage.Name)];
        if (layers.Length == 0)
        {
            return kernels is null ? null : new(kernels, count, layers, null);
        }

        var thumbnails = new Thumbnails(experiment.Run.Data, experiment.Run.ImageSize);
        var (side, channels) = (thumbnails.Side, data.Info.Channels);
        var rows = FeatureExtractor.Encoded(experiment, data, Images, Row, stop).Set.Features;                              // [N, columns * side * side * C]
        var pictures = rows.view(rows.shape[0], layers.Length + 1, side, side, channels).permute(0, 1, 4, 2, 3);            // [N, columns, C, side, side]

        return new(kernels, count, layers, Png(Grid(pictures)));

        Tensor Row(Tensor images) => torch.cat([thumbnails.Encode(images), .. MapsOf(backbone, images).Select(map => Large(map, side, channels))], 1);
    }

    /// <summary>The weights of the first convolution, [K, C, h, w] with grey or coloured images before it; of clips the middle of their time.</summary>
    internal static Tensor? FirstKernels(IBackbone backbone)
    {
        var first = ((Module)backbone).parameters().FirstOrDefault(parameter => parameter.dim() is 4 or 5);
        var weight = first is { } clips && clips.dim() == 5 ? clips.select(2, clips.shape[2] / 2) : first;                  // [K, C, h, w]

        return weight is { } found && found.shape[1] is 1 or 3 && found.shape[2] > 1 ? found : null;
    }

    /// <summary>Kernels side by side, each from its smallest weight, black, to its largest.</summary>
    /// <param name="weight">[K, C, h, w].</param>
    /// <returns>[C, height, width] between 0 and 1.</returns>
    internal static Tensor Drawn(Tensor weight)
    {
        using var scope = torch.NewDisposeScope();
        var count = Shown(weight);
        var kernels = weight.detach().to(torch.float32).cpu().narrow(0, 0, count);                                           // [K, C, h, w]
        var (least, most) = (kernels.amin([1, 2, 3], keepdim: true), kernels.amax([1, 2, 3], keepdim: true));
        var scale = Math.Max(1, KernelSide / weight.shape[2]);
        var large = ((kernels - least) / (most - least).clamp_min(1e-12)).repeat_interleave(scale, 2).repeat_interleave(scale, 3);
        var (columns, rows) = (Math.Min(KernelColumns, count), (count + KernelColumns - 1) / KernelColumns);
        var filled = torch.cat([large, torch.ones([(columns * rows) - count, large.shape[1], large.shape[2], large.shape[3]])]);

        return Grid(filled.view(rows, columns, large.shape[1], large.shape[2], large.shape[3])).MoveToOuterDisposeScope();
    }

    /// <summary>The mean over channels of what each layer says to images, as a share of the largest in its map.</summary>
    /// <param name="backbone">The network.</param>
    /// <param name="images">[N, C, H, W], or clips, whose maps are averaged over time.</param>
    /// <returns>One [N, h, w] for each layer.</returns>
    internal static IReadOnlyList<Tensor> MapsOf(IBackbone backbone, Tensor images)
    {
        using var scope = torch.NewDisposeScope();
        var seen = backbone.Outputs(images);

        return [.. seen.StemMaps.Concat(seen.Maps).Select(map => Share(map).MoveToOuterDisposeScope())];

        static Tensor Share(Tensor map)
        {
            var mean = (map.dim() == 5 ? map.mean([2]) : map).to(torch.float32).abs().mean([1]);                             // [N, h, w]

            return mean / mean.amax([1, 2], keepdim: true).clamp_min(1e-12);
        }
    }

    private static int Shown(Tensor weight) => (int)Math.Min(MostKernels, weight.shape[0]);

    // [N, side * side * C], as thumbnails are.
    private static Tensor Large(Tensor map, int side, int channels)
    {
        using var scope = torch.NewDisposeScope();
        var large = F.interpolate(map.unsqueeze(1), size: [side, side]);                                                     // [N, 1, side, side]

        return large.expand(-1, channels, -1, -1).permute(0, 2, 3, 1).flatten(1).MoveToOuterDisposeScope();
    }

    // Of [rows, columns, C, h, w] one picture, [C, height, width], with white between.
    private static Tensor Grid(Tensor cells)
    {
        using var scope = torch.NewDisposeScope();
        var framed = F.pad(cells.cpu(), [0, Gap, 0, Gap], value: 1);                                                         // [R, C', C, h + g, w + g]

        return framed.permute(2, 0, 3, 1, 4).flatten(1, 2).flatten(2, 3).contiguous().MoveToOuterDisposeScope();
    }

    private static byte[] Png(Tensor picture)
    {
        using var scope = torch.NewDisposeScope();
        var values = picture.permute(1, 2, 0).contiguous().data<float>().ToArray();
        using var file = new MemoryStream();
        PngWriter.Write(
            file, Array.ConvertAll(values, value => (byte)((value * byte.MaxValue) + 0.5f)), (int)picture.shape[1], (int)picture.shape[2],
            (int)picture.shape[0]);

        return file.ToArray();
    }
}
