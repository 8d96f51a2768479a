Console.WriteLine("kymo");
