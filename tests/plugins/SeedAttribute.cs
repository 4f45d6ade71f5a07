using System.Reflection;
using Xunit.v3;

[assembly: Parallax.Plugins.Tests.Seed]

namespace Parallax.Plugins.Tests;

/// <summary>Gives every test the same random numbers, whatever ran before it: tests come in another order each time.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class SeedAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => manual_seed(1).Dispose();
}
