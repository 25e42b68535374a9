"""sdtool: generate, grade and report rollouts of thinking models on competition math."""
