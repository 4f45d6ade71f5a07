namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module with four inputs.</summary>
        public abstract class Module<T1, T2, T3, T4, TResult>
            : HookableModule<
                Func<Module<T1, T2, T3, T4, TResult>, T1, T2, T3, T4, (T1, T2, T3, T4)?>,
                Func<Module<T1, T2, T3, T4, TResult>, T1, T2, T3, T4, TResult, TResult>>,
              IModule<T1, T2, T3, T4, TResult>
        {
            /// <inheritdoc cref="Module(string)"/>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>The computation. Users call <see cref="call"/>, which also runs hooks and frees temporaries.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3, T4 input4);

            /// <summary>
            /// Runs hooks and <see cref="forward"/> in a dispose scope of its own: of the tensors made inside, only those in the result live on.
            /// A tensor kept in a field by forward must leave the scope first (<c>DetachFromDisposeScope()</c>).
            /// </summary>
            public TResult call(T1 input1, T2 input2, T3 input3, T4 input4)
            {
                using var scope = EnterCall();
                foreach (var hook in PreHooks)
                {
                    if (hook(this, input1, input2, input3, input4) is { } changed)
                    {
                        (input1, input2, input3, input4) = changed;
                    }
                }

                var result = forward(input1, input2, input3, input4);
                foreach (var hook in PostHooks)
                {
                    if (hook(this, input1, input2, input3, input4, result) is { } changed)
                    {
                        result = changed;
                    }
                }

                return LeaveCall(result, scope);
            }
        }
    }
}
