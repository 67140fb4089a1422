"""Run the library without AWS: a local Partner Central, and MiniStack for everything else."""
