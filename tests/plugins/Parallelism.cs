// Weights are drawn from libtorch's default generator, which all tests of the process share: two tests at once would take each other's numbers.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
[assembly: Parallax.Tests.Seed]
