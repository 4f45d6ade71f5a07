using System.Security.Cryptography;
using System.Text;

namespace Parallax.Plugins.Datasets;

/// <summary>Eight hex digits that stand for the content of a data set: the start of a SHA-256.</summary>
internal sealed class ContentDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public ContentDigest Add(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);

        return this;
    }

    public ContentDigest Add(string text) => Add(Encoding.UTF8.GetBytes(text + "\n"));

    public ContentDigest Add(long number) => Add(BitConverter.GetBytes(number));

    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset().AsSpan(0, 4));

    public void Dispose() => _hash.Dispose();
}
