namespace Parallax.Plugins.Evaluators;

/// <summary>What solvers need of the weights of a machine, however they are held: products with rows, steps, the minimum of a quadratic.</summary>
internal abstract class SvmSpace
{
    /// <summary>Number of rows that are learned from; they are numbered from 0 here.</summary>
    public abstract int Count { get; }

    /// <summary>Coordinates of the weights.</summary>
    public abstract double[] Vector { get; }

    /// <summary>Weights of the features, and the bias as the last one: [F + 1].</summary>
    public abstract double[] Weights { get; }

    /// <summary>Product of the weights with a row, which decides on it.</summary>
    public abstract double Decide(int member);

    /// <summary>The same with other weights.</summary>
    /// <param name="member">The row.</param>
    /// <param name="vector">Their coordinates.</param>
    public abstract double Decide(int member, double[] vector);

    /// <summary>Decisions on rows of the problem, learned from or not.</summary>
    /// <param name="places">Which rows of the features.</param>
    public abstract double[] DecideRows(IReadOnlyList<int> places);

    /// <summary>Square of the length of a row.</summary>
    public abstract double SquaredLength(int member);

    /// <summary>Adds a multiple of a row to the weights.</summary>
    public abstract void Add(int member, double factor);

    /// <summary>Adds a multiple of other weights.</summary>
    /// <param name="direction">Their coordinates.</param>
    /// <param name="length">The multiple.</param>
    public abstract void Move(double[] direction, double length);

    /// <summary>Product of two weights.</summary>
    public abstract double Product(double[] a, double[] b);

    /// <summary>The weights w with the least |w|² / 2 + the sum of cost_i (1 - sign_i w x_i)² over some rows.</summary>
    /// <param name="chosen">The rows.</param>
    /// <param name="twiceCosts">Twice the cost of each of them.</param>
    /// <param name="signs">1 or -1 for each of them.</param>
    /// <returns>Their coordinates.</returns>
    public abstract double[] Minimum(int[] chosen, double[] twiceCosts, double[] signs);

    /// <summary>Length of weights.</summary>
    public double Norm(double[] vector) => Math.Sqrt(Math.Max(0, Product(vector, vector)));
}
