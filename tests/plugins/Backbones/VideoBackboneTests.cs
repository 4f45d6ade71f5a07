using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Plugins;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Backbones;

/// <summary>Names, sizes and numbers of parameters of the published networks for clips.</summary>
public sealed class VideoBackboneTests : ModuleTests
{
    private static readonly RunInfo _run = TestRuns.Of() with { ImageSize = 224 };

    [Theory]
    [InlineData("r3d-18", 120)]
    [InlineData("r2plus1d-18", 222)]
    [InlineData("s3d", 462)]
    [InlineData("mvit-v2-s", 395)]
    public void StateDict_NamesAndShapes_AreTorchvisionsWithoutTheClassifier(string name, int entries)
    {
        using var scope = NewDisposeScope();
        var expected = Torchvision(name);

        var actual = Create(name).state_dict().ToDictionary(entry => entry.Key, entry => string.Join(',', entry.Value.shape));

        Assert.Equal(entries, expected.Count);
        Assert.Equal(expected.OrderBy(entry => entry.Key, StringComparer.Ordinal), actual.OrderBy(entry => entry.Key, StringComparer.Ordinal));
    }

    // As the authors' code, torchvision or SlowFast has them without classifier: published in millions with two decimals.
    [Theory]
    [InlineData("r3d-18", 33_166_272)]
    [InlineData("r3d-18 form=hara", 33_203_904)]
    [InlineData("r3d-18 form=slow", 20_023_872)]
    [InlineData("r3d-34 form=hara", 63_513_536)]
    [InlineData("r3d-50", 31_634_496)]
    [InlineData("r3d-50 form=cvrl", 31_672_128)]
    [InlineData("slowonly", 31_634_496)]
    [InlineData("r2plus1d-10", 14_365_303)]
    [InlineData("r2plus1d-18", 31_300_125)]
    [InlineData("r2plus1d-18 form=cstp", 33_178_423)]
    [InlineData("s3d", 7_910_048)]
    [InlineData("s3d-g", 9_098_000)]
    [InlineData("c3d", 27_661_440)]
    [InlineData("mvit-v2-s", 34_230_144)]
    [InlineData("mvit-v2-s form=mask-feat", 36_167_520)]
    [InlineData("time-distributed network=resnet50", 23_508_032)]
    public void Parameters_OfPublishedForms_AreAsManyAsPublished(string choice, long expected)
    {
        using var scope = NewDisposeScope();

        Assert.Equal(expected, Create(choice).parameters().Sum(parameter => parameter.numel()));
    }

    // Frames x side of each map; a narrow network has the maps of a wide one.
    [Theory]
    [InlineData("r3d-18 form=hara width=0.05", 16, 128, "16x64 8x32 4x16 2x8")]
    [InlineData("r3d-18 form=slow width=0.05", 8, 224, "8x56 8x28 8x14 8x7")]
    [InlineData("r3d-50 form=slow width=0.05", 8, 224, "8x56 8x28 8x14 8x7")]
    [InlineData("r3d-50 form=cvrl width=0.05", 16, 128, "8x32 8x16 8x8 8x4")]
    [InlineData("r2plus1d-10 width=0.05", 16, 112, "16x56 8x28 4x14 2x7")]
    [InlineData("s3d width=0.05", 32, 224, "16x112 16x56 16x28 8x14 4x7")]
    [InlineData("c3d width=0.05", 16, 112, "16x112 16x56 8x28 4x14 2x7")]
    [InlineData("mvit-v2-s width=4", 16, 224, "8x56 8x28 8x14 8x7")]
    [InlineData("mvit-v2-s width=4 poolsLast=false form=mask-feat", 16, 224, "8x56 8x28 8x14 8x14")]
    [InlineData("time-distributed width=0.05", 3, 64, "3x16 3x8 3x4 3x2")]
    public void Maps_OfPublishedClips_HaveThePublishedSizes(string choice, int frames, int side, string sizes)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var backbone = (IBackbone)Create(choice);

        var maps = backbone.Maps(zeros([1, 3, frames, side, side]));

