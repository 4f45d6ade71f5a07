namespace Parallax.Plugins.Datasets;

/// <summary>One video: an object that moves before a textured background, which drifts. All lengths are in units of the image side.</summary>
/// <remarks>Both move along straight lines without an end: what leaves on one side comes in on the other.</remarks>
internal sealed class MovingObjectScene
{
    private readonly ShapeScene _object;
    private readonly DriftingTexture _background;
    private readonly float _zoom, _x, _y, _right, _down;

    private MovingObjectScene(ShapeScene shape, int direction, ref CounterRandom random)
    {
        const double jitter = Math.PI / 9;   // 20 degrees
        _object = shape;
        _zoom = (float)random.Uniform(1.6, 2.4);
        (_x, _y) = ((float)random.Uniform(-0.35, 0.35), (float)random.Uniform(-0.35, 0.35));
        var angle = (direction switch { 0 => 0, 1 => Math.PI, 2 => Math.PI / 2, _ => -Math.PI / 2 }) + random.Uniform(-jitter, jitter);
        var speed = random.Uniform(0.03, 0.06);   // one to two pixels of 32 a frame
        var (sine, cosine) = Math.SinCos(angle);
        (_right, _down) = ((float)(speed * cosine), (float)(speed * sine));
        _background = new(ref random);
    }

    /// <summary>Draws everything about a video.</summary>
    /// <param name="label">Class of the object.</param>
    /// <param name="direction">Its direction: right, left, down, up.</param>
    /// <param name="random">The generator of the video.</param>
    public static MovingObjectScene Draw(int label, int direction, ref CounterRandom random)
    {
        var shape = ShapeScene.Draw(ShapeDataset.Outline(label), ShapeDataset.Texture(label), ref random);

        return new(shape, direction, ref random);
    }

    /// <summary>The colour at a point of a frame, each coordinate in [-0.5, 0.5].</summary>
    public ShapeColour At(float x, float y, int frame) => FindObject(x, y, frame, out var colour) ? colour : _background.At(x, y, frame);

    /// <summary>Whether a point of a frame belongs to the object.</summary>
    public bool IsObject(float x, float y, int frame) => FindObject(x, y, frame, out _);

    private bool FindObject(float x, float y, int frame, out ShapeColour colour) =>
        _object.FindObject(_zoom * Wrapped(x - _x - (_right * frame)), _zoom * Wrapped(y - _y - (_down * frame)), out colour);

    // Into [-0.5, 0.5].
    private static float Wrapped(float place) => place - MathF.Round(place);
}
