namespace FuturePlugins;

[Plugin("future")]
public sealed class FutureEvaluator : IEvaluator
{
}
