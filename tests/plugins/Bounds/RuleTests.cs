using Parallax.Contracts;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Bounds;

/// <summary>Rules across values, on both sides of their edges.</summary>
public sealed class RuleTests
{
    private const string Shapes = "data={name: shapes, count: 64, testCount: 32, ";

    /// <summary>A change of the recipe that is allowed, the nearest one that is not, and the key that the fault names.</summary>
    public static TheoryData<string, string, string> Edges => new()
    {
        { "trainer.accumulation=4", "trainer.accumulation=8", "trainer.accumulation is 8 for trainer.batchSize 8" },     // two images per micro-batch
        { "trainer.accumulation=2", "trainer.accumulation=3", "trainer.batchSize is 8, which is no multiple" },
        { "schedule.milestones=[1]", "schedule.milestones=[0]", "schedule.milestones is [0]" },
        { "schedule.milestones=[1, 2]", "schedule.milestones=[1, 1]", "schedule.milestones is [1, 1]" },
        { "schedule.milestones=[1, 2]", "schedule.milestones=[2, 1]", "schedule.milestones is [2, 1]" },
        { "schedule={name: multistep, milestones: [1]}", "schedule={name: multistep}", "schedule.milestones is empty" },
        { "optimizer={nesterov: true, momentum: 1e-9}", "optimizer={nesterov: true, momentum: 0}", "optimizer.nesterov" },
        { "optimizer={name: adam, nesterov: true, momentum: 0}", "optimizer={name: sgd, nesterov: true, momentum: 0}", "optimizer.nesterov" },
        { Shapes + "mean: [0, 0, 0], std: [1, 1, 1e-9]}", Shapes + "mean: [0, 0, 0], std: [1, 1, 0]}", "data.std holds 0" },
        { Shapes + "mean: [0, 0, 0], std: [1, 1, 1]}", Shapes + "mean: [0, 0, 0], std: [1, 1]}", "data.mean has 3 numbers and data.std has 2" },
        { View("gaussian-blur", "sigmaMin: 2, sigmaMax: 2"), View("gaussian-blur", "sigmaMin: 2.000001, sigmaMax: 2"), "sigmaMin is 2.000001" },
        { View("gaussian-blur", "kernelSize: 0"), View("gaussian-blur", "kernelSize: 2"), "kernelSize is 2" },
        { View("gaussian-blur", "kernelSize: 3"), View("gaussian-blur", "kernelSize: 4"), "kernelSize is 4" },
        { View("random-resized-crop", "scaleMin: 0.5, scaleMax: 0.5"), View("random-resized-crop", "scaleMin: 0.500001, scaleMax: 0.5"),
            "scaleMin is 0.500001" },
        { View("random-resized-crop", "ratioMin: 2, ratioMax: 2"), View("random-resized-crop", "ratioMin: 2.000001, ratioMax: 2"), "ratioMin is 2.000001" },
        { View("constrained-crop", "scaleMin: 0.5, scaleMax: 0.5"), View("constrained-crop", "scaleMin: 0.500001, scaleMax: 0.5"), "scaleMin is 0.500001" },
        { View("constrained-crop", "ratioMin: 2, ratioMax: 2"), View("constrained-crop", "ratioMin: 2.000001, ratioMax: 2"), "ratioMin is 2.000001" },
        { View("constrained-crop", "anchorScaleMin: 0.5, anchorScaleMax: 0.5"), View("constrained-crop", "anchorScaleMin: 0.500001, anchorScaleMax: 0.5"),
            "anchorScaleMin is 0.500001" },
        { View("shared-crop", "scaleMin: 0.5, scaleMax: 0.5"), View("shared-crop", "scaleMin: 0.500001, scaleMax: 0.5"), "scaleMin is 0.500001" },
        { View("shared-crop", "ratioMin: 2, ratioMax: 2"), View("shared-crop", "ratioMin: 2.000001, ratioMax: 2"), "ratioMin is 2.000001" },
        { View("photometric", "bitsMin: 5, bitsMax: 5"), View("photometric", "bitsMin: 6, bitsMax: 5"), "bitsMin is 6" },
        { View("photometric", "sharpnessMin: 0.5, sharpnessMax: 0.5"), View("photometric", "sharpnessMin: 0.500001, sharpnessMax: 0.5"),
            "sharpnessMin is 0.500001" },
        { View("photometric", "thresholdMin: 128, thresholdMax: 128"), View("photometric", "thresholdMin: 129, thresholdMax: 128"), "thresholdMin is 129" },
        { View("cell-crop", "grid: 2, cell: 3"), View("cell-crop", "grid: 2, cell: 4"), "cell is 4, but a grid of 2 x 2 has the cells 0 to 3" },
        { "method={name: moam, classWeight: 0.5, adversarialWeight: 0.5}", "method={name: moam, classWeight: 0.5, adversarialWeight: 0.6}",
            "method.classWeight is 0.5 and method.adversarialWeight is 0.6" },
        { "method={name: cmae, decoderWidth: 48, decoderHeads: 12}", "method={name: cmae, decoderWidth: 48, decoderHeads: 32}", "method.decoderWidth is 48" },
        { "method={name: macrl, decoderWidth: 44, decoderHeads: 4}", "method={name: macrl, decoderWidth: 42, decoderHeads: 6}", "method.decoderWidth is 42" },
        { "method={name: mochi, queueSize: 65, hardest: 64}", "method={name: mochi, queueSize: 64, hardest: 64}", "method.hardest is 64" },
        { "method={name: ressl, teacherTemperature: 0.1, studentTemperature: 0.1}",
            "method={name: ressl, teacherTemperature: 0.100001, studentTemperature: 0.1}", "method.teacherTemperature is 0.100001" },
        { "method={name: ascl, neighbours: 8, queueSize: 8}", "method={name: ascl, neighbours: 9, queueSize: 8}", "method.neighbours is 9" },
        { "method={name: revisiting-moco, neighbours: 8, queueSize: 8}", "method={name: revisiting-moco, neighbours: 9, queueSize: 8}",
            "method.neighbours is 9" },
        { "method={name: sce, queueSize: 1, batchKeys: false}", "method={name: sce, queueSize: 0, batchKeys: false}", "method.queueSize is 0" },
        { "method={name: sce, queueSize: 0, batchKeys: true}", "method={name: sce, queueSize: 0, batchKeys: false}", "method.queueSize is 0" },
        { "backbone={name: vit, heads: 2}", "backbone={name: vit, heads: 5}", "backbone.heads is 5" },
        { "backbone={name: swin, width: 32}", "backbone={name: swin, width: 33}", "backbone.width is 33" },
        { "views=[{repeat: 100, augmentations: [grayscale]}]", "views=[{repeat: 101, augmentations: [grayscale]}]", "views[0].repeat is '101'" },
        { "views=[{repeat: 1, augmentations: [grayscale]}]", "views=[{repeat: 0, augmentations: [grayscale]}]", "views[0].repeat is '0'" },
    };

