using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace Parallax.Plugins.Parts;

/// <summary>Turns captions into rows of tokens of one length. Deterministic and thread-safe.</summary>
/// <remarks>
/// As FLIP's code: longer captions are cut, shorter ones filled up with token 0, and no token marks begin or end. Byte pairs: Sennrich et al., ACL 2016,
/// https://arxiv.org/abs/1508.07909, over bytes as in GPT-2; WordPiece: Devlin et al., "BERT", NAACL 2019, https://arxiv.org/abs/1810.04805.
/// Microsoft.ML.Tokenizers does the work.
/// </remarks>
public sealed class CaptionTokenizer
{
    private const string EndOfWord = "</w>";   // of CLIP's vocabulary
    private readonly Tokenizer _tokenizer;
    private readonly bool _startsWithSpace;

    private CaptionTokenizer(Tokenizer tokenizer, int vocabulary, int length, bool startsWithSpace) =>
        (_tokenizer, VocabularySize, Length, _startsWithSpace) = (tokenizer, vocabulary, length, startsWithSpace);

    /// <summary>Numbers of tokens are below this.</summary>
    public int VocabularySize { get; }

    /// <summary>Tokens T per caption.</summary>
    public int Length { get; }

    /// <summary>Makes a tokenizer.</summary>
    /// <exception cref="ConfigurationException">A file is missing or is no vocabulary: names it and says what was expected.</exception>
    public static CaptionTokenizer Create(TokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);

        return options.Kind switch
        {
            TokenizerKind.Embedded => Embedded(options.Length),
            TokenizerKind.Bpe => BytePairs(options),
            _ => WordPieces(options),
        };
    }

    /// <summary>Tokens of captions.</summary>
    /// <param name="captions">N texts; an empty one is token 0 only.</param>
    /// <returns>[N, T] int64 on the CPU.</returns>
    public Tensor Encode(IReadOnlyList<string> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        var tokens = new long[captions.Count * Length];
        for (var row = 0; row < captions.Count; row++)
        {
            var place = row * Length;
            foreach (var id in Ids(captions[row]).Take(Length))
            {
                tokens[place++] = id;
            }
        }

        return tensor(tokens, [captions.Count, Length]);   // [N, T]
    }

    // BERT's own marks of begin and end are left out.
    private IReadOnlyList<int> Ids(string caption) => string.IsNullOrWhiteSpace(caption) ? []
        : _tokenizer is BertTokenizer bert ? bert.EncodeToIds(caption, addSpecialTokens: false)
        : _tokenizer.EncodeToIds(_startsWithSpace ? $" {caption.ToLowerInvariant()}" : caption);

    private static CaptionTokenizer Embedded(int length)
    {
        var (tokens, merges) = EmbeddedVocabulary.Create();
        var options = new BpeOptions(tokens) { Merges = merges, ByteLevel = true, PreTokenizer = RobertaPreTokenizer.Instance };

        return new(BpeTokenizer.Create(options), tokens.Count, length, startsWithSpace: true);
    }

    private static CaptionTokenizer BytePairs(TokenizerOptions options)
    {
        var vocabulary = Read(options.VocabularyFile, "vocabularyFile", "a JSON object of tokens and their numbers", file =>
            JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(file)) is { Count: > 0 } read
                ? read
                : throw new JsonException("It is empty."));
        var isClip = vocabulary.Keys.Any(token => token.EndsWith(EndOfWord, StringComparison.Ordinal));

        return Read(options.MergesFile, "mergesFile", "two tokens a line, of which all are in the vocabulary", file =>
        {
            var bpe = new BpeOptions(vocabulary)
            {
                Merges = File.ReadLines(file).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal)),
                ByteLevel = true,
                PreTokenizer = isClip ? PreTokenizer.CreateWordOrPunctuation() : RobertaPreTokenizer.Instance,
                Normalizer = isClip ? LowerCaseNormalizer.Instance : null,
                EndOfWordSuffix = isClip ? EndOfWord : null,
            };

            return new CaptionTokenizer(BpeTokenizer.Create(bpe), vocabulary.Values.Max() + 1, options.Length, startsWithSpace: false);
        });
    }

    private static CaptionTokenizer WordPieces(TokenizerOptions options) => Read(
        options.VocabularyFile, "vocabularyFile", "a token a line, [UNK], [CLS], [SEP], [PAD] and [MASK] among them", file =>
            new CaptionTokenizer(BertTokenizer.Create(file), File.ReadLines(file).Count(), options.Length, startsWithSpace: false));

    private static T Read<T>(string? file, string key, string expected, Func<string, T> read)
    {
        try
        {
            return read(file ?? "");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or ArgumentException or InvalidOperationException
            or KeyNotFoundException)
        {
            throw new ConfigurationException(
                $"method.tokenizer.{key} is '{file}', which cannot be read: {fault.Message.TrimEnd('.')}. Expected {expected}.");
        }
    }
}
