using Parallax.Contracts;

namespace Parallax.Contracts.Tests.Plugins;

/// <summary>Exceptions for users say everything in their message.</summary>
public sealed class ExceptionTests
{
    [Fact]
    public void ConfigurationException_SeveralFaults_TellsAll()
    {
        var error = new ConfigurationException(["first.", "second."]);

        Assert.Equal(["first.", "second."], error.Faults);
        Assert.Equal($"first.{Environment.NewLine}second.", error.Message);
    }

    [Fact]
    public void ConfigurationException_OneFault_IsItsMessage()
    {
        var error = new ConfigurationException("only.");

        Assert.Equal(["only."], error.Faults);
        Assert.Equal("only.", error.Message);
    }

    [Fact]
    public void CorruptSampleException_Sample_StandsFirst()
    {
        var error = new CorruptSampleException("train.tar: cat/3.jpg", "cut short after 512 bytes");

        Assert.Equal("train.tar: cat/3.jpg: cut short after 512 bytes", error.Message);
        Assert.Equal("train.tar: cat/3.jpg", error.Sample);
        Assert.Equal("cut short after 512 bytes", error.Reason);
    }
}
