// The default random generator, the count of live tensors and the thread count belong to the process: tests that look at them must not overlap.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
