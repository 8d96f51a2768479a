using Kymo.App;

return Kymo.App.CommandLine.Run(args, new Terminal(Console.Out, Console.Error, Environment.GetEnvironmentVariable));
