using System.Reflection;
using Xunit.v3;

namespace Parallax.Tests;

/// <summary>
/// Gives every test the same numbers of libtorch's default generator, whatever ran before it: tests come in another order each time. It has one for the
/// whole process, so tests that draw from it must not run beside each other either.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class)]
internal sealed class SeedAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => TorchSharp.torch.manual_seed(1).Dispose();
}
