using Parallax.Host.Experiments;
using Parallax.Host.Export;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Methods;

/// <summary>What evaluations take of ExtreMA.</summary>
public sealed class ExtreMATests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Export_OfTheTeacher_IsReadBackIntoAnotherOfItsStructure()
    {
        using var scope = NewDisposeScope();
        using var experiment = ConformanceHost.Get<ExperimentFactory>().Create(ConformanceHost.Configuration("extrema", "method.evaluated=teacher"));
        var (export, file) = (ConformanceHost.Get<BackboneExport>(), Path.Combine(_folder.Path, "teacher.safetensors"));

        var result = export.Write(experiment, "safetensors", file, replaces: false, ExportMetadata.Origin("a run", 3, ""));

        var names = SafeTensors.ReadHeader(file).Tensors.Select(tensor => tensor.Name).ToList();
        Assert.InRange(result.LargestDifference, 0, BackboneExport.Tolerance);
        Assert.Contains("pooling.cls_token", names);
        Assert.Contains("backbone.patch_embed.proj.weight", names);
        Assert.DoesNotContain("timm", export.Formats(experiment).Select(format => format.Name));   // no library has it
    }

    [Fact]
    public void Train_WhateverIsEvaluated_LearnsTheSame()
    {
        using var scope = NewDisposeScope();
        using var student = ConformanceHost.Session("extrema", "trainer.maxSteps=2");
        using var teacher = ConformanceHost.Session("extrema", "trainer.maxSteps=2", "method.evaluated=teacher");

        Assert.Equal(ConformanceHost.Train(student), ConformanceHost.Train(teacher));
    }
}
