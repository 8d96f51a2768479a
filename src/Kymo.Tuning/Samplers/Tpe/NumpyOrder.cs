namespace Kymo.Tuning.Samplers;

/// <summary>
/// The order that NumPy's default <c>argsort</c> gives, equal keys included: quicksort by the median of first, middle and last,
/// insertion for up to 16 keys. Kernels of equal centres get different widths by it.
/// </summary>
static class NumpyOrder
{
    const int Small = 15;

    public static int[] Of(double[] keys)
    {
        int[] order = [.. Enumerable.Range(0, keys.Length)];
        Sort(keys, order, 0, order.Length - 1);
        return order;
    }

    static void Sort(double[] keys, int[] order, int first, int last)
    {
        while (last - first > Small)
        {
            var pivot = Partition(keys, order, first, last);
            Sort(keys, order, first, pivot - 1);
            first = pivot + 1;
        }
        for (var i = first + 1; i <= last; i++)
        {
            var moved = order[i];
            var place = i;
            for (; place > first && keys[moved] < keys[order[place - 1]]; place--) order[place] = order[place - 1];
            order[place] = moved;
        }
    }

    static int Partition(double[] keys, int[] order, int first, int last)
    {
        var middle = first + (last - first) / 2;
        if (keys[order[middle]] < keys[order[first]]) Swap(order, middle, first);
        if (keys[order[last]] < keys[order[middle]]) Swap(order, last, middle);
        if (keys[order[middle]] < keys[order[first]]) Swap(order, middle, first);
        var pivot = keys[order[middle]];
        Swap(order, middle, last - 1);
        var (left, right) = (first, last - 1);
        while (true)
        {
            do left++; while (keys[order[left]] < pivot);
            do right--; while (pivot < keys[order[right]]);
            if (left >= right) break;
            Swap(order, left, right);
        }
        Swap(order, left, last - 1);
        return left;
    }

    static void Swap(int[] order, int i, int j) => (order[i], order[j]) = (order[j], order[i]);
}
