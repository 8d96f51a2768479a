using Kymo.Lab.Metrics;

namespace Kymo.Lab.Recipes.Music;

/// <summary>From rows of an item to what is reported.</summary>
static class MusicAnswers
{
    /// <summary>Scores rows of probabilities in the absolute frame; answers without a class are left out.</summary>
    public static ClassEvaluation Classes(MusicTask task, IEnumerable<(MusicExample Example, float[] Rows)> items)
    {
        var labels = new List<int>();
        var rows = new List<float[]>();
        foreach (var (example, all) in items)
            for (var answer = 0; answer < task.AnswerCount; answer++)
            {
                if (example.Labels[answer] < 0) continue;
                var shift = example.Shifts.Length == 0 ? 0 : example.Shifts[answer];
                labels.Add(task.Unshift(example.Labels[answer], shift));
                var row = new float[task.Outputs];
                for (var k = 0; k < row.Length; k++) row[task.Unshift(k, shift)] += all[(answer * task.Outputs) + k];
                rows.Add(row);
            }
        return ClassEvaluation.Of(task.Outputs, labels, rows);
    }

    /// <summary>Name, class and group of each answer that counts, in the order of <see cref="Classes"/>.</summary>
    public static List<(string Id, int Label, string Group)> Items(MusicTask task, IEnumerable<int> indices)
    {
        var items = new List<(string, int, string)>();
        foreach (var index in indices)
        {
            var example = task.Examples[index];
            for (var answer = 0; answer < task.AnswerCount; answer++)
            {
                if (example.Labels[answer] < 0) continue;
                var shift = example.Shifts.Length == 0 ? 0 : example.Shifts[answer];
                items.Add((task.AnswersEachStep ? $"{example.Id}/{answer.ToString(System.Globalization.CultureInfo.InvariantCulture)}" : example.Id,
                    task.Unshift(example.Labels[answer], shift), example.Group));
            }
        }
        return items;
    }

    /// <summary>Sum and weight of an item's loss, in double precision.</summary>
    public static (double Sum, double Weight) Loss(MusicTask task, MusicExample example, float[] output)
    {
        if (task.Loss == MusicLoss.Divergence) return (Divergence(example.Numbers, output), 1);
        var (sum, weight) = (0.0, 0.0);
        for (var i = 0; i < output.Length; i++)
        {
            var counts = example.Mask.Length == 0 ? 1 : example.Mask[i];
            double difference = output[i] - example.Numbers[i];
            sum += counts * task.Loss switch
            {
                MusicLoss.MeanSquare => difference * difference,
                MusicLoss.MeanAbsolute => Math.Abs(difference),
                _ => Math.Max(output[i], 0) - (output[i] * example.Numbers[i]) + Math.Log(1 + Math.Exp(-Math.Abs(output[i]))),
            };
            weight += counts;
        }
        return (sum, weight);
    }

    static double Divergence(float[] target, float[] logits)
    {
        var largest = logits.Max();
        var norm = largest + Math.Log(logits.Sum(value => Math.Exp(value - largest)));
        var sum = 0.0;
        for (var i = 0; i < target.Length; i++)
            if (target[i] > 0) sum += target[i] * (Math.Log(target[i]) - (logits[i] - norm));
        return sum;
    }
}