        Assert.Equal(sizes, string.Join(' ', maps.Select(map => $"{map.shape[2]}x{map.shape[3]}")));
        Assert.All(maps.Zip(backbone.Stages), pair => Assert.Equal(side / pair.Second.Stride, pair.First.shape[4]));
    }

    [Theory]
    [InlineData("s3d width=0.05", 4, 64, "at least 5 frames of 17x17")]
    [InlineData("s3d-g width=0.05", 16, 16, "at least 5 frames of 17x17")]
    [InlineData("c3d width=0.05", 7, 64, "at least 8 frames of 16x16")]
    public void Call_ClipsThatAreTooSmall_SaysHowLargeTheyMustBe(string choice, int frames, int side, string expected)
    {
        using var scope = NewDisposeScope();
        var backbone = (IBackbone)Create(choice);

        var fault = Assert.Throws<ConfigurationException>(() => backbone.call(zeros([1, 3, frames, side, side])));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3d width=0.1", 5, 17)]
    [InlineData("c3d width=0.1", 8, 16)]
    [InlineData("r3d-18 width=0.1", 1, 8)]
    [InlineData("mvit-v2-s width=8", 1, 8)]
    public void Call_SmallestClips_GivesFeatures(string choice, int frames, int side)
    {
        using var scope = NewDisposeScope();
        var module = Create(choice);
        module.eval();

        Assert.Equal([2, ((IBackbone)module).FeatureDim], ((IBackbone)module).call(rand([2, 3, frames, side, side])).shape);
    }

    [Theory]
    [InlineData("r3d-18 width=0.25")]
    [InlineData("r3d-50 width=0.125")]
    [InlineData("r2plus1d-10 width=0.25")]
    [InlineData("s3d-g width=0.25")]
    [InlineData("c3d width=0.25")]
    [InlineData("mvit-v2-s width=16 depth=6")]
    [InlineData("time-distributed width=0.25")]
    public void Call_InBfloat16_IsNearFloat32(string choice)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var module = Create(choice);
        module.eval();
        var clips = Tensors.Normal(3, 2, 3, 8, 32, 32);

        var exact = ((IBackbone)module).call(clips);
        using var autocast = Autocast.Enter(CPU, bfloat16);
        var rounded = ((IBackbone)module).call(clips).to(float32);

        var largest = exact.abs().max();   // S3D's first weights are so small that its features are far below the epsilon of a cosine
        Assert.All(Tensors.Values(F.cosine_similarity(exact / largest, rounded / largest, 1)), cosine => Assert.InRange(cosine, 0.99, 1.01));
    }

    [Theory]
    [InlineData("r3d-18")]
    [InlineData("r3d-50")]
    public void Constructor_ZeroInitResidual_MakesBlocksStartAsIdentities(string name)
    {
        using var scope = NewDisposeScope();

        var state = Create($"{name} width=0.125 zeroInitResidual=true").state_dict();

        var last = name == "r3d-18" ? "conv2.1" : "conv3.1";
        Assert.Equal(0, state[$"layer1.0.{last}.weight"].abs().sum().item<float>());
        Assert.Equal(8, state["layer1.0.conv1.1.weight"].sum().item<float>());
    }

    [Fact]
    public void Constructor_Convolutions_HaveFanOutVariance()
    {
        using var scope = NewDisposeScope();

        var weight = Create("r3d-18 width=0.25").state_dict()["layer3.0.conv2.0.weight"];   // [64, 64, 3, 3, 3]

        Assert.Equal(Math.Sqrt(2.0 / (64 * 27)), weight.std().item<float>(), tolerance: 4e-4);
    }

    [Fact]
    public void TimeDistributed_AClip_IsTheMeanOfItsFrames()
    {
        using var scope = NewDisposeScope();
        using var clips = new TimeDistributed(new() { Width = 0.125 }, _run);
        using var images = new ResNet18(new() { Width = 0.125 }, _run);
        images.load_state_dict(clips.state_dict().ToDictionary(entry => entry.Key["frame.".Length..], entry => entry.Value));
        clips.eval();
        images.eval();
        var clip = Tensors.Normal(1, 2, 3, 4, 32, 32);

        var mean = stack(clip.unbind(2).Select(images.call), 0).mean([0]);

        Tensors.AssertClose(mean, clips.call(clip));
    }

    /// <summary>A backbone by its name and options, as a recipe would write them.</summary>
    private Module Create(string choice)
    {
        var parts = choice.Split(' ');
        var options = parts.Skip(1).Select(part => part.Split('=')).ToDictionary(pair => pair[0], object (pair) => pair[1]);

        return Kept((Module)PluginChoice.From(ConformanceHost.Catalog.Get(PluginKind.Backbone, parts[0]), options)
            .Create<IBackbone>(ConformanceHost.Get<PluginFactory>(), _run));
    }

    private static Dictionary<string, string> Torchvision(string name)
    {
        using var stream = typeof(VideoBackboneTests).Assembly.GetManifestResourceStream("torchvision-video-keys.txt")!;
        using var reader = new StreamReader(stream);

        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .Where(parts => parts[0] == name).ToDictionary(parts => parts[1], parts => parts[2]);
    }
}
