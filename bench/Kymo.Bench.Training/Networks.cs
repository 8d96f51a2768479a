using Kymo.Lab.Models;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Bench.Training;

/// <summary>A network, the batch it is trained on, and what is asked of it beside PyTorch.</summary>
/// <param name="Name">The name both sides know it by.</param>
/// <param name="Title">The same for people, with the batch.</param>
/// <param name="Shape">The batch.</param>
/// <param name="Classes">How many classes.</param>
/// <param name="Steps">Steps that are timed in one turn.</param>
/// <param name="Goal">How many times as fast as PyTorch it has to be.</param>
/// <param name="Build">Makes the network.</param>
sealed record Network(string Name, string Title, long[] Shape, int Classes, int Steps, double Goal, Func<RandomGenerator, Module> Build)
{
    /// <summary>Multiplications of a TinyCNN step: forwards, and twice that backwards but for the input's gradient of the first layer.</summary>
    public const double TinyCnnMultiplications = 64 * ((3 * 78_345_408.0) - (64 * 501 * 16 * 9));

    public static readonly Network[] All =
    [
        new("tinycnn", "TinyCNN, 64 of 1x64x501", [64, 1, 64, 501], 3, 4, 3.5, g => new TinyCnn(g)),
        new("crnn", "CRNN (2-layer GRU 64), 64 of 1x64x501", [64, 1, 64, 501], 3, 4, 2.5, g => new Crnn(g)),
        new("urban-cnn", "urban-sounds CNN, 32 of 128x173", [32, 128, 173], 10, 4, 2.5, g => new UrbanCnn(new UrbanCnnConfig(), g, g)),
        new("lstm", "sleep-stages LSTM 64, 32 of 30x5", [32, 30, 5], 5, 100, 1.5, g => new LastStep(new Lstm(5, 64, g), g)),
        new("gru", "sleep-stages GRU 64, 32 of 30x5", [32, 30, 5], 5, 100, 1.5, g => new LastStep(new Gru(5, 64, g), g)),
        new("rnn", "sleep-stages RNN 64, 32 of 30x5", [32, 30, 5], 5, 100, 1.5, g => new LastStep(new Rnn(5, 64, g), g)),
        new("transformer", "sleep-stages Transformer, 32 of 30x5", [32, 30, 5], 5, 40, 1.5, g => new SleepTransformer(g)),
    ];

    /// <summary>The convolutions of the sleep-events networks: 3x3 to 16, 32 and 64 channels, halved between them.</summary>
    static Module[] Cells(RandomGenerator generator) =>
    [
        new Conv2d(1, 16, 3, generator, padding: 1), new Relu(), new MaxPool2d(2),
        new Conv2d(16, 32, 3, generator, padding: 1), new Relu(), new MaxPool2d(2),
        new Conv2d(32, 64, 3, generator, padding: 1), new Relu(),
    ];

    sealed class TinyCnn : Module
    {
        readonly Sequential _cnn;
        readonly Linear _classifier;

        public TinyCnn(RandomGenerator generator)
        {
            _cnn = Add("cnn", new Sequential([.. Cells(generator), new AdaptiveAvgPool2d(1)]));
            _classifier = Add("classifier", new Linear(64, 3, generator));
        }

        public override Tensor Forward(Tensor input) => _classifier.Forward(_cnn.Forward(input).Flatten(1));
    }

    sealed class Crnn : Module
    {
        readonly Sequential _cnn;
        readonly Gru _rnn;
        readonly Linear _classifier;

        public Crnn(RandomGenerator generator)
        {
            _cnn = Add("cnn", new Sequential(Cells(generator)));
            _rnn = Add("rnn", new Gru(64, 64, generator, new RecurrentOptions { Layers = 2 }));
            _classifier = Add("classifier", new Linear(64, 3, generator));
        }

        public override Tensor Forward(Tensor input) =>
            _classifier.Forward(_rnn.Forward(_cnn.Forward(input).Mean(2).Transpose(1, 2)).Select(1, -1));
    }

    sealed class LastStep : Module
    {
        readonly Recurrent _rnn;
        readonly Linear _fc;

        public LastStep(Recurrent rnn, RandomGenerator generator)
        {
            _rnn = Add("rnn", rnn);
            _fc = Add("fc", new Linear(64, 5, generator));
        }

        public override Tensor Forward(Tensor input) => _fc.Forward(_rnn.Forward(input).Select(1, -1));
    }

    sealed class SleepTransformer : Module
    {
        readonly Linear _projection, _fc;
        readonly TransformerEncoder _encoder;
        readonly Tensor _code;

        public SleepTransformer(RandomGenerator generator)
        {
            _projection = Add("input_proj", new Linear(5, 64, generator));
            _encoder = Add("transformer", new TransformerEncoder(new TransformerOptions(64, 2), 2, generator, generator));
            _fc = Add("fc", new Linear(64, 5, generator));
            _code = AddBuffer("code", ElementType.Float32, 30, 64);
            var values = new float[30 * 64];
            for (var i = 0; i < values.Length; i++)
            {
                var angle = i / 64 * Math.Exp(i % 64 / 2 * 2 * (-Math.Log(10000) / 64));
                values[i] = (float)(i % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
            }

            _code.CopyFrom<float>(values);
        }

        public override Tensor Forward(Tensor input) =>
            _fc.Forward(_encoder.Forward(_projection.Forward(input).Add(_code)).Select(1, -1));
    }
}
