using System.Text;

namespace Parallax.Torch;

/// <summary>Which CPU kernels libtorch uses on this machine.</summary>
public static unsafe class CpuKernels
{
    private const int StringSize = 32;   // std::string: address, length, and room for short texts
    private const int MostLetters = 15;

    /// <summary>Instruction set, for example <c>AVX512</c>, <c>AVX2</c>, <c>DEFAULT</c>; <c>ATEN_CPU_CAPABILITY</c> chooses a lower one.</summary>
    public static string Name
    {
        get
        {
            // It returns a C++ string through a hidden first argument. The names are short: the text lies in the string itself, nothing is left to free.
            var text = stackalloc byte[StringSize];
            ((delegate* unmanaged<byte*, void>)Exports.Address(Exports.CpuCapability))(text);
            var length = ((nint*)text)[1];

            return length is >= 0 and <= MostLetters ? Encoding.ASCII.GetString(text + (2 * sizeof(nint)), (int)length) : "unknown";
        }
    }
}
