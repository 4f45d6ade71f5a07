namespace Parallax.Host.Weights;

/// <summary>One tensor of a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Type of its elements.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Begin">First byte, counted from the start of the values.</param>
/// <param name="End">First byte after it.</param>
internal sealed record SafeTensorsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Bytes that the type and shape need; -1 when the count overflows.</summary>
    internal long ExpectedBytes
    {
        get
        {
            try
            {
                return Shape.Aggregate((long)SafeTensorsType.ByteSize(Type), (product, size) => checked(product * size));
            }
            catch (OverflowException)
            {
                return -1;
            }
        }
    }
}
