namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class init
        {
            /// <summary>Which side of a weight keeps its variance.</summary>
            public enum FanInOut
            {
                /// <summary>The inputs: activations keep their size forward.</summary>
                FanIn = 0,

                /// <summary>The outputs: gradients keep their size backward.</summary>
                FanOut = 1,
            }
        }
    }
}
