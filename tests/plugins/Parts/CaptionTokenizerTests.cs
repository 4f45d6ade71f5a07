using System.Text.Json;
using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class CaptionTokenizerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Encode_EmbeddedKnownWords_IsATokenEachFilledUpWithZeros()
    {
        var tokenizer = CaptionTokenizer.Create(new() { Length = 8 });

        var tokens = Rows(tokenizer, "a photo of a dog.", "A PHOTO of a dog", "");

        Assert.Equal(6, tokens[0].Count(token => token > 0));
        Assert.Equal([0, 0], tokens[0][6..]);
        Assert.Equal(tokens[0][..5], tokens[1][..5]);
        Assert.Equal('.' - '!' + 34, tokens[0][5]);   // byte 0x2E: token 1 + 0x2E
        Assert.All(tokens[2], token => Assert.Equal(0, token));
    }

    [Fact]
    public void Encode_EmbeddedUnknownWord_IsItsLongestKnownBeginningAndBytes()
    {
        var tokenizer = CaptionTokenizer.Create(new() { Length = 8 });

        var tokens = Rows(tokenizer, "dog", "dogxy");

        Assert.Equal([tokens[0][0], 1 + 'x', 1 + 'y', 0], tokens[1][..4]);
    }

    [Fact]
    public void Encode_EmbeddedUnicode_IsTheBytesOfUtf8()
    {
        var tokenizer = CaptionTokenizer.Create(new() { Length = 8 });

        // a space, then E7 8C AB
        Assert.Equal([1 + 0x20, 1 + 0xE7, 1 + 0x8C, 1 + 0xAB, 0, 0, 0, 0], Rows(tokenizer, "猫")[0]);
    }

    [Fact]
    public void Encode_LongerCaption_IsCut()
    {
        var (whole, cut) = (CaptionTokenizer.Create(new() { Length = 8 }), CaptionTokenizer.Create(new() { Length = 3 }));

        Assert.Equal(Rows(whole, "a photo of a small dog")[0][..3], Rows(cut, "a photo of a small dog")[0]);
    }

    [Fact]
    public void Encode_AnyCaption_StaysBelowTheSizeOfTheVocabulary()
    {
        var tokenizer = CaptionTokenizer.Create(new() { Length = 64 });

        Assert.InRange(tokenizer.VocabularySize, 257, 4096);
        Assert.All(Rows(tokenizer, "a pinstriped half-disc ÿ é 🍎 \t\n \u0000")[0], token => Assert.InRange(token, 0, tokenizer.VocabularySize - 1));
    }

    [Fact]
    public void Encode_BytePairsOfGpt2_JoinsByTheMerges()
    {
        var options = Bpe(["!", "c", "a", "t", "\u0120", "ca", "cat", "\u0120c", "\u0120ca", "\u0120cat"], "#version: 0.2", "c a", "ca t", "\u0120 cat");

        Assert.Equal([6, 9, 5, 0], Rows(CaptionTokenizer.Create(options), "cat catca")[0]);
    }

    [Fact]
    public void Encode_BytePairsOfClip_IsLowerCaseWithEndsOfWords()
    {
        var options = Bpe(["!", "c", "a", "t", "t</w>", "ca", "cat</w>"], "c a", "ca t</w>");

        Assert.Equal([6, 6, 0, 0], Rows(CaptionTokenizer.Create(options), "Cat  cat")[0]);
    }

    [Fact]
    public void Encode_WordPiece_HasNoMarksOfBeginAndEnd()
    {
        var vocabulary = Write("vocab.txt", string.Join('\n', "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "cat", "##s", "two", "zwei"));
        var options = new TokenizerOptions { Kind = TokenizerKind.WordPiece, VocabularyFile = vocabulary, Length = 5 };
        var tokenizer = CaptionTokenizer.Create(options);

        Assert.Equal([7, 5, 6, 1, 0], Rows(tokenizer, "Two cats 猫")[0]);
        Assert.Equal(9, tokenizer.VocabularySize);
    }

    [Theory]
    [InlineData(TokenizerKind.Bpe, "not json", "vocabularyFile", "a JSON object")]
    [InlineData(TokenizerKind.WordPiece, "cat\ndog", "vocabularyFile", "[UNK]")]
    [InlineData(TokenizerKind.WordPiece, null, "vocabularyFile", "a token a line")]
    public void Create_FileThatIsNoVocabulary_NamesKeyFileAndWhatIsExpected(TokenizerKind kind, string? content, string key, string expected)
    {
        var file = content is null ? Path.Combine(_folder.FullName, "gone.txt") : Write("file", content);

        var fault = Assert.Throws<ConfigurationException>(
            () => CaptionTokenizer.Create(new() { Kind = kind, VocabularyFile = file, MergesFile = file }));

        Assert.StartsWith($"method.tokenizer.{key} is '{file}'", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_FilesThatDoNotFitTheKind_SaysWhichAreNeeded()
    {
        static string Fault(TokenizerOptions options) => Assert.Single(options.Validate(new(options))).ErrorMessage!;

        Assert.Contains("takes vocabularyFile and mergesFile", Fault(new() { Kind = TokenizerKind.Bpe, VocabularyFile = "v" }), StringComparison.Ordinal);
        Assert.StartsWith("method.tokenizer.kind is word-piece, which takes", Fault(new() { Kind = TokenizerKind.WordPiece }), StringComparison.Ordinal);
        Assert.Contains("takes no files", Fault(new() { MergesFile = "m" }), StringComparison.Ordinal);
        Assert.Empty(new TokenizerOptions { Kind = TokenizerKind.WordPiece, VocabularyFile = "v" }.Validate(new(new object())));
    }

    private static List<long[]> Rows(CaptionTokenizer tokenizer, params string[] captions)
    {
        using var tokens = tokenizer.Encode(captions);

        return [.. tokens.data<long>().ToArray().Chunk(tokenizer.Length)];
    }

    private TokenizerOptions Bpe(string[] vocabulary, params string[] merges) => new()
    {
        Kind = TokenizerKind.Bpe,
        VocabularyFile = Write("vocab.json", JsonSerializer.Serialize(vocabulary.Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id))),
        MergesFile = Write("merges.txt", string.Join('\n', merges)),
        Length = 4,
    };

    private string Write(string name, string content)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, content);

        return file;
    }
}
