using Mono.Cecil;

// TorchSharp.dll as it should be: KeepAlive SHIPPED RESULT, a step of the build.
//
// TorchSharp 0.107 hands the address of a native object to a native function and mentions the managed owner no more: THSTensor_pow_scalar(Handle,
// exponent.Handle). Optimised code then holds nothing that the garbage collector sees, so a collection on another thread may run the owner's finalizer while
// the native function still reads the object: a number turns into another one, or libtorch fails with "INTERNAL ASSERT FAILED ... Scalar.h". Code that is
// compiled without optimisation holds its arguments until it returns. So every method that calls a native function itself is marked that way; they are short,
// and what they call is not changed.
if (args is not [var shipped, var result])
{
    Console.Error.WriteLine("Usage: KeepAlive SHIPPED RESULT");
    return 2;
}

using var assembly = AssemblyDefinition.ReadAssembly(shipped);
foreach (var method in assembly.MainModule.GetTypes().SelectMany(type => type.Methods).Where(CallsNativeCode))
{
    (method.NoOptimization, method.NoInlining) = (true, true);
}

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(result))!);
assembly.Write(result);

return 0;

static bool CallsNativeCode(MethodDefinition method) =>
    method.HasBody && method.Body.Instructions.Any(instruction => instruction.Operand is MethodDefinition { IsPInvokeImpl: true });
