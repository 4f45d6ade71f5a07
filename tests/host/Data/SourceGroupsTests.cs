using System.ComponentModel.DataAnnotations;
using Parallax.Host.Configuration;
using Parallax.Host.Data;

namespace Parallax.Host.Tests.Data;

/// <summary>Sources that names tell.</summary>
public sealed class SourceGroupsTests
{
    private const string Ucf101 = @"(v_\w+_g\d+)_c\d+";

    [Fact]
    public void Of_NamesOfUcf101_TellsClassAndGroup()
    {
        var groups = Of(Ucf101, "train/Run/v_Run_g01_c01.avi", "train/Run/v_Run_g01_c02.avi", "train/Run/v_Run_g02_c01.avi", "train/Jump/v_Jump_g01_c01.avi");

        Assert.Equal([0, 0, 1, 2], Enumerable.Range(0, 4).Select(index => groups.Of(index)));
        Assert.Equal((3, 0), (groups.Count, groups.Lone));
    }

    [Fact]
    public void Of_NameWithoutTheSource_IsOneOfItsOwn()
    {
        var groups = Of("g[0-9]", "a/g1.avi", "a/x.avi", "a/y.avi", "b/g1.avi");

        Assert.Equal([0, 1, 2, 0], Enumerable.Range(0, 4).Select(index => groups.Of(index)));
        Assert.Equal((3, 2), (groups.Count, groups.Lone));
    }

    [Fact]
    public void Shared_SamplesOfBothSplits_CountsThoseOfKnownSources()
    {
        var train = Of("g[0-9]", "g1 a", "g2 a", "x");
        var test = Of("g[0-9]", "g2 b", "g1 b", "g3 b", "x", "g2 c");

        Assert.Equal(4, test.Shared([0, 1, 2, 3, 4], train, [0, 1, 2]));   // all but g3: a name that both splits have is one source
        Assert.Equal(1, test.Shared([0, 1, 2], train, [0]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Of_NoPattern_KnowsNoSources(string? pattern)
    {
        using var data = new FakeDataset(4);

        Assert.Null(SourceGroups.Of(data, new() { GroupPattern = pattern }));
    }

    [Fact]
    public void Of_PatternInNoName_IsRefusedWithAName()
    {
        var fault = Assert.Throws<ConfigurationException>(() => Of("g[0-9]", "train/a.avi", "train/b.avi"));

        Assert.Equal("data.groupPattern is 'g[0-9]', which is found in none of the 2 names of the Train split, such as 'train/a.avi'. Correct it: what its "
            + "first parentheses take is the source.", fault.Message);
    }

    [Fact]
    public void Of_ImagesWithoutNames_AreRefused()
    {
        using var data = new FakeDataset(4);

        var fault = Assert.Throws<ConfigurationException>(() => SourceGroups.Of(data, new() { GroupPattern = "a", Share = 0.5 }));

        Assert.Equal("data.groupPattern is 'a', but the images of 'fake' have no names of files. Remove it, or take data with names.", fault.Message);
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(1, 2)]
    public void Of_PartOfNamedSamples_TellsTheirSources(double share, double longTail)
    {
        using var data = new Named("a1", "b1", "a2", "b2", "a3", "b3", "a4", "b4");

        var part = TrainingShare.Of(data, new() { Share = share, LongTail = longTail });
        var groups = SourceGroups.Of(part, new() { GroupPattern = "[ab]" })!;

        string[] names = [.. Enumerable.Range(0, (int)part.Info.Count).Select(index => Assert.IsType<INamedImages>(part, exactMatch: false).NameOf(index))];
        Assert.InRange(names.Length, 4, 7);
        Assert.Equal(names.DistinctBy(name => name[0]).Count(), groups.Count);
        Assert.Equal(names.Select(name => Array.FindIndex(names, other => other[0] == name[0])).Select(first => groups.Of(first)),
            Enumerable.Range(0, names.Length).Select(index => groups.Of(index)));
    }

    [Theory]
    [InlineData("(a", "data.groupPattern is '(a': ")]
    [InlineData("(?=a)b", "data.groupPattern is '(?=a)b': ")]
    public void Validate_PatternThatCannotBeRead_IsTold(string pattern, string start)
    {
        var options = new DataOptions { Name = "video-folder", GroupPattern = pattern };

        var fault = Assert.Single(options.Validate(new ValidationContext(options)));

        Assert.StartsWith(start, fault.ErrorMessage, StringComparison.Ordinal);
        Assert.EndsWith("Expected a regular expression without references or look-around.", fault.ErrorMessage, StringComparison.Ordinal);
    }

    internal static SourceGroups Of(string pattern, params string[] names)
    {
        using var data = new Named(names);

        return SourceGroups.Of(data, new() { GroupPattern = pattern })!;
    }

    private sealed class Named(params string[] names) : IImageDataset, INamedImages
    {
        private readonly FakeDataset _images = new(names.Length);

        public DatasetInfo Info => _images.Info;

        public string NameOf(long index) => names[index];

        public void Read(long index, ImageBuffer image, SmallestSide? smallestSide = null) => throw new NotSupportedException("Only names are looked at.");

        public int Label(long index) => (int)(index % 2);

        public void Dispose() => _images.Dispose();
    }
}
