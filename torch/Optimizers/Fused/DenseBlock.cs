namespace Parallax.Torch;

/// <summary>Memory of one parameter and what goes with it, all in one order without gaps, so that a flat pass over it is an elementwise pass.</summary>
internal unsafe struct DenseBlock
{
    public void* Parameter;
    public void* Gradient;
    public void* First;
    public void* Second;
    public void* Third;
    public nint Count;

    /// <summary>Type of parameter and gradient. Buffers are float64 for float64 and float32 for everything else.</summary>
    public ScalarType Type;
}
