namespace Parallax.Host.Data;

/// <summary>The augmentations of one view. Each worker has its own.</summary>
internal sealed class ViewSteps
{
    private readonly IReadOnlyList<IAugmentation> _steps;
    private readonly Memory<float>[] _parameters;
    private CounterRandom _random;

    public ViewSteps(IReadOnlyList<IAugmentation> steps) => (_steps, _parameters) = (steps, [.. steps.Select(step => new float[step.ParameterCount])]);

    /// <summary>Draws every decision for an image, and applies it.</summary>
    /// <param name="image">Changed in place.</param>
    /// <param name="random">The generator of (seed, epoch, sample, view).</param>
    public void Draw(ImageBuffer image, CounterRandom random)
    {
        _random = random;
        for (var step = 0; step < _steps.Count; step++)
        {
            Draw(step, image);
            _steps[step].Apply(image, _parameters[step].Span);
        }
    }

    /// <summary>Makes the next frame of the same clip: by what was drawn for the first, but for the steps that draw for each frame.</summary>
    /// <param name="image">As large as the first frame; changed in place.</param>
    public void Apply(ImageBuffer image)
    {
        for (var step = 0; step < _steps.Count; step++)
        {
            if (_steps[step].DrawsPerFrame)
            {
                Draw(step, image);
            }

            _steps[step].Apply(image, _parameters[step].Span);
        }
    }

    private void Draw(int step, ImageBuffer image)
    {
        var parameters = _parameters[step].Span;
        if (step == 0 && _steps[step] is IShrinkingCrop crop)
        {
            DrawFirst(crop, ref _random, image, parameters);
        }
        else
        {
            _steps[step].Draw(ref _random, image.Size, parameters);
        }
    }

    // For the size in the file, so that the seed says which part of the image is taken, however small it was decoded.
    private static void DrawFirst(IShrinkingCrop crop, ref CounterRandom random, ImageBuffer image, Span<float> parameters)
    {
        crop.Draw(ref random, image.FullSize, parameters);
        crop.Reduce(parameters, SmallerDecoding.ReductionOf(image));
    }
}
