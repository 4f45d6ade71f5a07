namespace Parallax.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A module with one input.</summary>
        public abstract class Module<T, TResult>
            : HookableModule<Func<Module<T, TResult>, T, T>, Func<Module<T, TResult>, T, TResult, TResult>>,
              IModule<T, TResult>
        {
            /// <inheritdoc cref="Module(string)"/>
            protected Module(string name)
                : base(name)
            {
            }

            /// <summary>The computation. Users call <see cref="call"/>, which also runs hooks and frees temporaries.</summary>
            public abstract TResult forward(T input);

            /// <summary>
            /// Runs hooks and <see cref="forward"/> in a dispose scope of its own: of the tensors made inside, only those in the result live on.
            /// A tensor kept in a field by forward must leave the scope first (<c>DetachFromDisposeScope()</c>).
            /// </summary>
            public TResult call(T input)
            {
                using var scope = EnterCall();
                foreach (var hook in PreHooks)
                {
                    if (hook(this, input) is { } changed)
                    {
                        input = changed;
                    }
                }

                var result = forward(input);
                foreach (var hook in PostHooks)
                {
                    if (hook(this, input, result) is { } changed)
                    {
                        result = changed;
                    }
                }

                return LeaveCall(result, scope);
            }
        }
    }
}