    [Theory, MemberData(nameof(Edges))]
    public void Reader_OnBothSidesOfARule_AllowsTheOneAndNamesTheOther(string allowed, string refused, string fault)
    {
        ConformanceHost.Configuration("simclr", allowed);

        var faults = Assert.Throws<ConfigurationException>(() => ConformanceHost.Configuration("simclr", refused)).Faults;

        Assert.Contains(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("cpu")]
    [InlineData("cuda")]
    [InlineData("cuda:0")]
    [InlineData("cuda:12")]
    public void Reader_Device_AllowsTheNamedOnes(string device) =>
        Assert.Equal(device, ConformanceHost.Configuration("simclr", $"trainer.device={device}").Trainer.Device);

    [Theory]
    [InlineData("cuda:")]
    [InlineData("cuda:x")]
    [InlineData("acuda")]
    [InlineData("cpu:0")]
    [InlineData("CPU")]
    public void Reader_OtherDevice_IsRefused(string device) =>
        Assert.StartsWith($"trainer.device is '{device}'; allowed: ",
            Assert.Single(Assert.Throws<ConfigurationException>(() => ConformanceHost.Configuration("simclr", $"trainer.device='{device}'")).Faults),
            StringComparison.Ordinal);

    private static string View(string augmentation, string options) => $"views=[{{augmentations: [{{{augmentation}: {{{options}}}}}]}}]";
}
