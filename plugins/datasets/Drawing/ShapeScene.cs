namespace Parallax.Plugins.Datasets;

/// <summary>One picture: an object of a class before a cluttered background. All lengths are in units of the image side, angles in radians.</summary>
/// <remarks>Only outline and pattern belong to the class; colours, place, size, rotation, light, clutter and what hides the object are drawn at
/// random.</remarks>
internal struct ShapeScene
{
    private const int Clutter = 2;
    private int _outline, _texture;
    private float _x, _y, _cosine, _sine, _patternCosine, _patternSine, _period, _phaseU, _phaseV;
    private float _lightX, _lightY, _gradientX, _gradientY;
    private ShapeColour _first, _second, _backgroundFrom, _backgroundTo, _cover;
    private float _coverCosine, _coverSine, _coverOffset, _coverWidth;
    private Blobs _blobs;

    public static ShapeScene Draw(int outline, int texture, ref CounterRandom random)
    {
        var scene = new ShapeScene { _outline = outline, _texture = texture };
        scene.PlaceObject(ref random);
        scene.ChooseColours(ref random);
        scene.PlaceClutter(ref random);

        return scene;
    }

    /// <summary>The colour at a point of the image, each coordinate in [-0.5, 0.5].</summary>
    public readonly ShapeColour At(float x, float y)
    {
        if (Math.Abs((x * _coverCosine) + (y * _coverSine) - _coverOffset) < _coverWidth)
        {
            return _cover;
        }

        return FindObject(x, y, out var colour) ? colour : Background(x, y);
    }

    /// <summary>The colour of the object at a point, where it is there: before what hides it.</summary>
    public readonly bool FindObject(float x, float y, out ShapeColour colour)
    {
        float dx = x - _x, dy = y - _y;
        float ownX = (dx * _cosine) + (dy * _sine), ownY = (dy * _cosine) - (dx * _sine);
        if (!ShapeOutline.Contains(_outline, ownX, ownY))
        {
            colour = default;

            return false;
        }

        var u = (((ownX * _patternCosine) + (ownY * _patternSine)) / _period) + _phaseU;
        var v = (((ownY * _patternCosine) - (ownX * _patternSine)) / _period) + _phaseV;
        colour = (ShapeTexture.IsSecondColour(_texture, u, v) ? _second : _first) * (1f + (ownX * _lightX) + (ownY * _lightY));

        return true;
    }

    private readonly ShapeColour Background(float x, float y)
    {
        for (var i = 0; i < Clutter; i++)
        {
            if (_blobs[i].Contains(x, y))
            {
                return _blobs[i].Colour;
            }
        }

        return ShapeColour.Mix(_backgroundFrom, _backgroundTo, Math.Clamp(0.5f + (x * _gradientX) + (y * _gradientY), 0f, 1f));
    }

    private void PlaceObject(ref CounterRandom random)
    {
        var radius = random.Uniform(0.34, 0.48);
        var (sine, cosine) = Math.SinCos(random.Uniform(0, 2 * Math.PI));
        (_cosine, _sine) = ((float)(cosine / radius), (float)(sine / radius));   // the scale goes with the rotation
        (_x, _y) = ((float)random.Uniform(-0.1, 0.1), (float)random.Uniform(-0.1, 0.1));
        var centred = ShapeTexture.IsCentred(_texture);
        (_patternSine, _patternCosine) = MathF.SinCos(centred ? 0f : (float)random.Uniform(0, 2 * Math.PI));
        _period = (float)random.Uniform(0.42, 0.58);
        (_phaseU, _phaseV) = centred ? (0f, 0f) : ((float)random.NextDouble(), (float)random.NextDouble());
        (_lightX, _lightY) = ((float)random.Uniform(-0.25, 0.25), (float)random.Uniform(-0.25, 0.25));
    }

    private void ChooseColours(ref CounterRandom random)
    {
        const float patternContrast = 0.35f, backgroundContrast = 0.12f;
        _first = ShapeColour.Random(ref random);
        _second = ShapeColour.RandomApartFrom(_first, patternContrast, ref random);
        _backgroundFrom = ShapeColour.RandomApartFrom(_first, backgroundContrast, ref random);
        _backgroundTo = ShapeColour.RandomApartFrom(_first, backgroundContrast, ref random);
        (_gradientX, _gradientY) = ((float)random.Uniform(-0.7, 0.7), (float)random.Uniform(-0.7, 0.7));
    }

    private void PlaceClutter(ref CounterRandom random)
    {
        for (var i = 0; i < Clutter; i++)
        {
            _blobs[i] = Blob.Draw(ref random);
        }

        const double coveredShare = 0.25;
        _cover = ShapeColour.Random(ref random);
        (_coverSine, _coverCosine) = MathF.SinCos((float)random.Uniform(0, 2 * Math.PI));
        _coverOffset = (float)random.Uniform(0, 0.35);
        _coverWidth = random.Chance(coveredShare) ? (float)random.Uniform(0.03, 0.07) : 0f;
    }

    [System.Runtime.CompilerServices.InlineArray(Clutter)]
    private struct Blobs
    {
        private Blob _first;
    }

    /// <summary>An ellipse of one colour in the background.</summary>
    private readonly record struct Blob(float X, float Y, float Cosine, float Sine, float Stretch, ShapeColour Colour)
    {
        public static Blob Draw(ref CounterRandom random)
        {
            var radius = random.Uniform(0.04, 0.1);
            var (sine, cosine) = Math.SinCos(random.Uniform(0, 2 * Math.PI));

            return new((float)random.Uniform(-0.5, 0.5), (float)random.Uniform(-0.5, 0.5), (float)(cosine / radius), (float)(sine / radius),
                (float)random.Uniform(0.3, 1.5), ShapeColour.Random(ref random));
        }

        public bool Contains(float x, float y)
        {
            float dx = x - X, dy = y - Y;
            float along = (dx * Cosine) + (dy * Sine), across = ((dy * Cosine) - (dx * Sine)) * Stretch;

            return (along * along) + (across * across) < 1f;
        }
    }
}
