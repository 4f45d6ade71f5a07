using System.Buffers;

namespace Parallax.Contracts;

/// <summary>A data set whose images lie in files: they can be copied as they are. All members are thread-safe.</summary>
public interface IEncodedImages : INamedImages
{
    /// <summary>Copies the bytes of one file, without decoding.</summary>
    /// <param name="index">0 to the number of images - 1.</param>
    /// <param name="target">Receives the bytes behind what it has.</param>
    /// <exception cref="CorruptSampleException">The file is gone or cannot be read.</exception>
    void ReadFile(long index, IBufferWriter<byte> target);
}
