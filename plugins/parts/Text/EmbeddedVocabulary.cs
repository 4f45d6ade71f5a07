namespace Parallax.Plugins.Parts;

/// <summary>A small vocabulary for byte pair encoding, made of a list of words instead of counted pairs.</summary>
/// <remarks>
/// Ours. Token 0 fills captions up; tokens 1 to 256 are the bytes of UTF-8, so that any text can be written. For each word of <c>words.txt</c>, in its order
/// and with the space before it, the merges are those that join its first two letters, then these with the third, and so on, where they are not there yet: a
/// listed word is one token, of all others the longest beginning that they share with one is a token and the rest are bytes.
/// </remarks>
internal static class EmbeddedVocabulary
{
    /// <summary>What stands for the byte of a space, as in GPT-2.</summary>
    private const char Space = '\u0120';

    private const int Bytes = 256;

    /// <summary>Tokens by number, then pairs that are joined, those that come first before others.</summary>
    public static (IReadOnlyList<KeyValuePair<string, int>> Tokens, IReadOnlyList<string> Merges) Create()
    {
        List<string> tokens = ["<pad>", .. ByteLetters()];
        var known = tokens.ToHashSet(StringComparer.Ordinal);
        List<string> merges = [];
        foreach (var word in Words())
        {
            for (var end = 1; end <= word.Length; end++)
            {
                var joined = $"{Space}{word[..end]}";
                if (known.Add(joined))
                {
                    tokens.Add(joined);
                    merges.Add($"{Space}{word[..(end - 1)]} {word[end - 1]}");
                }
            }
        }

        return ([.. tokens.Select((token, id) => KeyValuePair.Create(token, id))], merges);
    }

    /// <summary>GPT-2's letters for the 256 bytes: those that are seen stand for themselves, all others come from 256 on.</summary>
    private static IEnumerable<string> ByteLetters()
    {
        var other = Bytes;
        for (var value = 0; value < Bytes; value++)
        {
            var isSeen = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            yield return ((char)(isSeen ? value : other++)).ToString();
        }
    }

    private static string[] Words()
    {
        using var stream = typeof(EmbeddedVocabulary).Assembly.GetManifestResourceStream("words.txt")!;
        using var reader = new StreamReader(stream);

        return reader.ReadToEnd().Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }
}
