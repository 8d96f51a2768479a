// The count of live handles and the number of threads belong to the process, so tests run one after another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
