namespace Parallax.Torch;

/// <summary>One call of an operator, from its start to its end, calls of others inside it included.</summary>
/// <param name="Name">For example <c>aten::convolution</c>; steps of the backward pass begin with <c>autograd::engine::</c>.</param>
/// <param name="Thread">Managed id of the thread that called it.</param>
/// <param name="Start">Time stamp of <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>.</param>
/// <param name="End">The same at its end.</param>
public readonly record struct OperatorEvent(string Name, int Thread, long Start, long End);
