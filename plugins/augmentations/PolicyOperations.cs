namespace Parallax.Plugins.Augmentations;

/// <summary>Applies the operations of a policy, which are PIL's: on pixels that are whole numbers from 0 to 255.</summary>
internal static class PolicyOperations
{
    private delegate void Operation(ImageBuffer image, float amount, ReadOnlySpan<float> fill);

    private static readonly Dictionary<PolicyOperation, Operation> _operations = new()
    {
        [PolicyOperation.ShearX] = (image, amount, fill) => ByteGeometry.ShearX(image, amount, fill),
        [PolicyOperation.ShearY] = (image, amount, fill) => ByteGeometry.ShearY(image, amount, fill),
        [PolicyOperation.TranslateX] = (image, amount, fill) => ByteGeometry.Translate(image, amount * image.Width, 0, fill),
        [PolicyOperation.TranslateY] = (image, amount, fill) => ByteGeometry.Translate(image, 0, amount * image.Height, fill),
        [PolicyOperation.Rotate] = (image, amount, fill) => ByteGeometry.Rotate(image, amount, fill),
        [PolicyOperation.Color] = (image, amount, _) => ByteImage.Color(image, amount),
        [PolicyOperation.Brightness] = (image, amount, _) => ByteImage.Brightness(image, amount),
        [PolicyOperation.Contrast] = (image, amount, _) => ByteImage.Contrast(image, amount),
        [PolicyOperation.Sharpness] = (image, amount, _) => ByteImage.Sharpen(image, amount),
        [PolicyOperation.Posterize] = (image, amount, _) => ByteTables.Posterize(image, (int)amount),
        [PolicyOperation.Solarize] = (image, amount, _) => ByteTables.Solarize(image, amount),
        [PolicyOperation.SolarizeAdd] = (image, amount, _) => ByteTables.SolarizeAdd(image, amount),
        [PolicyOperation.AutoContrast] = (image, _, _) => ByteTables.AutoContrast(image),
        [PolicyOperation.Equalize] = (image, _, _) => ByteTables.Equalize(image),
        [PolicyOperation.Invert] = (image, _, _) => ByteTables.Solarize(image, threshold: 0),
    };

    /// <summary>Runs operations in order; the image is rounded to bytes before the first, and stays in bytes up to the last.</summary>
    /// <param name="image">[C, H, W] in [0, 1]; unchanged when there is no operation but <see cref="PolicyOperation.None"/>.</param>
    /// <param name="steps">Pairs of an operation and its amount.</param>
    /// <param name="fill">Value of pixels that come in from outside, in bytes: one for all channels, or one each.</param>
    public static void Run(ImageBuffer image, ReadOnlySpan<float> steps, ReadOnlySpan<float> fill)
    {
        var isQuantised = false;
        for (var step = 0; step < steps.Length; step += 2)
        {
            if (!_operations.TryGetValue((PolicyOperation)(int)steps[step], out var run))
            {
                continue;
            }

            if (!isQuantised)
            {
                ByteImage.Quantise(image);
                isQuantised = true;
            }

            run(image, steps[step + 1], fill);
        }

        if (isQuantised)
        {
            ByteImage.Restore(image);
        }
    }
}
